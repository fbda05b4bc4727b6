import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CertificateError, readCertificate } from '../../src/tls/certificate.ts';
import { modeForOthers } from '../../src/tls/key-mode.ts';
import { createAuthority } from '../support/authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookgate-certificate-'));
after(() => rmSync(folder, { recursive: true }));

const certFile = join(folder, 'cert.pem');
const keyFile = join(folder, 'key.pem');
const day = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * day);

const root = createAuthority('Root');
const middle = root.delegate('Middle');
const goodUntil = inDays(40);
const good = middle.issue({ names: ['gateway.test', '192.0.2.7'], to: goodUntil });
const chain = good.cert + middle.cert;

function read(cert: string | undefined, key: string | undefined) {
  for (const [file, text] of [
    [certFile, cert],
    [keyFile, key],
  ] as const) {
    rmSync(file, { recursive: true, force: true });
    if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
  }
  return readCertificate({ certFile, keyFile }, Date.now());
}

test('a chain with its key is read, with names, fingerprint and the earliest end', () => {
  const { names, subject, fingerprint, notAfter } = read(chain, good.key);
  assert.deepEqual(names, ['DNS:gateway.test', 'IP Address:192.0.2.7']);
  assert.equal(subject, 'CN=gateway.test');
  assert.match(fingerprint, /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.ok(Math.abs(notAfter - goodUntil.getTime()) < 1000);
});

test('a file with text around its blocks, and one file for both, are read', () => {
  const text = `Bag Attributes\r\n${chain.replaceAll('\n', '\r\n')}\r\nend\r\n${good.key}`;
  assert.equal(read(text, text).subject, 'CN=gateway.test');
});

describe('a bad pair is refused with setting, file and reason', () => {
  const { privateKey: otherKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const other = root.issue();
  const encrypted = otherKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string;
  const oldEncrypted = otherKey.export({
    type: 'sec1',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  }) as string;
  const small = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
  const expired = root.issue({ from: inDays(-9), to: inDays(-2) });
  const future = root.issue({ from: inDays(2) });
  const expiredMiddle = createAuthority('Gone');
  const inCert = 'TLS_CERT_FILE';
  const inKey = 'TLS_KEY_FILE';
  const cases: [name: string, cert: string | undefined, key: string | undefined, setting: string, reason: RegExp][] = [
    ['a certificate that is missing', undefined, good.key, inCert, /^cannot be read \(ENOENT\)$/],
    ['a key that is missing', chain, undefined, inKey, /^cannot be read \(ENOENT\)$/],
    ['an empty certificate', ' \n', good.key, inCert, /^is empty$/],
    ['an empty key', chain, '', inKey, /^is empty$/],
    ['a certificate that is no PEM', '\x30\x82\x01', good.key, inCert, /no certificate in PEM form/],
    ['a key that is no PEM', chain, '\x30\x82\x01', inKey, /no private key in PEM form/],
    ['a certificate that is cut off', chain.slice(0, -60), good.key, inCert, /^certificate 2 is damaged/],
    ['a damaged certificate', chain.replace('MII', 'MIJ'), good.key, inCert, /^certificate 1 is damaged/],
    ['a damaged key', chain, good.key.replace('MIGH', 'MIGA'), inKey, /damaged/],
    ['exchanged files', good.key, chain, inCert, /exchanged/],
    ['a certificate in place of the key', chain, chain, inKey, /exchanged/],
    ['an encrypted key', chain, encrypted, inKey, /is encrypted/],
    ['an encrypted key in the older form', chain, oldEncrypted, inKey, /is encrypted/],
    ['the key of another certificate', chain, other.key, inKey, /does not belong to the certificate/],
    ['a key of another kind', chain, small, inKey, /does not belong to the certificate/],
    ['a chain that begins with the issuer', middle.cert + good.cert, good.key, inCert, /order: certificate 2 belongs/],
    ['an issuer that is none', good.cert + expiredMiddle.cert, good.key, inCert, /order: certificate 2 did not issue/],
    ['a chain with its root first', good.cert + root.cert + middle.cert, good.key, inCert, /order: certificate 2 did/],
    ['an expired certificate', expired.cert, expired.key, inCert, /^the certificate has expired at 20\d\d-/],
    ['a certificate that is not valid yet', future.cert, future.key, inCert, /not valid before 20\d\d-.*clock/],
    ['a file beyond every certificate', 'x'.repeat(2 ** 20 + 1), good.key, inCert, /larger than/],
  ];
  for (const [name, cert, key, setting, reason] of cases)
    test(name, () => {
      assert.throws(
        () => read(cert, key),
        (error: CertificateError) => {
          assert.ok(error instanceof CertificateError);
          assert.equal(error.setting, setting);
          assert.equal(error.file, setting === inCert ? certFile : keyFile);
          assert.match(error.reason, reason);
          assert.ok(!/MI[GI]/.test(error.message), 'no content of a file is quoted');
          return true;
        },
      );
    });

  test('a folder in place of a file', () => {
    assert.throws(
      () => readCertificate({ certFile: folder, keyFile }, Date.now()),
      ({ reason }: CertificateError) => reason === 'is not a file',
    );
  });
});

test('rights of other users on the key are named', () => {
  writeFileSync(keyFile, good.key);
  for (const [mode, shown] of [
    [0o600, undefined],
    [0o400, undefined],
    [0o644, '0644'],
    [0o640, '0640'],
  ] as const) {
    chmodSync(keyFile, mode);
    assert.equal(modeForOthers(keyFile), shown);
  }
});
