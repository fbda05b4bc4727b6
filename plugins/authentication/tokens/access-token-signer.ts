import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../../src/plugin.ts';
import type { ApiKey } from '../keys/api-key-repository.ts';
import { type SigningKeys, signingAlgorithm } from './signing-keys.ts';

export interface AccessToken {
  token: string;
  /** Microseconds. */
  expiresAt: number;
}

/** Lifetime of an access token, in seconds. */
export const accessSeconds = 3600;
const second = 1_000_000;

/** Signs access tokens (JWT, RFC 7519) for API keys with the current key. */
export function createAccessTokenSigner(parts: {
  issuer: string;
  audience: string;
  signingKeys: SigningKeys;
  now: Clock;
}): (key: ApiKey) => Promise<AccessToken> {
  const { issuer, audience, signingKeys, now } = parts;

  return async (key) => {
    const { kid, privateKey } = await signingKeys.current();
    const issuedAt = Math.floor(now() / second);
    const [first, ...others] = key.organizations;
    const organizations = others.length === 0 && first !== '*' ? { org: first } : { orgs: key.organizations };
    const application = key.name === undefined ? {} : { client_id: key.name };
    const token = await new SignJWT({ email: key.email, ...application, ...organizations, scope: key.scope })
      .setProtectedHeader({ alg: signingAlgorithm, kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(key.apiKey)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessSeconds)
      .sign(privateKey);
    return { token, expiresAt: (issuedAt + accessSeconds) * second };
  };
}
