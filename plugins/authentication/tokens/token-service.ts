import { unauthorized } from '../../../src/errors.ts';
import type { Clock, Database, Principal } from '../../../src/plugin.ts';
import type { ApiKey } from '../keys/api-key-repository.ts';
import type { ApiKeyService } from '../keys/api-key-service.ts';
import type { AccessTokenSigner } from './access-token-signer.ts';
import { beginFamily } from './begin-family.ts';
import { type Family, familyOf, hashOf, kindOf, newFamily, newRefreshToken, retryMicros } from './refresh-token.ts';
import { createRefreshTokenRepository, type RefreshToken } from './refresh-token-repository.ts';
import { holderOf, type TokenHolder, type TokenHolders, toPrincipal } from './token-holder.ts';

export interface TokenPair {
  access_token: string;
  refresh_token: string;
  token_type: 'Bearer';
  expires_in: number;
  expires_at: string;
}

export interface TokenServiceParts {
  issuer: string;
  keys: ApiKeyService;
  holders: TokenHolders;
  signAccess: AccessTokenSigner;
  database: Database;
  now: Clock;
  formatTime: (micros: number) => string;
}

const purgeBatch = 500;

export type TokenService = ReturnType<typeof createTokenService>;

/** Access tokens (signed, one hour) and refresh tokens (random, stored hashed, one use each). */
export function createTokenService(parts: TokenServiceParts) {
  const { issuer, keys, holders, signAccess, database, now, formatTime } = parts;

  /** Signs a pair; `store` writes the refresh token's row and tells whether the pair may be issued. */
  async function issue(
    holder: TokenHolder,
    family: Family,
    store: (row: Omit<RefreshToken, 'usedAt'>) => Promise<boolean>,
  ): Promise<TokenPair | undefined> {
    // A family without a kind may be the session of a person, and no token outlives that.
    const session = kindOf({ family: family.id, subject: family.subject }) === undefined ? family.id : undefined;
    const { token, expiresAt, expiresIn } = await signAccess(holder, session);
    const refreshToken = newRefreshToken(family, now());
    if (!(await store(refreshToken.row))) return undefined;
    return {
      access_token: token,
      refresh_token: refreshToken.text,
      token_type: 'Bearer',
      expires_in: expiresIn,
      expires_at: formatTime(expiresAt),
    };
  }

  /** Revokes the family of a token that is reused long after its first use. */
  async function refuseUsed({ family, usedAt }: RefreshToken): Promise<never> {
    const isStolen = usedAt !== undefined && now() - usedAt > retryMicros;
    if (isStolen) await database.transaction((trx) => createRefreshTokenRepository(trx).deleteFamily(family));
    throw unauthorized(isStolen ? 'refresh token reused: family revoked' : 'refresh token used or expired');
  }

  /** Tokens without a session, of programs, are not bound to their refresh tokens. */
  const isOpen = async (session: unknown): Promise<boolean> =>
    session === undefined || database.read((db) => createRefreshTokenRepository(db).hasFamily(String(session)));

  return {
    accessToken: async (key: ApiKey): Promise<string> => (await signAccess(holderOf(key))).token,

    /** Signs in with an API key. Throws `UNAUTHORIZED`, identical for an unknown key and a wrong secret. */
    async authenticate(apiKey: string, secret: string): Promise<TokenPair> {
      const key = await keys.findBySecret(apiKey, secret);
      if (!key || key.apiKey !== apiKey) throw unauthorized('wrong API key or secret');
      const holder = holderOf(key);
      const pair = await issue(holder, newFamily('program', holder, now()), async (row) => {
        await database.transaction((trx) => beginFamily(trx, database, row));
        return true;
      });
      return pair as TokenPair;
    },

    /**
     * Exchanges a refresh token for a new pair; scopes are read again from the key. Throws `UNAUTHORIZED` for an
     * unknown, expired or used token, and for one of a session, whose access tokens have to end with it. A token used
     * more than 10 s ago revokes its whole family.
     */
    async refresh(refreshToken: string): Promise<TokenPair> {
      const tokenHash = hashOf(refreshToken);
      const token = await database.read((db) => createRefreshTokenRepository(db).find(tokenHash));
      if (!token || kindOf(token) === 'session') throw unauthorized('unknown refresh token');
      const holder = await holders.find(token.subject);
      if (!holder) throw unauthorized('API key revoked, or portal link expired');
      const pair = await issue(holder, familyOf(token), (row) =>
        database.transaction(async (trx) => {
          const tokens = createRefreshTokenRepository(trx);
          const isMine = await tokens.use(tokenHash, now());
          if (isMine) await tokens.insert(row);
          return isMine;
        }),
      );
      return pair ?? refuseUsed(token);
    },

    /**
     * The principal of a verified access token; undefined once its key is revoked or its session has ended. Its scopes are the
     * common ones of token and holder.
     */
    async principalFor(claims: Readonly<Record<string, unknown>>): Promise<Principal | undefined> {
      const holder = await holders.find(String(claims.sub));
      if (!holder || !(await isOpen(claims.sid))) return undefined;
      const principal = toPrincipal(holder, issuer);
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
