import { integration } from '../../../plugins/integration/index.ts';
import {
  createTestGateway,
  type TestAnswer,
  type TestGateway,
  type TestGatewayOptions,
  type TestRequest,
} from '../../../src/testing/index.ts';

export const base = '/api/v1/integration/distributors';
export const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
export const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
export const basic = { type: 1, username: 'user', password: 'pass' };
export const meta = { host: 'https://example.com', path: '/webhook', method: 1, authentication: basic };

/** Calls to distributors as one caller. */
export interface DistributorClient {
  readonly gateway: TestGateway;
  call(path: string, request?: TestRequest): Promise<TestAnswer>;
  create(meta?: unknown, node?: string): Promise<TestAnswer>;
  read(id: string): Promise<TestAnswer>;
  update(id: string, body: unknown): Promise<TestAnswer>;
  /** The same calls with other claims in the token. */
  as(
    claims: { sub?: string; org?: string; orgs?: string[] },
    headers?: Record<string, string>,
  ): Promise<DistributorClient>;
  close(): Promise<void>;
}

export async function startDistributors(options: Partial<TestGatewayOptions> = {}): Promise<DistributorClient> {
  const gateway = await createTestGateway({ plugins: [integration], ...options });
  return clientOf(gateway, await tokenFor(gateway, {}), {});
}

const tokenFor = (gateway: TestGateway, claims: object): Promise<string> =>
  gateway.token({ scope: 'integration:read integration:write', ...claims });

function clientOf(gateway: TestGateway, token: string, headers: Record<string, string>): DistributorClient {
  const call: DistributorClient['call'] = (path, request = {}) =>
    gateway.request(path, { target: 'integration', token, ...request, headers: { ...headers, ...request.headers } });
  return {
    gateway,
    call,
    create: (given, node = nodeId) =>
      call(`${base}/nodes/${node}`, { body: given === undefined ? {} : { meta: given } }),
    read: (id) => call(`${base}/${id}`),
    update: (id, body) => call(`${base}/${id}`, { method: 'PUT', body }),
    as: async (claims, others = {}) => clientOf(gateway, await tokenFor(gateway, claims), others),
    close: () => gateway.close(),
  };
}
