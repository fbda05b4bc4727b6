import type { AuthorizationServer, Client, TokenEndpointResponse } from 'oauth4webapi';
import { issuerUnavailable } from '../../../../src/errors.ts';
import type { Clock } from '../../../../src/plugin.ts';
import { boundedFetch } from './bounded-fetch.ts';

type OAuth = typeof import('oauth4webapi');

export interface IdentityProviderParts {
  /** The package, which is loaded only where this sign-in is set up. */
  oauth: OAuth;
  issuer: string;
  clientId: string;
  scope: string;
  /** Further parameters of the authorization request, as a query. */
  parameters: string;
  now: Clock;
}

/** The secrets of an attempt to sign in, bound to the browser by a cookie. */
export interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
}

export type ProviderTokens = Pick<TokenEndpointResponse, 'access_token' | 'id_token' | 'refresh_token'>;

export interface IdentityProvider {
  newAttempt(): Attempt;
  /** Where the browser signs in. */
  addressFor(attempt: Attempt, redirectUri: string): Promise<string>;
  /** Exchanges the code of a callback for tokens; rejects if state, issuer, nonce or code are wrong. */
  exchange(callback: URLSearchParams, attempt: Attempt, redirectUri: string): Promise<ProviderTokens>;
  /** Undefined: the provider refuses the token. Rejects with `ISSUER_UNAVAILABLE` if it cannot be reached. */
  refresh(token: string): Promise<ProviderTokens | undefined>;
  /** Revokes a refresh token, if the provider offers it. */
  revoke(token: string): Promise<void>;
}

const second = 1_000_000;
const metadataMicros = 600 * second;
/** Strangers start attempts: a provider that is away is asked at most so often. */
const pauseMicros = 5 * second;

/** The OpenID provider of `JWT_ISSUER`, which knows the console as a public client: code and PKCE, no secret. */
export function createIdentityProvider(parts: IdentityProviderParts): IdentityProvider {
  const { oauth, issuer, clientId, scope, parameters, now } = parts;
  const client: Client = { client_id: clientId };
  const authentication = oauth.None();
  // The operator has named an issuer without TLS, for example on the same machine.
  const isPlain = issuer.startsWith('http:');
  const http = { [oauth.customFetch]: boundedFetch, [oauth.allowInsecureRequests]: isPlain };
  let metadata: { value: AuthorizationServer; until: number } | undefined;
  let discovery: Promise<AuthorizationServer> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  async function discover(): Promise<AuthorizationServer> {
    if (now() - failedAt < pauseMicros) throw issuerUnavailable('discovery failed recently');
    try {
      const url = new URL(issuer);
      const value = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, http));
      metadata = { value, until: now() + metadataMicros };
      return value;
    } catch (error) {
      failedAt = now();
      // Known endpoints serve on while the provider cannot be asked again.
      if (metadata) return metadata.value;
      throw issuerUnavailable(`discovery failed: ${(error as Error).message}`);
    }
  }

  async function server(): Promise<AuthorizationServer> {
    if (metadata && now() < metadata.until) return metadata.value;
    discovery ??= discover().finally(() => {
      discovery = undefined;
    });
    return discovery;
  }

  const isRefused = (error: unknown): boolean => error instanceof oauth.ResponseBodyError && error.status < 500;

  return {
    newAttempt: () => ({
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    }),

    async addressFor({ state, nonce, verifier }, redirectUri) {
      const { authorization_endpoint: endpoint } = await server();
      if (endpoint === undefined) throw issuerUnavailable('the provider has no authorization endpoint');
      const address = new URL(endpoint);
      if (address.protocol !== 'https:' && !isPlain) throw issuerUnavailable('the authorization endpoint is not https');
      const own = {
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of [...new URLSearchParams(parameters), ...Object.entries(own)])
        address.searchParams.set(name, value);
      return address.href;
    },

    async exchange(callback, { state, nonce, verifier }, redirectUri) {
      const as = await server();
      const valid = oauth.validateAuthResponse(as, client, callback, state);
      const request = [as, client, authentication, valid, redirectUri, verifier, http] as const;
      const response = await oauth.authorizationCodeGrantRequest(...request);
      const expected = { expectedNonce: nonce, requireIdToken: true };
      return oauth.processAuthorizationCodeResponse(as, client, response, expected);
    },

    async refresh(token) {
      try {
        const as = await server();
        const response = await oauth.refreshTokenGrantRequest(as, client, authentication, token, http);
        return await oauth.processRefreshTokenResponse(as, client, response);
      } catch (error) {
        if (isRefused(error)) return undefined;
        throw issuerUnavailable(`renewal failed: ${(error as Error).message}`);
      }
    },

    async revoke(token) {
      const as = await server();
      if (as.revocation_endpoint === undefined) return;
      const further = { ...http, additionalParameters: { token_type_hint: 'refresh_token' } };
      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, authentication, token, further));
    },
  };
}
