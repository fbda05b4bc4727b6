import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { type DatabaseServer, startDatabaseServer } from '../../support/database-server.ts';
import { engines, onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

const skip = !engines.some(({ name }) => name === 'mysql') && 'the embedded database has no packets and no row locks';
const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_CONCURRENCY: '256' };

/** An answer whose stored form is much longer than its bytes: nearly every character is escaped. */
const poison = `"'\\`.repeat(6000);

for (const megabytes of [4, 16])
  describe(`answers beside a packet limit of ${megabytes} MiB`, { skip }, () => {
    let server: DatabaseServer;
    let receiver: Receiver;
    let gateway: TestGateway;
    let probe: Probe;

    before(async () => {
      server = await startDatabaseServer({ maxPacketMb: megabytes });
      receiver = await createReceiver(() => answer(200, poison));
      probe = createProbe(receiver.url);
      gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl: server.url, env });
    });
    after(async () => {
      await gateway.close();
      await receiver.close();
      await server.stop();
    });

    test('800 answers that grow when they are escaped are stored, and nothing is repeated', async () => {
      const enqueued = await Promise.all(Array.from({ length: 40 }, (_, number) => probe.enqueue(`e${number}`, 20)));
      const count = (table: string, where: object = {}): Promise<number> =>
        probe.database.read(async (db) => Number((await db(table).where(where).count({ n: '*' }))[0]?.n));
      await eventually(async () => (await count('dispatcher_deliveries', { status: 1 })) === 800, 60_000);
      assert.equal(enqueued.flat().length, 800);
      assert.equal(await count('dispatcher_attempts'), 800);
      assert.equal(receiver.received.length, 800);
      assert.ok(!gateway.log.some((line) => /storing results failed|without its content/.test(line)));
    });

    test('an event of the largest size is stored with any characters', async () => {
      const payload = JSON.stringify({ text: randomBytes(60_000).toString('latin1').slice(0, 40_000) });
      const [accepted] = await probe.transaction((trx) =>
        probe.dispatcher.enqueue(
          trx,
          Array.from({ length: 30 }, (_, number) => ({
            organization: 'test-org',
            endpoint: { kind: 'probe', id: 'large' },
            type: 'large',
            payload: payload.replace('}', `,"number":${number}}`),
          })),
        ),
      );
      assert.ok(accepted);
    });
  });

describe('one locked row', { skip }, () => {
  let receiver: Receiver;
  let gateway: TestGateway;
  let probe: Probe;

  before(async () => {
    receiver = await createReceiver(() => ({ ...answer(200, 'ok'), delayMs: 300 }));
    probe = createProbe(receiver.url);
    gateway = await createTestGateway({
      plugins: [probe.plugin],
      serverUrl: engines.find(({ name }) => name === 'mysql')?.serverUrl,
      env,
    });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  for (const table of ['queue', 'deliveries'])
    test(`a lock on a row of the ${table} holds up its own delivery alone`, async () => {
      const [id = ''] = await probe.enqueue('locked');
      const column = table === 'queue' ? 'delivery_id' : 'id';
      const lock = await probe.database.knex.transaction();
      await lock(`dispatcher_${table}`).where(column, id).forUpdate();
      try {
        const others = (await Promise.all(Array.from({ length: 20 }, (_, n) => probe.enqueue(`free${n}`, 5)))).flat();
        const started = performance.now();
        const settled = async (): Promise<boolean> => {
          const rows = await probe.database.read((db) => db('dispatcher_queue').whereIn('delivery_id', others));
          return rows.length === 0;
        };
        await eventually(settled, 30_000);
        const tookMs = performance.now() - started;
        assert.ok(tookMs < patient(5000), `the others took ${tookMs} ms`);
        assert.equal((await probe.dispatcher.deliveries.read('test-org', id)).attempts.length, 0);
      } finally {
        await lock.rollback();
      }
      await eventually(async () => (await probe.dispatcher.deliveries.read('test-org', id)).status === 'delivered');
      assert.equal((await probe.dispatcher.deliveries.read('test-org', id)).attempts.length, 1);
    });
});

onEveryEngine('an answer that the database refuses', ({ name, serverUrl }) => {
  let receiver: Receiver;
  let gateway: TestGateway;
  let probe: Probe;

  const trigger =
    name === 'sqlite'
      ? `create trigger refuse before insert on dispatcher_attempts when new.response_body = 'poison'
         begin select raise(abort, 'refused'); end`
      : `create trigger refuse before insert on dispatcher_attempts for each row
         begin if new.response_body = 'poison' then signal sqlstate '45000'; end if; end`;

  before(async () => {
    receiver = await createReceiver(({ path }) => answer(200, path === '/bad' ? 'poison' : 'ok'));
    probe = createProbe(receiver.url);
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
    await probe.database.knex.raw(trigger);
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  test('its result is stored without its content, and the results beside it are stored whole', async () => {
    const [bad = ''] = await probe.enqueue('bad');
    const others = (await Promise.all(Array.from({ length: 30 }, (_, n) => probe.enqueue(`good${n}`, 3)))).flat();
    const read = (id: string) => probe.dispatcher.deliveries.read('test-org', id);
    for (const id of [bad, ...others]) await eventually(async () => (await read(id)).status === 'delivered', 30_000);
    assert.deepEqual(
      (await read(bad)).attempts.map(({ status, responseBody, truncated }) => ({ status, responseBody, truncated })),
      [{ status: 200, responseBody: '', truncated: true }],
    );
    for (const id of others) assert.equal((await read(id)).attempts[0]?.responseBody, 'ok');
    assert.equal(receiver.received.length, 1 + others.length);
  });
});
