import type { Socket } from 'node:net';
import { unauthorized } from '../../errors.ts';
import type { Clock, IdentityProvider, Principal } from '../../plugin.ts';
import type { SignInLimit } from '../call/sign-in-limit.ts';
import type { Call } from '../call/target.ts';
import type { Bearer } from './bearer.ts';
import type { Verified } from './token-cache.ts';

export interface AuthenticateParts {
  bearer: Bearer;
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
    const found = parts.bearer.verify(token);
    if (found instanceof Promise) return found.then(({ principal }) => principal);
    latest.set(socket, { authorization, verified: found });
    return found.principal;
  }

  return (call) => {
    const { authorization, req } = call;
    if (authorization === undefined) throw unauthorized('no credentials');
    const last = latest.get(req.socket);
    if (last?.authorization === authorization && last.verified.until > now()) return last.verified.principal;
    const { isBasic, value } = parse(authorization);
    if (!isBasic) return verifyBearer(value, authorization, req);
    const [username, password] = decodeBasic(value);
    return parts.signInLimit.run(call, username, () => verifyBasic(username, password, parts.identities));
  };
}

/** Verifies credentials in the form of `Authorization` without any cache. Rejects with `UNAUTHORIZED`. */
export function createVerifyAgain({
  bearer,
  identities,
}: Pick<AuthenticateParts, 'bearer' | 'identities'>): (authorization: string) => Promise<Principal> {
  return async (authorization) => {
    const { isBasic, value } = parse(authorization);
    return isBasic ? verifyBasic(...decodeBasic(value), identities) : (await bearer.verifyAgain(value)).principal;
  };
}

function parse(authorization: string): { isBasic: boolean; value: string } {
  const [, scheme = '', value = ''] = credentials.exec(authorization) ?? [];
  const isBasic = scheme.toLowerCase() === 'basic';
  if (!isBasic && scheme.toLowerCase() !== 'bearer') throw unauthorized('unknown scheme');
  return { isBasic, value };
}

async function verifyBasic(
  username: string,
  password: string,
  identities: readonly IdentityProvider[],
): Promise<Principal> {
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
