import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { principalFromClaims } from '../gateway/caller/principal.ts';
import type { Clock, Plugin } from '../plugin.ts';

/** The caller of a token. */
export interface TokenClaims {
  /** The subject: a stable id of the caller. Default `tester`. */
  sub?: string;
  /** Default `tester@example.com`. */
  email?: string;
  /** The client application. */
  client_id?: string;
  /** The organization that the caller acts for. Default `test-org`. */
  org?: string;
  /** The organizations that the caller may name in `X-Organization`. Default: `org` alone. */
  orgs?: string[];
  /** Scopes separated by spaces. */
  scope?: string;
  /** Lifetime of the token in seconds. Default 3600. */
  lifetimeSeconds?: number;
}

/** An issuer inside the test process: a test can issue a token with any claims. */
export interface TestIdentity {
  readonly plugin: Plugin;
  token(claims?: TokenClaims): Promise<string>;
}

const issuer = 'https://issuer.test';
const audience = 'hookgate-test';

export function createTestIdentity(now: Clock): TestIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    plugin: {
      name: 'test-identity',
      apiVersion: 1,
      setup({ provideIdentity }) {
        provideIdentity({
          issuer: {
            issuer,
            audience,
            algorithms: ['ES256'],
            keyFor: async () => publicKey,
            principalFor: async (claims) =>
              principalFromClaims(claims, { organization: 'org', scope: 'scope' }, () => true),
          },
        });
        return { routes: [] };
      },
    },
    token: ({ lifetimeSeconds = 3600, ...claims } = {}) => {
      const seconds = Math.floor(now() / 1_000_000);
      return new SignJWT({ sub: 'tester', email: 'tester@example.com', org: 'test-org', ...claims })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + lifetimeSeconds)
        .sign(privateKey);
    },
  };
}
