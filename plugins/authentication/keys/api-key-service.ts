import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { limitReached, StartError } from '../../../src/errors.ts';
import type { Clock, Database } from '../../../src/plugin.ts';
import { type ApiKey, createApiKeyRepository } from './api-key-repository.ts';
import { maxScopeList } from './scope-list.ts';

export interface NewApiKey {
  /** Name of the application that uses the key, at most 190 characters. */
  name?: string | undefined;
  email: string;
  organizations: string[];
  /** Scopes separated by spaces. */
  scope: string;
}

export interface IssuedApiKey {
  api_key: string;
  /** Shown only on creation; the database stores its hash. */
  secret_key: string;
}

export type ApiKeyService = ReturnType<typeof createApiKeyService>;

/** API keys: created and revoked by the operator, used by callers to sign in. */
export function createApiKeyService({
  database,
  maxKeys = Number.POSITIVE_INFINITY,
  now,
}: {
  database: Database;
  /** Keys of an organization that are not revoked. */
  maxKeys?: number;
  now: Clock;
}) {
  return {
    /** Throws `LIMIT_REACHED` if one of the organizations has `maxKeys` keys that are not revoked. */
    async create(wanted: NewApiKey): Promise<IssuedApiKey> {
      const issued = {
        api_key: `hk_${randomBytes(12).toString('hex')}`,
        secret_key: randomBytes(32).toString('base64url'),
      };
      const { name, organizations, scope } = wanted;
      const email = wanted.email.toLowerCase();
      const key = { apiKey: issued.api_key, name, email, organizations, scope, createdAt: now() };
      await database.transaction(async (trx) => {
        const keys = createApiKeyRepository(trx);
        const active = (await keys.list()).filter(({ revokedAt }) => revokedAt === undefined);
        for (const name of organizations)
          if (active.filter((each) => each.organizations.includes(name)).length >= maxKeys)
            throw limitReached('API keys', maxKeys);
        await keys.insert(key, hashOf(issued.secret_key));
      });
      return issued;
    },

    list: (): Promise<ApiKey[]> => database.read((db) => createApiKeyRepository(db).list()),
    count: (): Promise<number> => database.read((db) => createApiKeyRepository(db).count()),
    find: (apiKey: string): Promise<ApiKey | undefined> =>
      database.read((db) => createApiKeyRepository(db).find(apiKey)),
    revoke: (apiKey: string): Promise<boolean> =>
      database.transaction((trx) => createApiKeyRepository(trx).revoke(apiKey, now())),

    /**
     * Adds and removes scopes of a key that is not revoked; resolves to its scopes. Throws `StartError`, and changes
     * nothing, if there is no such key, if it does not have a scope that is to be removed, or if the list gets too long.
     */
    changeScopes: (apiKey: string, { add, remove }: { add: string[]; remove: string[] }): Promise<string> =>
      database.transaction(async (trx) => {
        const keys = createApiKeyRepository(trx);
        const key = await keys.findForUpdate(apiKey);
        if (!key) throw new StartError(`No active API key ${apiKey}.`);
        const before = key.scope.split(' ').filter(Boolean);
        const missing = remove.filter((scope) => !before.includes(scope));
        if (missing.length > 0) throw new StartError(`${apiKey} does not have ${missing.join(', ')}.`);
        const after = new Set([...before.filter((scope) => !remove.includes(scope)), ...add]);
        const scope = [...after].join(' ');
        if (scope.length > maxScopeList)
          throw new StartError(`The scopes of a key have ${maxScopeList} characters at most.`);
        await keys.setScope(apiKey, scope);
        return scope;
      }),

    /**
     * Finds the key by its secret and checks that `username` is the key or its e-mail address; undefined otherwise. The
     * lookup is by the secret's hash because one e-mail address may own several keys. An unknown secret and a wrong
     * username take the same steps.
     */
    async findBySecret(username: string, secret: string): Promise<ApiKey | undefined> {
      const key = await database.read((db) => createApiKeyRepository(db).findBySecretHash(hashOf(secret)));
      const isKey = isSame(username, key?.apiKey ?? '');
      const isEmail = isSame(username.toLowerCase(), key?.email ?? '');
      return key && (isKey || isEmail) ? key : undefined;
    },
  };
}

/** Secrets are 32 random bytes, so a slow hash would add nothing. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
