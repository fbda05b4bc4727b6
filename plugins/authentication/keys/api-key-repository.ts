import type { Knex } from '../../../src/plugin.ts';

export interface ApiKey {
  apiKey: string;
  /** Name of the application that uses the key. */
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

/** API keys; only hashes of their secrets are stored. */
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

    /** Finds a key unless it has been revoked. */
    async find(apiKey: string): Promise<ApiKey | undefined> {
      return toApiKey(await db<Row>(table).where({ api_key: apiKey }).whereNull('revoked_at').first());
    },

    /** Like `find`, and locks the row against other transactions. */
    async findForUpdate(apiKey: string): Promise<ApiKey | undefined> {
      return toApiKey(await db<Row>(table).where({ api_key: apiKey }).whereNull('revoked_at').forUpdate().first());
    },

    async setScope(apiKey: string, scope: string): Promise<void> {
      await db<Row>(table).where({ api_key: apiKey }).update({ scope });
    },

    async findBySecretHash(secretHash: string): Promise<ApiKey | undefined> {
      return toApiKey(await db<Row>(table).where({ secret_hash: secretHash }).whereNull('revoked_at').first());
    },

    async list(): Promise<ApiKey[]> {
      const rows: Row[] = await db<Row>(table).orderBy('created_at');
      return rows.flatMap((row) => toApiKey(row) ?? []);
    },

    /** Resolves to false when the key does not exist or was revoked before. */
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
