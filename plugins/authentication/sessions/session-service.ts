import type { Clock, Database, Knex, OpenSession, SessionProvider } from '../../../src/plugin.ts';
import type { ApiKeyService } from '../keys/api-key-service.ts';
import { createPortalLinkRepository } from '../portal-links/portal-link-repository.ts';
import type { PortalLinkService } from '../portal-links/portal-link-service.ts';
import type { AccessTokenSigner } from '../tokens/access-token-signer.ts';
import { beginFamily } from '../tokens/begin-family.ts';
import { familyOf, hashOf, kindOf, newFamily, newRefreshToken, retryMicros } from '../tokens/refresh-token.ts';
import { createRefreshTokenRepository, type RefreshToken } from '../tokens/refresh-token-repository.ts';
import { holderOf, type TokenHolder, type TokenHolders, toPrincipal } from '../tokens/token-holder.ts';

export interface SessionServiceParts {
  issuer: string;
  keys: ApiKeyService;
  holders: TokenHolders;
  links: PortalLinkService;
  signAccess: AccessTokenSigner;
  database: Database;
  now: Clock;
}

type NewToken = ReturnType<typeof newRefreshToken>;

/** Outcome of a renewal: another token is due, the previous one stays, or the session has ended. */
type Renewal = 'rotated' | 'repeated' | 'ended';

/** Sessions of people: a family of refresh tokens, whose access tokens end with it. */
export function createSessionService(parts: SessionServiceParts): SessionProvider {
  const { issuer, keys, holders, links, signAccess, database, now } = parts;

  async function open(holder: TokenHolder, { text, row }: NewToken, isRotated = true): Promise<OpenSession> {
    const { token, expiresAt } = await signAccess(holder, row.family);
    return {
      accessToken: token,
      accessExpiresAt: expiresAt,
      renewal: isRotated ? { token: text, expiresAt: row.expiresAt } : undefined,
      principal: toPrincipal(holder, issuer),
      portal: holder.link && { returnUrl: holder.link.returnUrl },
    };
  }

  const rotate = (known: RefreshToken, next: NewToken): Promise<Renewal> =>
    database.transaction(async (trx) => {
      const tokens = createRefreshTokenRepository(trx);
      const at = now();
      if (!(await tokens.use(known.tokenHash, at))) {
        const family = await tokens.lockFamily(known.family);
        const renewal = judgeUsed(known.tokenHash, family, at);
        if (renewal === 'ended') await tokens.deleteFamily(known.family);
        if (renewal !== 'rotated') return renewal;
        await tokens.useAgain(known, at);
      }
      await tokens.insert(next.row);
      return 'rotated';
    });

  /** The row of a session's token; undefined: unknown, or a token of a program. */
  async function find(db: Knex, token: string): Promise<RefreshToken | undefined> {
    const known = await createRefreshTokenRepository(db).find(hashOf(token));
    return known && kindOf(known) !== 'program' ? known : undefined;
  }

  return {
    async signIn(name, secret) {
      const key = await keys.findBySecret(name, secret);
      if (!key) return undefined;
      const holder = holderOf(key);
      const first = newRefreshToken(newFamily('session', holder, now()), now());
      await database.transaction((trx) => beginFamily(trx, database, first.row));
      return open(holder, first);
    },

    async openPortal(token) {
      const link = await database.read((db) => createPortalLinkRepository(db).findUnused(hashOf(token), now()));
      const holder = link && (await holders.ofLink(link));
      if (!link || !holder) return undefined;
      const first = newRefreshToken(newFamily('session', holder, now()), now());
      const isMine = await database.transaction(async (trx) => {
        if (!(await createPortalLinkRepository(trx).use(link.id, now()))) return false;
        await createRefreshTokenRepository(trx).insert(first.row);
        return true;
      });
      return isMine ? open(holder, first) : undefined;
    },

    createPortalLink: links.create,

    async renew(token) {
      const known = await database.read((db) => find(db, token));
      const holder = known && (await holders.find(known.subject));
      if (!known || !holder) return undefined;
      const next = newRefreshToken(familyOf(known), now());
      const renewal = await rotate(known, next);
      return renewal === 'ended' ? undefined : open(holder, next, renewal === 'rotated');
    },

    end: (token) =>
      database.transaction(async (trx) => {
        const known = await find(trx, token);
        if (known) await createRefreshTokenRepository(trx).deleteFamily(known.family);
      }),
  };
}

/**
 * Judges a token that is expired or has been used. Within 10 s another tab has renewed with it at the same moment, and its
 * answer reaches the browser, which both share. Later the answer was lost if no other token of the family has been used since;
 * otherwise a copy of the token is in other hands.
 */
function judgeUsed(tokenHash: string, family: readonly RefreshToken[], at: number): Renewal {
  const token = family.find((each) => each.tokenHash === tokenHash);
  if (token?.usedAt === undefined || token.expiresAt <= at) return 'ended';
  const { usedAt } = token;
  if (at - usedAt <= retryMicros) return 'repeated';
  const isLeftBehind = family.some((other) => other !== token && other.usedAt !== undefined && other.usedAt >= usedAt);
  return isLeftBehind ? 'ended' : 'rotated';
}
