import type { KeyObject } from 'node:crypto';
import type { Request, Response } from 'express';
import { expressjwt, type Params } from 'express-jwt';
import { isApiError, StartError, unauthorized } from '../../errors.ts';
import type { Clock, TokenIssuer } from '../../plugin.ts';
import { createTokenCache, type Verified } from './token-cache.ts';

type Claims = Readonly<Record<string, unknown>>;

export interface Bearer {
  /** Verifies a token, or returns the result of the last minute. Rejects with `UNAUTHORIZED`. */
  verify(token: string): Promise<Verified> | Verified;
  /** Verifies a token without the cache; a token that is no longer valid leaves it. Rejects with `UNAUTHORIZED`. */
  verifyAgain(token: string): Promise<Verified>;
}

/**
 * Verifies bearer tokens of the given issuers and caches valid ones for a minute. Clocks of issuers may differ by
 * `leewaySeconds`. Throws `StartError` when two issuers share a name, which would make the issuer of a token ambiguous.
 */
export function createBearer(issuers: readonly TokenIssuer[], now: Clock, leewaySeconds: number): Bearer {
  const cache = createTokenCache(now);
  const byName = new Map<string, TokenIssuer>();
  for (const issuer of issuers) {
    const { issuer: name } = issuer;
    if (byName.has(name))
      throw new StartError(`Two token issuers are named "${name}". Change TOKEN_ISSUER or JWT_ISSUER.`);
    byName.set(name, issuer);
    issuer.onKeysChanged?.(() => cache.clear());
  }

  async function verify(token: string): Promise<Verified> {
    const { header, claims: unproven } = decode(token);
    const issuer = typeof unproven.iss === 'string' ? byName.get(unproven.iss) : undefined;
    if (!issuer) throw unauthorized('unknown issuer');
    const algorithm = header.alg;
    if (typeof algorithm !== 'string' || !issuer.algorithms.includes(algorithm)) {
      throw unauthorized('algorithm not accepted');
    }
    if ('crit' in header) throw unauthorized('critical header');
    const keyId = header.kid;
    const key = await issuer.keyFor(typeof keyId === 'string' ? keyId : undefined, algorithm);
    if (!key) throw unauthorized('unknown key');
    const times = { clockTimestamp: Math.floor(now() / 1_000_000), clockTolerance: leewaySeconds };
    const claims = await checkSignature(token, key, issuer, times);
    const { exp } = claims;
    if (typeof exp !== 'number') throw unauthorized('no expiry');
    const found = await issuer.principalFor(claims);
    if (!found) throw unauthorized('token names no principal');
    // The principal may end before the token, and then without leeway: its end is on the gateway's own clock.
    const { expiresAt: end = Number.POSITIVE_INFINITY } = found;
    return cache.set(token, { ...found, expiresAt: Math.min(exp, end) }, Math.min(exp + leewaySeconds, end));
  }

  return {
    verify: (token) => cache.get(token) ?? verify(token),
    async verifyAgain(token) {
      try {
        return await verify(token);
      } catch (error) {
        if (isApiError(error) && error.status === 401) cache.delete(token);
        throw error;
      }
    },
  };
}

/** Verifies signature, algorithm, issuer, audience and times with express-jwt. */
function checkSignature(
  token: string,
  key: KeyObject,
  issuer: TokenIssuer,
  times: Pick<Params, 'clockTimestamp' | 'clockTolerance'>,
): Promise<Claims> {
  const middleware = expressjwt({
    secret: key,
    algorithms: issuer.algorithms as Params['algorithms'],
    issuer: issuer.issuer,
    audience: issuer.audience,
    ...times,
    getToken: () => token,
  });
  // A synthetic request, because express-jwt lets some OPTIONS requests through without checking the token.
  const request = { method: 'GET', headers: {} } as Request & { auth?: Claims };
  return new Promise((resolve, reject) => {
    const done = (error?: unknown): void => {
      if (error || !request.auth) reject(unauthorized(error instanceof Error ? error.message : 'not verified'));
      else resolve(request.auth);
    };
    middleware(request, {} as Response, done).catch(done);
  });
}

function decode(token: string): { header: Claims; claims: Claims } {
  const [header, claims, signature, ...rest] = token.split('.');
  if (!header || !claims || !signature || rest.length > 0) throw unauthorized('not a signed token');
  return { header: parsePart(header), claims: parsePart(claims) };
}

function parsePart(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Claims;
  } catch {
    // Not JSON: refused below.
  }
  throw unauthorized('not a token');
}
