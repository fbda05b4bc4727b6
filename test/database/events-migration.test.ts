import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { down } from '../../migrations/dispatcher/008_create_events.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import { endpointKey } from '../../src/dispatcher/model/endpoint.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'test', 'support', 'run-events-migration.ts');

interface Old {
  id: string;
  endpoint: string;
  type: string;
  payload: string;
}

/** The content of a batch as the version before wrote it. */
function pack(deliveries: readonly Old[]): Buffer {
  const payloads = [...new Set(deliveries.map(({ payload }) => payload))];
  const lines = deliveries.map(({ id, endpoint, type, payload }) => [
    id,
    'k',
    endpoint,
    type,
    payloads.indexOf(payload),
  ]);
  const head = JSON.stringify({ lines, lengths: payloads.map((text) => Buffer.byteLength(text)) });
  return Buffer.from(`${head}\n${payloads.join('')}`);
}

const newOld = (count: number, payloadOf: (number: number) => string): Old[] =>
  Array.from({ length: count }, (_, number) => ({
    id: randomUUIDv7(),
    endpoint: `e${number % 3}`,
    type: number % 2 === 0 ? 'even' : 'odd',
    payload: payloadOf(number),
  })).sort((one, other) => (one.id < other.id ? -1 : 1));

onEveryEngine('the migration to events', ({ createDatabase }) => {
  let own: TestDatabase;
  let database: Database;
  const rows = newOld(2500, (number) => `{"row":${number},"text":"it's “ü” 🎯"}`);
  const open = newOld(40, (number) => `{"open":${number % 4}}`);
  const lapsed = newOld(20, () => '{"lapsed":true}');
  const ended = newOld(6, (number) => `{"ended":${number}}`);

  const deliveryRow = ({ id, endpoint, type, payload }: Old, more: object = {}): object => ({
    ...{ id, organization: 'o', endpoint_kind: 'k', endpoint_id: endpoint, type, payload, batch_id: null },
    ...{ status: 0, attempt_count: 0, last_status: 0, created_at: 7, finished_at: 0, ...more },
  });
  const queueRow = ({ id, endpoint }: Old): object => ({
    ...{ delivery_id: id, endpoint_key: endpointKey({ kind: 'k', id: endpoint }), endpoint_kind: 'k' },
    ...{ endpoint_id: endpoint, due_at: 9, held: 0, lease_token: 0, lease_until: 0 },
    ...{ attempt_count: 1, retries: 1, unknowns: 0, last_status: 500 },
  });
  const sentFrom = (batch: readonly Old[], which: Old): object =>
    deliveryRow({ ...which, payload: '' }, { status: 1, attempt_count: 1, batch_id: batch[0]?.id, finished_at: 8 });
  const batchRow = (batch: readonly Old[], more: object = {}): object => ({
    ...{ id: batch[0]?.id, last_id: batch.at(-1)?.id, organization: 'o', created_at: 7, deliveries: batch.length },
    ...{ has_rows: 1, lease_token: 0, lease_until: 0, ...more },
  });
  const contentRow = (batch: readonly Old[]): object => ({
    ...{ id: batch[0]?.id, last_id: batch.at(-1)?.id, content: pack(batch) },
  });

  before(async () => {
    own = await createDatabase();
    const { DATABASE_URL = '' } = own.env;
    database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 2, DATABASE_SSL: 'off' });
    await migrate(database, [{ name: 'dispatcher', directory: join(root, 'migrations', 'dispatcher') }]);
    const { knex } = database;
    await down(knex);
    const inQueue = rows.slice(0, 1000);
    await knex.batchInsert(
      'dispatcher_deliveries',
      rows.map((row, index) => deliveryRow(row, index < 1000 ? {} : { status: 1, finished_at: 8 })),
      100,
    );
    await knex.batchInsert('dispatcher_queue', inQueue.map(queueRow), 100);
    // Of the open batch, five were sent, five wait for a retry in rows of their own, and thirty have no rows.
    await knex('dispatcher_deliveries').insert(open.slice(0, 5).map((one) => sentFrom(open, one)));
    await knex('dispatcher_deliveries').insert(open.slice(5, 10).map((one) => deliveryRow(one)));
    await knex('dispatcher_queue').insert(open.slice(5, 10).map(queueRow));
    await knex('dispatcher_deliveries').insert(ended.map((one) => sentFrom(ended, one)));
    await knex('dispatcher_batches').insert([batchRow(open), batchRow(lapsed, { lease_token: 4711, lease_until: 11 })]);
    await knex('dispatcher_batch_contents').insert([open, lapsed, ended].map(contentRow));
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  const run = (killAt: number): Promise<string> =>
    promisify(execFile)(process.execPath, [program], {
      env: { PATH: process.env.PATH, DATABASE_URL: own.env.DATABASE_URL, KILL_AT: String(killAt) },
    }).then(({ stdout }) => stdout);

  test('a migration that is killed again and again is completed, with every delivery in its place', async () => {
    for (const killAt of [2, 4, 9, 14, 17, 23]) {
      const killed: { signal?: string } = await run(killAt).then(
        () => assert.fail(`no kill at query ${killAt}`),
        (error: { signal?: string }) => error,
      );
      assert.equal(killed.signal, 'SIGKILL');
    }
    await run(0);

    const all = [...rows, ...open, ...lapsed, ...ended];
    const stored: { id: string; payload: string; type: string; event: string; last: string; status: number }[] =
      await database
        .knex('dispatcher_deliveries as d')
        .join('dispatcher_events as e', 'e.id', 'd.event_id')
        .select('d.id', 'e.payload', 'd.type', 'e.id as event', 'e.last_id as last', 'd.status')
        .orderBy('d.id');
    const wanted = all.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    assert.deepEqual(
      stored.map(({ id, payload, type }) => ({ id, payload, type })),
      wanted.map(({ id, payload, type }) => ({ id, payload, type })),
    );
    for (const { id, event, last } of stored) assert.ok(event <= id && id <= last, id);

    const queued: { delivery_id: string; lease_token: number; attempt_count: number; due_at: number }[] =
      await database.knex('dispatcher_queue');
    const unsettled = [...rows.slice(0, 1000), ...open.slice(5), ...lapsed].map(({ id }) => id);
    assert.deepEqual(queued.map((row) => row.delivery_id).toSorted(), unsettled.toSorted());
    const leased = queued.filter((row) => row.lease_token === 4711).map((row) => row.delivery_id);
    assert.deepEqual(leased.toSorted(), lapsed.map(({ id }) => id).toSorted());
    const open2 = stored.filter(({ status }) => status === 0).map(({ id }) => id);
    assert.deepEqual(open2, unsettled.toSorted());
  });

  test('the migration shares one event among equal payloads of a batch', async () => {
    const [{ count }] = (await database
      .knex('dispatcher_deliveries')
      .whereIn(
        'id',
        lapsed.map(({ id }) => id),
      )
      .countDistinct({ count: 'event_id' })) as [{ count: number }];
    // Two types.
    assert.equal(Number(count), 2);
  });

  test('the way back keeps every payload', async () => {
    await down(database.knex);
    const payloads = new Map<string, string>(
      (await database.knex('dispatcher_deliveries').select('id', 'payload')).map(({ id, payload }) => [id, payload]),
    );
    for (const { id, payload } of [...rows, ...open, ...lapsed, ...ended]) assert.equal(payloads.get(id), payload);
    await run(0);
  });
});
