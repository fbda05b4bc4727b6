import type { Socket } from 'node:net';
import { unauthorized } from '../../errors.ts';
import type { Clock, IdentityProvider, Principal } from '../../plugin.ts';
import type { SignInLimit } from '../call/sign-in-limit.ts';
import type { Call } from '../call/target.ts';
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
        return verifyBasic(call, value, parts);
      default:
        throw unauthorized('unknown scheme');
    }
  };
}

function verifyBasic(call: Call, encoded: string, parts: AuthenticateParts): Promise<Principal> {
  const [username, password] = decodeBasic(encoded);
  return parts.signInLimit.run(call, username, async () => {
    for (const identity of parts.identities) {
      const principal = await identity.verifyBasic?.(username, password);
      if (principal) return principal;
    }
    throw unauthorized('wrong user name or password');
  });
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
