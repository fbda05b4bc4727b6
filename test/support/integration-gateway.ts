import assert from 'node:assert/strict';
import { integration } from '../../plugins/integration/index.ts';
import type { Environment } from '../../src/settings.ts';
import {
  createReceiver,
  createTestGateway,
  type ParsedJson,
  type Receiver,
  type TestAnswer,
  type TestGateway,
  type TestRequest,
} from '../../src/testing/index.ts';
import { eventually } from './eventually.ts';

export const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';

/** A delivery as answered by the API. */
export type Delivery = ParsedJson;

/** A gateway with the `integration` plugin, a receiver, and shortcuts for the most frequent calls. */
export interface IntegrationGateway {
  readonly gateway: TestGateway;
  readonly receiver: Receiver;
  call(path: string, request?: TestRequest): Promise<TestAnswer>;
  createDistributor(meta?: object | null, node?: string): Promise<string>;
  /** Posts an event; resolves to the id of its delivery. */
  send(distributor: string, event?: object): Promise<string>;
  read(id: string): Promise<Delivery>;
  /** Waits until the delivery has one of these statuses. */
  reached(id: string, ...statuses: string[]): Promise<Delivery>;
  close(): Promise<void>;
}

export async function startIntegration(
  serverUrl: string | undefined,
  env: Environment = {},
): Promise<IntegrationGateway> {
  const receiver = await createReceiver();
  const gateway = await createTestGateway({
    plugins: [integration],
    serverUrl,
    env: {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_RETRY_INTERVAL_MS: '30',
      DISPATCH_POLL_INTERVAL_MS: '100',
      ...env,
    },
  });
  const token = await gateway.token({ scope: 'integration:read integration:write', lifetimeSeconds: 1e7 });
  const call: IntegrationGateway['call'] = (path, request = {}) =>
    gateway.request(`/api/v1/integration${path}`, { target: 'integration', token, ...request });
  const read = async (id: string): Promise<Delivery> => (await call(`/deliveries/${id}`)).body;
  return {
    gateway,
    receiver,
    call,
    read,
    async createDistributor(meta = {}, node = nodeId) {
      const body = { meta: meta && { host: receiver.url, path: '/hook', method: 2, ...meta } };
      const created = await call(`/distributors/nodes/${node}`, { body });
      assert.equal(created.status, 201, created.text);
      return created.body.id;
    },
    async send(distributor, event = { type: 'order.filled', data: {} }) {
      const sent = await call(`/distributors/${distributor}/events`, { body: event });
      assert.equal(sent.status, 202, sent.text);
      return sent.body.deliveries[0].id;
    },
    reached: (id, ...statuses) =>
      eventually(async () => {
        const delivery = await read(id);
        return statuses.includes(delivery.status) ? delivery : undefined;
      }),
    async close() {
      await gateway.close();
      await receiver.close();
    },
  };
}
