import assert from 'node:assert/strict';
import { integration } from '../../../plugins/integration/index.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Knex, openDatabase } from '../../../src/database/database.ts';
import type { Plugin } from '../../../src/plugin.ts';
import {
  createReceiver,
  createTestClock,
  createTestGateway,
  type Received,
  type Receiver,
  type TestAnswer,
  type TestGateway,
  type TestGatewayOptions,
  type TestRequest,
} from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';
import { type CatalogClient, clientFor } from './catalog-client.ts';

export const organization = 'myorg';
export const developer = 'ntesla@example.com';
export const product = 'payment';
export const plan = 'payments_gold';

/** The body of a callback. */
export type Callback = Record<string, unknown>;

/** Calls for conditions, usage and callbacks as one caller of one organization. */
export interface UsageClient {
  readonly gateway: TestGateway;
  readonly receiver: Receiver;
  readonly catalog: CatalogClient;
  /** Calls a path below `/v1/mint/organizations/<the organization>`. */
  call(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Creates an enabled webhook at this path of the receiver; resolves to its id. */
  webhook(path: string): Promise<string>;
  subscribe(more?: object, planId?: string, email?: string): Promise<string>;
  retarget(subscriptionId: string, quotaTarget: number): Promise<void>;
  /** Creates a condition; resolves to its id. */
  notify(webhookIds: readonly string[], usageTargets?: readonly string[], planId?: string): Promise<string>;
  /** Reports usage of the default developer and product, unless `more` overrides them. */
  use(batchSize: number, more?: object, request?: TestRequest): Promise<TestAnswer>;
  /** The counters of a subscription, by cycle. */
  counters(subscriptionId: string): Promise<Record<number, number>>;
  /** The number of rows in a table of the plugin. */
  count(table: string): Promise<number>;
  received(path: string): Received[];
  /** Waits for `count` callbacks at this path; resolves to them, ordered by percentage. */
  callbacks(path: string, count: number): Promise<Callback[]>;
  as(org: string): Promise<UsageClient>;
  close(): Promise<void>;
}

interface Stage {
  gateway: TestGateway;
  receiver: Receiver;
  db: Knex;
  close(): Promise<void>;
}

/** A condition in the shape of the documentation's example. */
export const conditionOf = (
  webhookIds: readonly string[],
  usageTargets: readonly string[] = ['%= 80 to 120 by 10'],
  planId: string = plan,
) => ({
  notificationCondition: [
    { attribute: 'RATEPLAN', value: planId },
    { attribute: 'PUBLISHED', value: 'TRUE' },
    ...usageTargets.map((value) => ({ attribute: 'UsageTarget', value })),
  ],
  actions: webhookIds.map((value) => ({ actionAttribute: 'WEBHOOK', value })),
});

export const percents = (callbacks: readonly Callback[]): unknown[] =>
  callbacks.map(({ quotaPercentUsed }) => quotaPercentUsed);

/** Starts on 1 January 2026 with a developer, a product, and a published plan of one month without subscriptions. */
export async function startUsage(
  serverUrl: string | undefined,
  { plugin = integration, targets = {} }: { plugin?: Plugin; targets?: TestGatewayOptions['targets'] } = {},
): Promise<UsageClient> {
  const clock = createTestClock();
  clock.set(new Date(Date.UTC(2026, 0, 1)));
  const receiver = await createReceiver();
  const gateway = await createTestGateway({
    plugins: [plugin],
    targets,
    serverUrl,
    clock,
    env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' },
  });
  const database = openDatabase(loadConfig(gateway.database.env));
  const close = async (): Promise<void> => {
    await database.close();
    await gateway.close();
    await receiver.close();
  };
  const client = await clientOf({ gateway, receiver, db: database.knex, close }, organization);
  await client.catalog.developer(developer, {
    companyName: 'My Company',
    attributes: [{ name: 'TIER', value: 'gold' }],
    apps: ['my-app'],
  });
  await client.catalog.product(product);
  await client.catalog.package('Payments', [product]);
  await client.catalog.plan('payments', 'Gold');
  return client;
}

let names = 0;

async function clientOf(stage: Stage, org: string): Promise<UsageClient> {
  const { gateway, receiver, db } = stage;
  const scope = 'integration:read integration:write';
  const token = await gateway.token({ org, scope, lifetimeSeconds: 10 * 365 * 24 * 3600 });
  const catalog = await clientFor(gateway, org);
  const call: UsageClient['call'] = (path, request = {}) =>
    gateway.request(`/v1/mint/organizations/${org}${path}`, { token, ...request });
  const created = async (path: string, body: object): Promise<string> => {
    const answer = await call(path, { body });
    assert.ok(answer.status < 300, answer.text);
    return answer.body.id;
  };
  const received = (path: string): Received[] => receiver.received.filter((request) => request.path === path);
  return {
    gateway,
    receiver,
    catalog,
    call,
    webhook: (path) => {
      names += 1;
      return created('/webhooks', { name: `webhook ${names}`, postURL: `${receiver.url}${path}`, enabled: true });
    },
    subscribe: (more = {}, planId = plan, email = developer) => {
      const body = { ratePlan: { id: planId }, startDate: '2026-01-01', quotaTarget: 100, ...more };
      return created(`/developers/${email}/developer-rateplans`, body);
    },
    async retarget(id, quotaTarget) {
      const path = `/developers/${developer}/developer-rateplans/${id}`;
      const answer = await call(path, { method: 'PUT', body: { quotaTarget } });
      assert.equal(answer.status, 200, answer.text);
    },
    notify: (...condition) => created('/notification-conditions', conditionOf(...condition)),
    use: (batchSize, more = {}, request = {}) => {
      const usual = { developer: { id: developer }, application: { id: 'my-app' }, product: { id: product } };
      return call('/transactions', { body: { ...usual, batchSize, ...more }, ...request });
    },
    async counters(id) {
      const rows = await db('integration_counters').where({ subscription_id: id });
      return Object.fromEntries(rows.map(({ cycle, used }) => [cycle, Number(used)]));
    },
    count: async (table) => Number((await db(`integration_${table}`).count({ count: '*' }))[0]?.count),
    received,
    async callbacks(path, count) {
      await eventually(() => received(path).length >= count);
      assert.equal(received(path).length, count, path);
      const bodies = received(path).map(({ body }) => JSON.parse(body) as Callback);
      return bodies.sort((a, b) => Number(a.quotaPercentUsed) - Number(b.quotaPercentUsed));
    },
    as: (other) => clientOf(stage, other),
    close: stage.close,
  };
}
