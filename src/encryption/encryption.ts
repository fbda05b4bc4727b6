import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';

/**
 * The place of a ciphertext: table, row id, organization. It is the additional authenticated data, so a value copied to
 * another row or tenant does not decrypt.
 */
export type EncryptionContext = readonly [table: string, row: string, organization: string];

export interface Encryption {
  /** AES-256-GCM with the newest key: `<key id>.<base64url of nonce, tag and ciphertext>`. */
  encrypt(text: string, context: EncryptionContext): string;
  /** Throws if the key is unknown, or if the ciphertext or its context was changed. */
  decrypt(sealed: string, context: EncryptionContext): string;
  /** A keyed fingerprint (HMAC-SHA256) under the newest key, `<key id>.<base64url>`. */
  fingerprint(text: string): string;
  /** Whether `mark` is the fingerprint of `text` under the key that it names; false if that key is unknown. */
  matches(mark: string, text: string): boolean;
  /** Ids of all keys, newest first. */
  readonly keyIds: readonly string[];
}

/**
 * Cache of decrypted texts: the same rows are read repeatedly, and decrypting one takes longer than Joi's whole
 * validation.
 */
const maxOpened = 2000;
const maxOpenedLength = 2048;
const nonceBytes = 12;
const tagBytes = 16;

/** `keys`: 32 bytes each, the newest first; the older ones only decrypt. */
export function createEncryption(keys: readonly Buffer[]): Encryption {
  const ring = keys.map((key) => ({
    id: createHash('sha256').update('hookgate key id').update(key).digest('hex').slice(0, 8),
    key,
    macKey: Buffer.from(hkdfSync('sha256', key, '', 'hookgate fingerprint', 32)),
  }));
  const newest = ring[0];
  if (!newest) throw new RangeError('at least one encryption key is needed');

  const find = (id: string) => ring.find((entry) => entry.id === id);
  const keyOf = (id: string) => {
    const found = find(id);
    if (!found) throw new Error(`no encryption key with id ${id}`);
    return found;
  };
  const split = (text: string): [string, string] => {
    const dot = text.indexOf('.');
    return [text.slice(0, dot), text.slice(dot + 1)];
  };
  const mac = (macKey: Buffer, text: string): Buffer => createHmac('sha256', macKey).update(text).digest();

  const opened = new LRUCache<string, string>({ max: maxOpened });

  function open(sealed: string, additional: string): string {
    const [id, encoded] = split(sealed);
    const bytes = Buffer.from(encoded, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', keyOf(id).key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(additional));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
  }

  return {
    keyIds: ring.map((entry) => entry.id),
    encrypt(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce).setAAD(Buffer.from(JSON.stringify(context)));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${newest.id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    decrypt(sealed, context) {
      const additional = JSON.stringify(context);
      // The cache key includes the context: a text decrypted for one row must not be returned for another.
      const name = `${sealed}\n${additional}`;
      const known = opened.get(name);
      if (known !== undefined) return known;
      const text = open(sealed, additional);
      if (name.length <= maxOpenedLength) opened.set(name, text);
      return text;
    },
    fingerprint: (text) => `${newest.id}.${mac(newest.macKey, text).toString('base64url')}`,
    matches(mark, text) {
      const [id, encoded] = split(mark);
      const key = find(id);
      if (!key) return false;
      const expected = mac(key.macKey, text);
      const given = Buffer.from(encoded, 'base64url');
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
