import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../../src/plugin.ts';
import { type SigningKeys, signingAlgorithm } from './signing-keys.ts';
import type { TokenHolder } from './token-holder.ts';

export interface AccessToken {
  token: string;
  /** Microseconds. */
  expiresAt: number;
  /** Seconds until then. */
  expiresIn: number;
}

export type AccessTokenSigner = (holder: TokenHolder, session?: string) => Promise<AccessToken>;

/** Lifetime of an access token, in seconds. */
const accessSeconds = 3600;
const second = 1_000_000;

/** Signs access tokens (JWT, RFC 7519) with the current key; `session` ends a token with its session. */
export function createAccessTokenSigner(parts: {
  issuer: string;
  audience: string;
  signingKeys: SigningKeys;
  now: Clock;
}): AccessTokenSigner {
  const { issuer, audience, signingKeys, now } = parts;

  return async ({ subject, email, name, organizations: names, scope, link }, session) => {
    const { kid, privateKey } = await signingKeys.current();
    const issuedAt = Math.floor(now() / second);
    const expiresAt = Math.min(issuedAt + accessSeconds, Math.floor((link?.expiresAt ?? Infinity) / second));
    const [first, ...others] = names;
    const organizations = others.length === 0 && first !== '*' ? { org: first } : { orgs: names };
    // JSON leaves undefined members out.
    const claims = { email, client_id: name, ...organizations, scope, sid: session };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: signingAlgorithm, kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(privateKey);
    return { token, expiresAt: expiresAt * second, expiresIn: expiresAt - issuedAt };
  };
}
