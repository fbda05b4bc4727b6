import type { Socket } from 'node:net';
import { ApiError, unauthorized } from '../../errors.ts';
import type { Clock, IdentityProvider, Principal } from '../../plugin.ts';
import type { Call } from '../call/target.ts';
import type { SignInLimit } from './sign-in-limit.ts';
import type { Verified } from './token-cache.ts';

export interface AuthenticateParts {
  verifyBearer: (token: string) => Promise<Verified> | Verified;
  identities: readonly IdentityProvider[];
  signInLimit: SignInLimit;
  now: Clock;
}

const credentials = /^([A-Za-z]+) +([^\s]+)$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Authenticates the caller by `Authorization: Bearer` or `Basic`. Throws or rejects with `UNAUTHORIZED` or
 * `RATE_LIMITED`.
 */
export function createAuthenticate(parts: AuthenticateParts): (call: Call) => Promise<Principal> | Principal {
  const { now } = parts;
  /** The last credentials of each connection: nearly always repeated, and cheaper to compare than to parse and hash. */
  const latest = new WeakMap<Socket, { authorization: string; verified: Verified }>();

  function verifyBearer(token: string, authorization: string, { socket }: Call['req']): Promise<Principal> | Principal {
    const found = parts.verifyBearer(token);
    if (found instanceof Promise) return found.then(({ principal }) => principal);
    latest.set(socket, { authorization, verified: found });
    return found.principal;
  }

  return (call) => {
    const { authorization, req } = call;
    if (authorization === undefined) throw unauthorized('no credentials');
    const last = latest.get(req.socket);
    if (last?.authorization === authorization && last.verified.until > now()) return last.verified.principal;
    const [, scheme = '', value = ''] = credentials.exec(authorization) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return verifyBearer(value, authorization, req);
      case 'basic':
        return limited(call, parts.signInLimit, () => verifyBasic(value, parts.identities));
      default:
        throw unauthorized('unknown scheme');
    }
  };
}

async function verifyBasic(encoded: string, identities: readonly IdentityProvider[]): Promise<Principal> {
  const [username, password] = decodeBasic(encoded);
  for (const identity of identities) {
    const principal = await identity.verifyBasic?.(username, password);
    if (principal) return principal;
  }
  throw unauthorized('wrong user name or password');
}

function decodeBasic(encoded: string): [string, string] {
  try {
    const text = utf8.decode(Buffer.from(encoded, 'base64'));
    const colon = text.indexOf(':');
    if (colon > 0) return [text.slice(0, colon), text.slice(colon + 1)];
  } catch {
    // Not UTF-8: refused below.
  }
  throw unauthorized('malformed Basic credentials');
}

/**
 * Runs an attempt to sign in. A refusal counts against the caller's address; after too many, attempts are refused
 * without being run. Attempts in flight by then are refused too: sent in parallel, they would allow as many guesses as
 * there are connections. Rejects with `RATE_LIMITED`.
 */
export async function limited<T>(call: Call, limit: SignInLimit, attempt: () => Promise<T>): Promise<T> {
  await limit.check(call.clientAddress);
  let result: T;
  try {
    result = await attempt();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) await limit.fail(call.clientAddress);
    throw error;
  }
  if (!call.res.headersSent) await limit.check(call.clientAddress);
  return result;
}
