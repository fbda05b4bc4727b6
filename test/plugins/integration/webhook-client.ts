import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { integration } from '../../../plugins/integration/index.ts';
import { webhookKind } from '../../../plugins/integration/webhooks/webhook.ts';
import { createWebhookRepository } from '../../../plugins/integration/webhooks/webhook-repository.ts';
import { type Dispatcher, definePlugin, type Knex, type PluginContext } from '../../../src/plugin.ts';
import type { Environment } from '../../../src/settings.ts';
import {
  createReceiver,
  createTestGateway,
  type Received,
  type Receiver,
  type TestAnswer,
  type TestGateway,
  type TestRequest,
} from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Delivery } from '../../support/integration-gateway.ts';

export const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
export const organization = 'test-org';

/** Calls to webhooks as one caller of one organization. */
export interface WebhookClient {
  readonly gateway: TestGateway;
  readonly receiver: Receiver;
  readonly dispatcher: Dispatcher;
  /** Calls a path below `/v1/mint/organizations/<the organization>`. */
  call(path: string, request?: TestRequest): Promise<TestAnswer>;
  create(input?: object): Promise<TestAnswer>;
  /** Creates an enabled webhook at the receiver. */
  createEnabled(path?: string): Promise<string>;
  change(id: string, body: object, method?: 'PUT' | 'POST'): Promise<TestAnswer>;
  remove(id: string, query?: string): Promise<TestAnswer>;
  /**
   * Sends a notification to the enabled webhooks among these, as usage does; resolves to the ids of the deliveries.
   * `meanwhile` runs before the commit.
   */
  trigger(ids: readonly string[], meanwhile?: () => Promise<void>): Promise<string[]>;
  delivery(id: string): Promise<Delivery>;
  /** Waits until the delivery has this status. */
  reached(id: string, status: string): Promise<Delivery>;
  receivedAt(path: string): Received[];
  transaction<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** Whether a connection waits for a lock; only on MySQL and MariaDB. */
  isWaiting(): Promise<boolean>;
  as(org: string, scope?: string): Promise<WebhookClient>;
  close(): Promise<void>;
}

interface Stage {
  gateway: TestGateway;
  receiver: Receiver;
  context: PluginContext;
}

/** A plugin that exposes its plugin context to the test. */
function createObserver(): { plugin: ReturnType<typeof definePlugin>; context(): PluginContext } {
  let given: PluginContext | undefined;
  return {
    plugin: definePlugin({
      name: 'observer',
      apiVersion: 1,
      setup(context) {
        given = context;
        return { routes: [] };
      },
    }),
    context: () => given ?? assert.fail('the gateway has not been started'),
  };
}

export async function startWebhooks(serverUrl: string | undefined, env: Environment = {}): Promise<WebhookClient> {
  const receiver = await createReceiver();
  const observer = createObserver();
  const gateway = await createTestGateway({
    plugins: [integration, observer.plugin],
    serverUrl,
    env: {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_RETRY_INTERVAL_MS: '30',
      DISPATCH_POLL_INTERVAL_MS: '100',
      ...env,
    },
  });
  return clientFor({ gateway, receiver, context: observer.context() }, organization);
}

async function clientFor(stage: Stage, org: string, scope = 'integration:read integration:write') {
  const token = await stage.gateway.token({ org, scope, email: 'Joe@example.com', lifetimeSeconds: 1e7 });
  return clientOf(stage, org, token);
}

let names = 0;

function clientOf(stage: Stage, org: string, token: string): WebhookClient {
  const { gateway, receiver, context } = stage;
  const call: WebhookClient['call'] = (path, request = {}) =>
    gateway.request(`/v1/mint/organizations/${org}${path}`, { token, ...request });
  const create = (input: object = {}) => {
    names += 1;
    return call('/webhooks', { body: { name: `webhook ${names}`, postURL: `${receiver.url}/hook`, ...input } });
  };
  const delivery = async (id: string): Promise<Delivery> => {
    const target = { target: 'integration', token, headers: { 'X-Organization': org } };
    return (await gateway.request(`/api/v1/integration/deliveries/${id}`, target)).body;
  };
  return {
    gateway,
    receiver,
    dispatcher: context.dispatcher,
    call,
    create,
    async createEnabled(path = '/hook') {
      const created = await create({ postURL: `${receiver.url}${path}`, enabled: true });
      assert.equal(created.status, 200, created.text);
      return created.body.id;
    },
    change: (id, body, method = 'PUT') => call(`/webhooks/${id}`, { method, body }),
    remove: (id, query = '') => call(`/webhooks/${id}${query}`, { method: 'DELETE' }),
    trigger: (ids, meanwhile) => trigger(context, org, ids, meanwhile),
    delivery,
    reached: (id, status) =>
      eventually(async () => {
        const found = await delivery(id);
        return found.status === status ? found : undefined;
      }),
    receivedAt: (path) => receiver.received.filter((request) => request.path === path),
    transaction: (work) => context.database.transaction(work),
    async isWaiting() {
      // The server refreshes this table only when it has not been read for a tenth of a second.
      await sleep(120);
      return context.database.read(
        async (db) =>
          (await db('information_schema.innodb_trx').where({ trx_state: 'LOCK WAIT' }).first('trx_id')) !== undefined,
      );
    },
    as: (other, scope) => clientFor(stage, other, scope),
    async close() {
      await gateway.close();
      await receiver.close();
    },
  };
}

async function trigger(
  { database, encryption, dispatcher }: PluginContext,
  org: string,
  ids: readonly string[],
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  return database.transaction(async (trx) => {
    const webhooks = await createWebhookRepository(trx, encryption).lockEnabled(org, ids);
    const accepted = await dispatcher.enqueue(
      trx,
      webhooks.map(({ id }) => ({
        organization: org,
        endpoint: { kind: webhookKind, id },
        type: 'RATEPLANQUOTAUSAGE',
        payload: JSON.stringify({ orgName: org }),
      })),
    );
    await meanwhile();
    return accepted.map(({ id }) => id);
  });
}

/** Asserts an error of the monetization API; `about` lists the names in its contexts. */
export function assertMintError(answer: TestAnswer, status: number, code: string, about?: readonly string[]): void {
  assert.equal(answer.body?.code, code, answer.text);
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.body), ['code', 'contexts', 'message']);
  if (about)
    assert.deepEqual([...new Set(answer.body.contexts.map(({ name }: { name: string }) => name))], about, answer.text);
}
