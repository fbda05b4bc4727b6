import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { mock } from 'node:test';
import type { GrantContext } from 'oidc-provider';

/** A real OpenID provider on the loopback address that issues JWT access tokens for client credentials. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly keySetUri: string;
  /** Number of requests for its key set. */
  readonly keySetFetches: number;
  /** Paths of all requests so far. */
  readonly requests: readonly string[];
  token(wanted?: { scope?: string; claims?: Record<string, unknown> }): Promise<string>;
  /** Signs with a new key from now on; with `keepOld` the previous keys stay published. */
  rotate(options?: { keepOld?: boolean; algorithm?: Algorithm }): Promise<void>;
  /** Answers every request with this status, or closes the connection; `up` ends the failure. */
  fail(how: number | 'closed' | 'up'): void;
  close(): Promise<void>;
}

type Algorithm = 'RS256' | 'ES256';
type Jwk = Record<string, unknown>;

const audience = 'https://gateway.test';
const keySetPath = '/jwks';
const client = { id: 'robot', secret: randomUUID() };

/** The person that every browser signs in as, without being asked for anything. */
export const person = {
  sub: 'ann',
  email: 'ann@example.com',
  email_verified: true,
  org: 'theirs',
  roles: ['integration:read'],
};

/** A client of browsers. */
export interface PublicClient {
  id: string;
  redirectUri: string;
  /** Its access tokens are for the provider itself, and opaque. */
  isOpaque?: boolean;
}

export async function startIdentityProvider(browser?: PublicClient): Promise<IdentityProvider> {
  let handler: RequestListener | undefined;
  let failure: number | 'closed' | 'up' = 'up';
  let keySetFetches = 0;
  let claims: Record<string, unknown> = {};
  let algorithm: Algorithm = 'ES256';
  let keys = [newKey(algorithm)];
  const requests: string[] = [];

  const server = createServer((req, res) => {
    if (req.url === keySetPath) keySetFetches += 1;
    requests.push(String(req.url).split('?')[0] ?? '');
    if (failure === 'closed') req.socket.destroy();
    else if (failure === 'up') handler?.(req, res);
    else res.writeHead(failure).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const build = async (): Promise<void> => {
    handler = await buildProvider(issuer, configuration(algorithm, keys, { claims: () => claims, browser }));
  };
  await build();

  return {
    issuer,
    audience,
    keySetUri: `${issuer}${keySetPath}`,
    get keySetFetches() {
      return keySetFetches;
    },
    requests,
    async token({ scope = 'integration:read', claims: wanted = {} } = {}) {
      claims = wanted;
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { Authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
      });
      if (!answer.ok) throw new Error(`The identity provider answered ${answer.status}: ${await answer.text()}`);
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    async rotate({ keepOld = false, algorithm: wanted = 'ES256' } = {}) {
      algorithm = wanted;
      keys = [newKey(algorithm), ...(keepOld ? keys : [])];
      await build();
    },
    fail: (how) => {
      failure = how;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The provider prints warnings about settings that are unsuitable for production. */
async function buildProvider(issuer: string, settings: Record<string, unknown>): Promise<RequestListener> {
  const silenced = mock.method(console, 'warn', () => {});
  try {
    const { default: Provider } = await import('oidc-provider');
    const provider = new Provider(issuer, settings);
    const answer = provider.callback();
    return (req, res) => {
      if (!req.url?.startsWith('/interaction/')) answer(req, res);
      else void provider.interactionFinished(req, res, { login: { accountId: person.sub } });
    };
  } finally {
    silenced.mock.restore();
  }
}

function newKey(algorithm: Algorithm): Jwk {
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: algorithm, use: 'sig' };
}

const scope = 'integration:read integration:write gateway:admin';
const ofPeople = 'openid email offline_access';

/** Grants a browser's client all that it asks for. */
async function grantAll({ oidc: { provider, client, session } }: GrantContext): Promise<unknown> {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  // All scopes of the configuration count as the provider's own.
  grant.addOIDCScope(`${ofPeople} ${scope}`);
  grant.addResourceScope(audience, scope);
  await grant.save();
  return grant;
}

function configuration(
  alg: Algorithm,
  keys: Jwk[],
  { claims, browser }: { claims: () => Record<string, unknown>; browser: PublicClient | undefined },
): Record<string, unknown> {
  const browserClient = browser && {
    client_id: browser.id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [browser.redirectUri],
    id_token_signed_response_alg: alg,
    scope: `${ofPeople} ${scope}`,
  };
  return {
    jwks: { keys },
    ttl: {
      ...{ ClientCredentials: 600, Interaction: 600, AccessToken: 3600, IdToken: 3600 },
      ...{ RefreshToken: 86_400, Grant: 86_400, Session: 86_400 },
    },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: alg,
        scope,
      },
      ...(browserClient ? [browserClient] : []),
    ],
    scopes: `${ofPeople} ${scope}`.split(' '),
    claims: { openid: ['sub', 'org', 'roles'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: async () => ({ accountId: person.sub, claims: async () => person }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    loadExistingGrant: grantAll,
    issueRefreshToken: async () => true,
    cookies: { keys: [randomUUID()] },
    extraTokenClaims: () => claims(),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => !browser?.isOpaque,
        getResourceServerInfo: () => ({ scope, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg } } }),
      },
    },
  };
}
