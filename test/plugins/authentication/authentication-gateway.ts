import { authentication } from '../../../plugins/authentication/index.ts';
import {
  createApiKeyService,
  type IssuedApiKey,
  type NewApiKey,
} from '../../../plugins/authentication/keys/api-key-service.ts';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import {
  createTestGateway,
  type TestAnswer,
  type TestGateway,
  type TestGatewayOptions,
  type TestRequest,
} from '../../../src/testing/index.ts';

const base = '/api/v1/integration/auth';

/** A target that answers with the caller's principal. */
const mirror = definePlugin({
  name: 'mirror',
  apiVersion: 1,
  setup: () => ({
    routes: [
      defineRoute({
        method: 'GET',
        path: '/api/v1/me',
        summary: "Read the caller's principal",
        organization: 'none',
        answers: { 200: { description: "The caller's principal." } },
        handler: (req, res) => {
          const { scopes, ...principal } = req.principal ?? { scopes: [] };
          res.json({ ...principal, scopes: [...scopes] });
        },
      }),
    ],
  }),
});

/** A gateway with the authentication plugin, and shortcuts for its calls. */
export interface AuthenticationGateway {
  readonly gateway: TestGateway;
  createKey(wanted?: Partial<NewApiKey>): Promise<IssuedApiKey>;
  revokeKey(apiKey: string): Promise<boolean>;
  signIn(key: IssuedApiKey, request?: TestRequest): Promise<TestAnswer>;
  refresh(refreshToken: string, request?: TestRequest): Promise<TestAnswer>;
  me(request: TestRequest): Promise<TestAnswer>;
  basic(username: string, password: string, request?: TestRequest): Promise<TestAnswer>;
  keySet(): Promise<{ kid: string }[]>;
}

/** `plugins`: further ones. */
export async function startAuthentication({
  plugins = [],
  ...options
}: Partial<TestGatewayOptions> = {}): Promise<AuthenticationGateway> {
  const gateway = await createTestGateway({ ...options, plugins: [authentication, mirror, ...plugins] });
  const { database, now } = gateway.app.foundation;
  const keys = createApiKeyService({ database, now });
  const me = (request: TestRequest) => gateway.request('/api/v1/me', { target: 'mirror', ...request });
  const call = (action: string, body: unknown, request: TestRequest = {}) =>
    gateway.request(`${base}/${action}`, { target: 'authentication', body, ...request });

  return {
    gateway,
    createKey: (wanted = {}) =>
      keys.create({
        email: 'joe@example.com',
        organizations: ['myorg'],
        scope: 'integration:read integration:write',
        ...wanted,
      }),
    revokeKey: (apiKey) => keys.revoke(apiKey),
    signIn: (key, request) => call('authenticate', key, request),
    refresh: (refreshToken, request) => call('refresh', { refresh_token: refreshToken }, request),
    me,
    basic: (username, password, { headers, ...request } = {}) =>
      me({ ...request, headers: { ...headers, Authorization: basicHeader(username, password) } }),
    keySet: async () => (await gateway.request('/.well-known/jwks.json')).body.keys,
  };
}

export const basicHeader = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Decodes a part of a token without verifying it: 0 is the header, 1 the claims. */
export const partOf = (token: string, part: 0 | 1): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString('utf8'));
