import type { Knex } from '../../../src/plugin.ts';

export interface ApiKey {
  apiKey: string;
  /** Of the application that uses it. */
  name: string | undefined;
  email: string;
  organizations: string[];
  scope: string;
  createdAt: number;
  revokedAt: number | undefined;
}

interface Row {
  api_key: string;
  name: string | null;
  secret_hash: string;
  email: string;
  organizations: string;
  scope: string;
  created_at: number;
  revoked_at: number | null;
}

const table = 'authentication_api_keys';

/** The API keys; secrets exist here as hashes only. */
export function createApiKeyRepository(db: Knex) {
  return {
    async insert(key: Omit<ApiKey, 'revokedAt'>, secretHash: string): Promise<void> {
      await db<Row>(table).insert({
        api_key: key.apiKey,
        name: key.name ?? null,
        secret_hash: secretHash,
        email: key.email,
        organizations: JSON.stringify(key.organizations),
        scope: key.scope,
        created_at: key.createdAt,
        revoked_at: null,
      });
    },

    /** A key that has not been revoked. */
    async find(apiKey: string): Promise<ApiKey | undefined> {
      return toApiKey(await db<Row>(table).where({ api_key: apiKey }).whereNull('revoked_at').first());
    },

    async findBySecretHash(secretHash: string): Promise<ApiKey | undefined> {
      return toApiKey(await db<Row>(table).where({ secret_hash: secretHash }).whereNull('revoked_at').first());
    },

    async list(): Promise<ApiKey[]> {
      const rows: Row[] = await db<Row>(table).orderBy('created_at');
      return rows.flatMap((row) => toApiKey(row) ?? []);
    },

    /** Resolves to false when there is no such key, or it has been revoked before. */
    async revoke(apiKey: string, at: number): Promise<boolean> {
      return (await db<Row>(table).where({ api_key: apiKey }).whereNull('revoked_at').update({ revoked_at: at })) === 1;
    },

    async count(): Promise<number> {
      const [row] = await db(table).count({ count: '*' });
      return Number(row?.count ?? 0);
    },
  };
}

function toApiKey(row: Row | undefined): ApiKey | undefined {
  if (!row) return undefined;
  return {
    apiKey: row.api_key,
    name: row.name ?? undefined,
    email: row.email,
    organizations: JSON.parse(row.organizations) as string[],
    scope: row.scope,
    createdAt: row.created_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}
