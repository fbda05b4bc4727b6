import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { unauthorized } from '../../../src/errors.ts';
import type { Clock, Database, Principal } from '../../../src/plugin.ts';
import type { ApiKey } from '../keys/api-key-repository.ts';
import { type ApiKeyService, toPrincipal } from '../keys/api-key-service.ts';
import { accessSeconds, createAccessTokenSigner } from './access-token-signer.ts';
import { createRefreshTokenRepository, type RefreshToken } from './refresh-token-repository.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface TokenPair {
  access_token: string;
  refresh_token: string;
  token_type: 'Bearer';
  expires_in: number;
  expires_at: string;
}

export interface TokenServiceParts {
  issuer: string;
  audience: string;
  keys: ApiKeyService;
  signingKeys: SigningKeys;
  database: Database;
  now: Clock;
  formatTime: (micros: number) => string;
}

const second = 1_000_000;
const refreshMicros = 7 * 24 * 3600 * second;
const familyMicros = 30 * 24 * 3600 * second;
/** Within this time a reused refresh token counts as a client's retry, later as a sign of a stolen token. */
const retryMicros = 10 * second;
const purgeBatch = 500;

export type TokenService = ReturnType<typeof createTokenService>;

/** Access tokens (signed, one hour) and refresh tokens (random, stored hashed, one use each). */
export function createTokenService(parts: TokenServiceParts) {
  const { issuer, audience, keys, signingKeys, database, now, formatTime } = parts;

  const signAccess = createAccessTokenSigner({ issuer, audience, signingKeys, now });

  /** Signs a pair; `store` writes the refresh token's row and tells whether the pair may be issued. */
  async function issue(
    key: ApiKey,
    family: { id: string; expiresAt: number },
    store: (row: Omit<RefreshToken, 'usedAt'>) => Promise<boolean>,
  ): Promise<TokenPair | undefined> {
    const { token, expiresAt } = await signAccess(key);
    const refreshToken = randomBytes(32).toString('base64url');
    const isStored = await store({
      tokenHash: hashOf(refreshToken),
      family: family.id,
      apiKey: key.apiKey,
      expiresAt: Math.min(now() + refreshMicros, family.expiresAt),
      familyExpiresAt: family.expiresAt,
    });
    if (!isStored) return undefined;
    return {
      access_token: token,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: accessSeconds,
      expires_at: formatTime(expiresAt),
    };
  }

  /** Revokes the family of a token that is reused long after its first use. */
  async function refuseUsed({ family, usedAt }: RefreshToken): Promise<never> {
    const isStolen = usedAt !== undefined && now() - usedAt > retryMicros;
    if (isStolen) await database.transaction((trx) => createRefreshTokenRepository(trx).deleteFamily(family));
    throw unauthorized(isStolen ? 'refresh token reused: family revoked' : 'refresh token used or expired');
  }

  return {
    accessToken: async (key: ApiKey): Promise<string> => (await signAccess(key)).token,

    /** Signs in with an API key. Throws `UNAUTHORIZED`, identical for an unknown key and a wrong secret. */
    async authenticate(apiKey: string, secret: string): Promise<TokenPair> {
      const key = await keys.findBySecret(apiKey, secret);
      if (!key || key.apiKey !== apiKey) throw unauthorized('wrong API key or secret');
      const pair = await issue(key, { id: randomUUID(), expiresAt: now() + familyMicros }, async (row) => {
        await database.transaction((trx) => createRefreshTokenRepository(trx).insert(row));
        return true;
      });
      return pair as TokenPair;
    },

    /**
     * Exchanges a refresh token for a new pair; scopes are read again from the key. Throws `UNAUTHORIZED` for an
     * unknown, expired or used token; a token used more than 10 s ago revokes its whole family.
     */
    async refresh(refreshToken: string): Promise<TokenPair> {
      const tokenHash = hashOf(refreshToken);
      const token = await database.read((db) => createRefreshTokenRepository(db).find(tokenHash));
      if (!token) throw unauthorized('unknown refresh token');
      const key = await keys.find(token.apiKey);
      if (!key) throw unauthorized('API key revoked');
      const family = { id: token.family, expiresAt: token.familyExpiresAt };
      const pair = await issue(key, family, (row) =>
        database.transaction(async (trx) => {
          const tokens = createRefreshTokenRepository(trx);
          const isMine = await tokens.use(tokenHash, now());
          if (isMine) await tokens.insert(row);
          return isMine;
        }),
      );
      return pair ?? refuseUsed(token);
    },

    /** The principal of a verified access token; undefined once its key is revoked. Its scopes are those of both. */
    async principalFor(claims: Readonly<Record<string, unknown>>): Promise<Principal | undefined> {
      const key = await keys.find(String(claims.sub));
      if (!key) return undefined;
      const principal = toPrincipal(key, issuer);
      const scopes = new Set(String(claims.scope ?? '').split(' '));
      return { ...principal, scopes: principal.scopes.intersection(scopes) };
    },

    async purge(): Promise<void> {
      const purgeSome = () =>
        database.transaction((trx) => createRefreshTokenRepository(trx).deleteExpired(now(), purgeBatch));
      while ((await purgeSome()) === purgeBatch);
    },
  };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
