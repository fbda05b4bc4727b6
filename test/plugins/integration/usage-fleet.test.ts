import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/database/database.ts';
import {
  answer,
  createReceiver,
  createTestDatabase,
  type Receiver,
  type TestDatabase,
} from '../../../src/testing/index.ts';
import { type DatabaseServer, startDatabaseServer } from '../../support/database-server.ts';
import { createKey, shortTimes } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { createSandbox, type Program, type Sandbox } from '../../support/process.ts';
import { adjustable, person } from './catalog-client.ts';

const organization = 'myorg';
const developers = Array.from({ length: 20 }, (_, index) => `developer${index}@example.com`);
const callsEach = 20;
const callers = 30;
const thresholds = Array.from({ length: 10 }, (_, index) => (index + 1) * 10);

describe('usage on three processes, one of which is killed', () => {
  let server: DatabaseServer;
  let database: TestDatabase;
  let sandbox: Sandbox;
  let receiver: Receiver;
  let env: Record<string, string>;
  let authorization: string;
  let programs: Program[];
  let urls: string[];

  before(async () => {
    server = await startDatabaseServer();
    database = await createTestDatabase(server.url);
    sandbox = createSandbox();
    receiver = await createReceiver(() => answer(200));
    env = {
      DATABASE_URL: database.env.DATABASE_URL ?? '',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'warn',
      ...shortTimes,
    };
    const key = await createKey(env);
    programs = Array.from({ length: 3 }, () => sandbox.start([], env));
    urls = await Promise.all(programs.map((program) => program.ready()));
    authorization = `Bearer ${await signIn(key)}`;
  });
  after(async () => {
    await sandbox?.remove();
    await receiver?.close();
    await database?.drop();
    await server?.stop();
  });

  /** Signs in: checking a token costs less per call than checking a key. */
  async function signIn(basic: string): Promise<string> {
    const [apiKey, secretKey] = Buffer.from(basic.slice('Basic '.length), 'base64').toString().split(':');
    const response = await fetch(`${urls[0]}/api/v1/integration/auth/authenticate`, {
      method: 'POST',
      headers: { 'X-Target-Server': 'authentication', 'Content-Type': 'application/json' },
      body: JSON.stringify({ api_key: apiKey, secret_key: secretKey }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  let turn = 0;

  async function post(path: string, body: object, headers: Record<string, string> = {}) {
    const url = urls[turn++ % urls.length];
    const response = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { Authorization: authorization, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }

  async function create(path: string, body: object): Promise<string> {
    const { status, text } = await post(path, body);
    assert.ok(status < 300, `${path}: ${status} ${text}`);
    return (JSON.parse(text) as { id: string }).id;
  }

  async function subscribeAll(): Promise<void> {
    const mint = `mint/organizations/${organization}`;
    await create(`organizations/${organization}/apiproducts`, { name: 'payment', displayName: 'Payment' });
    await create(`${mint}/monetization-packages`, { name: 'p', displayName: 'P', product: [{ id: 'payment' }] });
    const plan = { name: 'gold', published: true, ratePlanDetails: [adjustable()] };
    const planId = await create(`${mint}/monetization-packages/p/rate-plans`, plan);
    const startDate = new Date().toISOString().slice(0, 10);
    for (const email of developers) {
      await create(`organizations/${organization}/developers`, { email, ...person });
      const body = { ratePlan: { id: planId }, startDate, quotaTarget: callsEach };
      await create(`${mint}/developers/${email}/developer-rateplans`, body);
    }
    const webhook = await create(`${mint}/webhooks`, { name: 'w', postURL: `${receiver.url}/hook`, enabled: true });
    await create(`${mint}/notification-conditions`, {
      notificationCondition: [
        { attribute: 'RATEPLAN', value: planId },
        { attribute: 'UsageTarget', value: '%= 10 to 100' },
      ],
      actions: [{ actionAttribute: 'WEBHOOK', value: webhook }],
    });
  }

  /** Reports exactly once: retries on any process with the same idempotency key until it succeeds. */
  async function report(call: number): Promise<void> {
    const body = { developer: { id: developers[call % developers.length] }, product: { id: 'payment' }, batchSize: 1 };
    for (;;) {
      const outcome = await post(`mint/organizations/${organization}/transactions`, body, {
        'Idempotency-Key': `call-${call}`,
      }).catch(() => ({ status: 0, text: '' }));
      if (outcome.status === 201) return;
      assert.ok([0, 409, 503].includes(outcome.status), `${outcome.status} ${outcome.text}`);
      await sleep(20);
    }
  }

  test('counters are exact, and every threshold fires exactly once', async () => {
    await subscribeAll();
    const calls = developers.length * callsEach;
    let next = 0;
    let reported = 0;
    const caller = async (): Promise<void> => {
      while (next < calls) {
        await report(next++);
        reported += 1;
      }
    };
    const running = Promise.all(Array.from({ length: callers }, caller));
    await eventually(() => reported > calls / 3, 60_000);
    await programs[1]?.end('SIGKILL');
    await running;

    const stored = openDatabase({ DATABASE_URL: env.DATABASE_URL ?? '', DATABASE_POOL_MAX: 2, DATABASE_SSL: 'off' });
    try {
      const counters: { used: number }[] = await stored.knex('integration_counters');
      assert.equal(counters.length, developers.length);
      assert.ok(counters.every(({ used }) => used === callsEach));
      const [row] = await stored.knex('integration_transactions').count({ count: '*' });
      assert.equal(Number(row?.count), calls);
      await eventually(async () => (await stored.knex('integration_movements')).length === 0, 30_000);
      await eventually(async () => (await stored.knex('dispatcher_queue')).length === 0, 30_000);
      assert.equal((await stored.knex('dispatcher_deliveries')).length, developers.length * thresholds.length);
    } finally {
      await stored.close();
    }
    // The killed process may have sent a delivery that is sent again: deliveries are identified by their id.
    const seen = new Map(receiver.received.map((request) => [request.headers['webhook-id'], request.body]));
    const fired = [...seen.values()].map((text) => {
      const { developerEmail, quotaPercentUsed } = JSON.parse(text) as Record<string, string>;
      return `${developerEmail} ${quotaPercentUsed}`;
    });
    const expected = developers.flatMap((email) => thresholds.map((threshold) => `${email} ${threshold}`));
    assert.deepEqual(fired.sort(), expected.sort());
  });
});
