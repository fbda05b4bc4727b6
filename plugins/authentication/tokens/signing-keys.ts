import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type Clock, type Database, type Encryption, isUniqueViolation } from '../../../src/plugin.ts';
import { createSigningKeyRepository, type StoredSigningKey, signingKeyTable } from './signing-key-repository.ts';

export interface SigningKey {
  kid: string;
  publicKey: KeyObject;
}

export const signingAlgorithm = 'ES256';

const second = 1_000_000;
const minute = 60 * second;
const lifeMicros = 30 * 24 * 60 * minute;
/** A new key is published this long before it signs, so that clients that cache the key set have it in time. */
const publishedAheadMicros = 10 * minute;
/** Access tokens live one hour; a key is kept until some time after the last token that it signed has expired. */
const keptAfterMicros = 70 * minute;
const reloadMicros = minute;
/** An unknown key id triggers a reload, but not more often than this: the sender of a token chooses the key id. */
const cooldownMicros = 2 * second;

export type SigningKeys = ReturnType<typeof createSigningKeys>;

/** The issuer's signing keys, in the database with encrypted private keys: all processes share and rotate them. */
export function createSigningKeys(parts: { database: Database; encryption: Encryption; now: Clock }) {
  const { database, encryption, now } = parts;
  const listeners: (() => void)[] = [];
  let stored: StoredSigningKey[] = [];
  let parsed = new Map<string, SigningKey>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  /** Reloads the keys if they are older than `maxAge` microseconds; concurrent calls share one read. */
  async function refresh(maxAge: number): Promise<void> {
    if (now() - loadedAt < maxAge) return;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    await loading;
  }

  async function load(): Promise<void> {
    const before = [...parsed.keys()].join();
    stored = await database.read((db) => createSigningKeyRepository(db).list());
    parsed = new Map(stored.map(({ kid, publicKey }) => [kid, { kid, publicKey: createPublicKey(publicKey) }]));
    loadedAt = now();
    if (before !== [...parsed.keys()].join()) for (const listener of listeners) listener();
  }

  /** Creates the next key when the newest is old enough, and deletes the keys whose tokens have all expired. */
  async function rotate(): Promise<void> {
    await refresh(0);
    const newest = stored.at(-1);
    const time = now();
    if (!newest || time >= newest.signsFrom + lifeMicros - publishedAheadMicros) {
      await add((newest?.generation ?? 0) + 1, newest ? time + publishedAheadMicros : time);
    }
    const spent = stored.filter((_key, index) => {
      const successor = stored[index + 1];
      return successor !== undefined && time > successor.signsFrom + keptAfterMicros;
    });
    if (spent.length > 0)
      await database.transaction((trx) => createSigningKeyRepository(trx).delete(spent.map(({ kid }) => kid)));
    await refresh(0);
  }

  async function add(generation: number, signsFrom: number): Promise<void> {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = randomUUID();
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const key: StoredSigningKey = {
      kid,
      generation,
      privateKey: encryption.encrypt(pem, [signingKeyTable, kid, '']),
      publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }) as string,
      signsFrom,
    };
    try {
      await database.transaction((trx) => createSigningKeyRepository(trx).insert(key));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }

  return {
    rotate,
    onChanged: (listener: () => void): void => void listeners.push(listener),

    /** The public key with this id, including a key that another process has just created. */
    async find(kid: string): Promise<KeyObject | undefined> {
      await refresh(reloadMicros);
      if (!parsed.has(kid)) await refresh(cooldownMicros);
      return parsed.get(kid)?.publicKey;
    },

    /** All public keys that sign now or will soon, as a JWK set lists them. */
    async publicKeys(): Promise<SigningKey[]> {
      await refresh(reloadMicros);
      return [...parsed.values()];
    },

    /** The key that signs now. */
    async current(): Promise<{ kid: string; privateKey: KeyObject }> {
      await refresh(reloadMicros);
      const key = stored.findLast(({ signsFrom }) => signsFrom <= now()) ?? stored[0];
      if (!key) throw new Error('there is no signing key');
      return {
        kid: key.kid,
        privateKey: createPrivateKey(encryption.decrypt(key.privateKey, [signingKeyTable, key.kid, ''])),
      };
    },
  };
}
