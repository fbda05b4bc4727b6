import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate and its key, in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Wish {
  /** Names and IPv4 addresses. Default: 127.0.0.1 and localhost. */
  readonly names?: readonly string[];
  readonly subject?: string;
  /** Default: yesterday. */
  readonly from?: Date;
  /** Default: in 90 days. */
  readonly to?: Date;
}

/** Issues certificates for tests. Node has no function for it, so the few structures of X.509 are written here. */
export interface Authority {
  /** Its own certificate. */
  readonly cert: string;
  issue(wish?: Wish): Issued;
  /** An authority below this one. */
  delegate(subject: string): Authority;
}

const dayMs = 86_400_000;

export function createAuthority(subject = 'Test Authority'): Authority {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return authorityOf(subject, privateKey, certificate({ subject, key: privateKey, by: subject, byKey: privateKey }));
}

function authorityOf(name: string, byKey: KeyObject, cert: string): Authority {
  const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  return {
    cert,
    issue: ({ subject = 'gateway.test', names = ['127.0.0.1', 'localhost'], ...times } = {}) => {
      const key = newKey();
      return {
        cert: certificate({ subject, key, by: name, byKey, names, ...times }),
        key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
    },
    delegate: (subject) => {
      const key = newKey();
      return authorityOf(subject, key, certificate({ subject, key, by: name, byKey }));
    },
  };
}

interface Parts extends Omit<Wish, 'subject'> {
  subject: string;
  key: KeyObject;
  by: string;
  byKey: KeyObject;
}

/** `names` undefined: an authority's own certificate. */
function certificate({ subject, key, by, byKey, names, from, to }: Parts): string {
  const extensions = names
    ? [extension('551d11', sequence(...names.map(generalName)))]
    : [extension('551d13', sequence(Buffer.from('0101ff', 'hex')))];
  const signature = sequence(oid('2a8648ce3d040302'));
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    signature,
    nameOf(by),
    sequence(time(from ?? new Date(Date.now() - dayMs)), time(to ?? new Date(Date.now() + 90 * dayMs))),
    nameOf(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, signature, tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, byKey)])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const nameOf = (common: string): Buffer =>
  sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(common)))));
const extension = (id: string, content: Buffer): Buffer => sequence(oid(id), tagged(0x04, content));
const generalName = (name: string): Buffer =>
  isIPv4(name) ? tagged(0x87, Buffer.from(name.split('.').map(Number))) : tagged(0x82, Buffer.from(name));

/** UTCTime, which has two digits for the year, as RFC 5280 wants it until 2049. */
const time = (date: Date): Buffer =>
  tagged(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
