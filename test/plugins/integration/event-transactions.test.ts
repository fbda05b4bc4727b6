import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { integration } from '../../../plugins/integration/index.ts';
import type { IntegrationSettings } from '../../../plugins/integration/settings.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import type { Dispatcher, Plugin } from '../../../src/plugin.ts';
import { createReceiver, type Receiver } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { patient } from '../../support/patience.ts';
import { base, type DistributorClient, startDistributors, unknownId } from './distributor-client.ts';

const callers = 60;
/** Longer than it takes until all their calls have arrived. */
const arrivalMs = 500;
const poison = 'poison';

/** Counts the plugin's transactions, and lets a test break them. */
class Tap {
  transactions = 0;
  /** Ends the connection of a transaction after its last statement. */
  breaksCommit = false;
  /** Transactions wait for it, so that calls arrive meanwhile. */
  held: Promise<void> | undefined;

  readonly plugin: Plugin<IntegrationSettings> = {
    ...integration,
    setup: (context) =>
      integration.setup({
        ...context,
        database: this.#database(context.database),
        dispatcher: withPoison(context.dispatcher),
      }),
  };

  #database(database: Database): Database {
    return {
      ...database,
      transaction: (work, options) =>
        database.transaction(async (trx) => {
          this.transactions += 1;
          await this.held;
          const result = await work(trx);
          if (this.breaksCommit) {
            const [row] = database.rows<{ id: number }>(await trx.raw('select connection_id() as id'));
            await database.knex.raw(`kill ${row?.id}`);
          }
          return result;
        }, options),
    };
  }
}

const withPoison = (dispatcher: Dispatcher): Dispatcher => ({
  ...dispatcher,
  async enqueue(db, deliveries) {
    if (deliveries.some(({ payload }) => payload.includes(poison))) throw new RangeError('a poisonous payload');
    return dispatcher.enqueue(db, deliveries);
  },
});

onEveryEngine('events that arrive at the same moment', ({ serverUrl, testOnServer }) => {
  const tap = new Tap();
  let client: DistributorClient;
  let receiver: Receiver;
  let rows: Database;
  let distributor: string;

  before(async () => {
    receiver = await createReceiver();
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', LOG_LEVEL: 'error' };
    client = await startDistributors({ plugins: [tap.plugin], serverUrl, env });
    const { DATABASE_URL = '' } = client.gateway.database.env;
    rows = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 2, DATABASE_SSL: 'off' });
    distributor = await create({ host: receiver.url, path: '/', method: 2 });
  });
  after(async () => {
    await rows?.close();
    await client?.close();
    await receiver?.close();
  });
  beforeEach(() => {
    tap.transactions = 0;
  });

  async function create(meta?: object): Promise<string> {
    const created = await client.create(meta);
    assert.equal(created.status, 201, created.text);
    return created.body.id;
  }

  const send = (id: string, data: object = {}, headers: Record<string, string> = {}) =>
    client.call(`${base}/${id}/events`, { body: { type: 'order.filled', data }, headers });

  const sendMany = () => Promise.all(Array.from({ length: callers }, (_, number) => send(distributor, { number })));

  const storedIds = (): Promise<string[]> => rows.read((db) => db('dispatcher_deliveries').pluck('id'));

  test('share transactions, and each caller gets the id of its own delivery', async () => {
    tap.held = sleep(patient(arrivalMs));
    const answers = await sendMany();
    assert.ok(tap.transactions > 0 && tap.transactions <= callers / 2, `${tap.transactions} transactions`);
    for (const [number, { status, body }] of answers.entries()) {
      assert.equal(status, 202);
      const read = await client.call(`/api/v1/integration/deliveries/${body.deliveries[0].id}`);
      assert.equal(read.body.payload.data.number, number);
    }
  });

  test('fail each for its own reason, beside neighbours that are accepted', async () => {
    const withoutWebhook = await create();
    const asQuery = await create({ host: receiver.url, path: '/', method: 1 });
    const stranger = await client.as({ org: 'other' });
    const failing = () => [
      send(unknownId),
      send(withoutWebhook),
      send(distributor, { text: 'x'.repeat(260 * 1024) }),
      send(asQuery, { text: 'x'.repeat(9 * 1024) }),
      send(distributor, { text: poison }),
      stranger.call(`${base}/${distributor}/events`, { body: { type: 'x', data: {} } }),
    ];
    const before = (await storedIds()).length;
    const bad = [...failing(), ...failing()];
    const good = await sendMany();
    const expected = [404, 409, 413, 400, 500, 404];
    assert.deepEqual(
      (await Promise.all(bad)).map(({ status }) => status),
      [...expected, ...expected],
    );
    assert.ok(good.every(({ status }) => status === 202));
    const ids = new Set(await storedIds());
    assert.ok(good.every(({ body }) => ids.has(body.deliveries[0].id)));
    assert.equal(ids.size, before + good.length);
  });

  test('keep the order of each caller', async () => {
    const sequence = async (): Promise<string[]> => {
      const ids: string[] = [];
      for (let sent = 0; sent < 5; sent += 1) ids.push((await send(distributor)).body.deliveries[0].id);
      return ids;
    };
    for (const ids of await Promise.all(Array.from({ length: 20 }, sequence))) assert.deepEqual(ids, ids.toSorted());
  });

  test('with an Idempotency-Key each have a transaction of their own, and a retry gets the first answer', async () => {
    const keyed = (number: number) => send(distributor, { number }, { 'Idempotency-Key': `key-${number}` });
    const numbers = Array.from({ length: 8 }, (_, index) => index);
    const first = await Promise.all(numbers.map(keyed));
    assert.ok(first.every(({ status }) => status === 202));
    const stored = (await storedIds()).length;
    const again = await Promise.all(numbers.map(keyed));
    assert.deepEqual(
      again.map(({ body }) => body),
      first.map(({ body }) => body),
    );
    assert.equal((await storedIds()).length, stored);
    assert.equal(tap.transactions, 0);
  });

  testOnServer('are all answered 503 when the COMMIT fails, and none is stored', async () => {
    const before = (await storedIds()).length;
    tap.breaksCommit = true;
    const answers = await sendMany();
    tap.breaksCommit = false;
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503]);
    assert.equal((await storedIds()).length, before);
    assert.equal((await send(distributor)).status, 202);
  });
});
