import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { mock } from 'node:test';

/** A real OpenID provider on the loopback address that issues JWT access tokens for client credentials. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly keySetUri: string;
  /** Number of requests for its key set. */
  readonly keySetFetches: number;
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

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let handler: RequestListener | undefined;
  let failure: number | 'closed' | 'up' = 'up';
  let keySetFetches = 0;
  let claims: Record<string, unknown> = {};
  let algorithm: Algorithm = 'ES256';
  let keys = [newKey(algorithm)];

  const server = createServer((req, res) => {
    if (req.url === keySetPath) keySetFetches += 1;
    if (failure === 'closed') req.socket.destroy();
    else if (failure === 'up') handler?.(req, res);
    else res.writeHead(failure).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const build = async (): Promise<void> => {
    handler = await buildProvider(
      issuer,
      configuration(algorithm, keys, () => claims),
    );
  };
  await build();

  return {
    issuer,
    audience,
    keySetUri: `${issuer}${keySetPath}`,
    get keySetFetches() {
      return keySetFetches;
    },
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
    return new Provider(issuer, settings).callback();
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

function configuration(alg: Algorithm, keys: Jwk[], claims: () => Record<string, unknown>): Record<string, unknown> {
  const scope = 'integration:read integration:write gateway:admin';
  return {
    jwks: { keys },
    ttl: { ClientCredentials: 600 },
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
    ],
    scopes: scope.split(' '),
    extraTokenClaims: () => claims(),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: () => ({ scope, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg } } }),
      },
    },
  };
}
