import type { Knex } from '../../../src/plugin.ts';

export interface StoredSigningKey {
  kid: string;
  generation: number;
  /** PKCS #8 PEM, encrypted. */
  privateKey: string;
  /** SPKI PEM. */
  publicKey: string;
  /** Microseconds. The key is published earlier and signs from this time on. */
  signsFrom: number;
}

interface Row {
  kid: string;
  generation: number;
  private_key: string;
  public_key: string;
  signs_from: number;
}

export const signingKeyTable = 'authentication_signing_keys';

export function createSigningKeyRepository(db: Knex) {
  return {
    /** Oldest first. */
    async list(): Promise<StoredSigningKey[]> {
      const rows: Row[] = await db<Row>(signingKeyTable).orderBy('generation');
      return rows.map((row) => ({
        kid: row.kid,
        generation: row.generation,
        privateKey: row.private_key,
        publicKey: row.public_key,
        signsFrom: row.signs_from,
      }));
    },

    /** Fails with a unique violation when another process has created the key of this generation. */
    async insert(key: StoredSigningKey): Promise<void> {
      await db<Row>(signingKeyTable).insert({
        kid: key.kid,
        generation: key.generation,
        private_key: key.privateKey,
        public_key: key.publicKey,
        signs_from: key.signsFrom,
      });
    },

    async delete(kids: string[]): Promise<void> {
      await db<Row>(signingKeyTable).whereIn('kid', kids).delete();
    },
  };
}
