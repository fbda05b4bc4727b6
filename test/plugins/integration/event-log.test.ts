import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { newestEvents } from '../../../src/dispatcher/store/event-list.ts';
import { never } from '../../../src/dispatcher/store/queue-repository.ts';
import { answer, createReceiver, type Receiver, type TestAnswer } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

const node = '0d1f2c34-38a3-46c4-a202-e8db95d0409c';
const unknown = '01a1ff64-1fef-712c-a665-f77e057a638e';

onEveryEngine('the log of events', ({ name: engine, serverUrl }) => {
  let client: IntegrationGateway;
  let database: Database;
  let refusing: Receiver;

  before(async () => {
    client = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '600000' });
    database = openDatabase(loadConfig(client.gateway.database.env));
    refusing = await createReceiver(({ path }) => answer(path === '/busy' ? 503 : 400));
  });
  after(async () => {
    await database.close();
    await client.close();
    await refusing.close();
  });

  const publish = async (type: string, data: object = {}, nodeId = node): Promise<TestAnswer['body']> =>
    (await client.call('/events', { body: { type, data, node_id: nodeId } })).body;
  const redeliver = (id: string, to: unknown): Promise<TestAnswer> =>
    client.call(`/events/${id}/redeliver`, { body: { to } });

  test('events are listed, newest first, by type and time, in pages', async () => {
    const ids: string[] = [];
    for (const type of ['list.a', 'list.b', 'list.a']) ids.push((await publish(type)).event.id);
    const [first, second, third] = ids;
    const list = async (query: string) => (await client.call(`/events?${query}`)).body;
    const idsOf = (page: { events: { id: string }[] }) => page.events.map(({ id }) => id);
    const page = await list('limit=2');
    assert.deepEqual([idsOf(page), page.next_cursor], [[third, second], second]);
    assert.deepEqual(Object.keys(page.events[0]), ['id', 'type', 'created_at']);
    assert.equal(idsOf(await list(`limit=2&cursor=${page.next_cursor}`))[0], first);
    assert.deepEqual(idsOf(await list('type=list.a')), [third, first]);
    const { created_at: at } = (await client.call(`/events/${second}`)).body;
    assert.deepEqual(idsOf(await list(`from=${encodeURIComponent(at)}`)), [third, second]);
    assert.ok(!idsOf(await list(`to=${encodeURIComponent(at)}`)).includes(second ?? ''));
    assertInvalid(await client.call('/events?from=x&more=1'), ['from', 'more']);
  });

  test('an event shows its data and its deliveries', async () => {
    const id = await client.createDistributor({}, node);
    const sent = await publish('read.me', { n: 1 });
    await client.reached(sent.deliveries[0].id, 'delivered');
    const { body } = await client.call(`/events/${sent.event.id}`);
    const { deliveries, ...event } = body;
    assert.deepEqual(event, { ...sent.event, data: { n: 1 } });
    const [delivery] = deliveries;
    assert.deepEqual(delivery, (({ payload: _, attempts: __, ...rest }) => rest)(await client.read(delivery.id)));
    assert.deepEqual([deliveries.length, delivery.endpoint.id, delivery.status], [1, id, 'delivered']);
    const token = await client.gateway.token({ org: 'elsewhere', scope: 'integration:read integration:write' });
    assertError(await client.call(`/events/${sent.event.id}`, { token }), 'NOT_FOUND');
    const body2 = { to: 'all' };
    assertError(await client.call(`/events/${sent.event.id}/redeliver`, { token, body: body2 }), 'NOT_FOUND');
    assert.deepEqual((await client.call('/events', { token })).body, { events: [], next_cursor: null });
    await client.call(`/distributors/${id}`, { method: 'DELETE' });
  });

  test('credentials for all organizations read the events of all', async () => {
    const { event } = await publish('across');
    const token = await client.gateway.token({ orgs: ['*'], scope: 'integration:read' });
    const headers = { 'X-Organization': '*' };
    const { body } = await client.call('/events?type=across', { token, headers });
    assert.deepEqual(body.events, [{ organization: 'test-org', ...event }]);
    const read = await client.call(`/events/${event.id}`, { token, headers });
    assert.equal(read.body.organization, 'test-org');
  });

  test('redelivery sends the failed, all or some deliveries again, and names the ones that it skips', async () => {
    const own = randomUUIDv7();
    const good = await client.createDistributor({}, own);
    const failing = await client.createDistributor({ host: refusing.url }, own);
    const deleted = await client.createDistributor({}, own);
    const { event, deliveries } = await publish('again', {}, own);
    for (const { id } of deliveries) await client.reached(id, 'delivered', 'failed');
    await client.call(`/distributors/${deleted}`, { method: 'DELETE' });
    const deliveryOf = (distributor: string): string =>
      deliveries.find((each: { distributor_id: string }) => each.distributor_id === distributor).id;
    const settled = () =>
      Promise.all([good, failing].map((each) => client.reached(deliveryOf(each), 'delivered', 'failed')));

    const failed = await redeliver(event.id, 'failed');
    assert.equal(failed.status, 202, failed.text);
    const again = { id: deliveryOf(failing), endpoint: { kind: 'distributor', id: failing } };
    assert.deepEqual(failed.body, { deliveries: [again], skipped: [] });
    await settled();
    const all = (await redeliver(event.id, 'all')).body;
    assert.deepEqual(all.deliveries.map(({ id }: { id: string }) => id).sort(), [good, failing].map(deliveryOf).sort());
    const gone = { delivery_id: deliveryOf(deleted), endpoint_id: deleted, reason: 'ENDPOINT_GONE' };
    assert.deepEqual(all.skipped, [gone]);
    const [one] = await settled();
    assert.equal(one?.attempt_count, 2);

    const some = (await redeliver(event.id, [good, unknown])).body;
    assert.deepEqual(some.deliveries.length, 1);
    assert.deepEqual(some.skipped, [{ delivery_id: null, endpoint_id: unknown, reason: 'NOT_FOUND' }]);
  });

  test('a held delivery is skipped', async () => {
    const own = randomUUIDv7();
    const busy = await client.createDistributor({ host: refusing.url, path: '/busy' }, own);
    const { event, deliveries } = await publish('held', {}, own);
    const [{ id }] = deliveries;
    await eventually(async () => (await client.read(id)).attempt_count === 1 || undefined);
    await database.knex('dispatcher_queue').where({ delivery_id: id }).update({ due_at: never });
    const skipped = [{ delivery_id: id, endpoint_id: busy, reason: 'DELIVERY_HELD' }];
    assert.deepEqual((await redeliver(event.id, 'all')).body, { deliveries: [], skipped });
  });

  test('ids in bodies are taken in upper case, and are one id in both cases', async () => {
    const own = randomUUIDv7();
    const id = await client.createDistributor({}, own);
    const body = { type: 'upper.case', data: {}, node_id: own.toUpperCase() };
    const sent = await client.call('/events', { body });
    assert.equal(sent.status, 202, sent.text);
    const [delivery] = sent.body.deliveries;
    assert.equal(delivery?.distributor_id, id);
    await client.reached(delivery.id, 'delivered');
    const again = await redeliver(sent.body.event.id.toUpperCase(), [id.toUpperCase()]);
    assert.equal(again.status, 202, again.text);
    assert.deepEqual(
      again.body.deliveries.map(({ endpoint }: { endpoint: { id: string } }) => endpoint.id),
      [id],
    );
    assertError(await redeliver(sent.body.event.id, [id, id.toUpperCase()]), 'VALIDATION_ERROR');
  });

  test('malformed redeliveries are refused', async () => {
    const { event } = await publish('refused');
    for (const to of ['none', [], ['x'], 1, null, { a: 1 }, [unknown, unknown]]) {
      const refused = await redeliver(event.id, to);
      assertError(refused, 'VALIDATION_ERROR', JSON.stringify(to));
    }
    assertError(await redeliver(unknown, 'all'), 'NOT_FOUND');
    assertError(await client.call('/events/x'), 'VALIDATION_ERROR');
    assert.deepEqual((await redeliver(event.id, 'all')).body, { deliveries: [], skipped: [] });
  });

  test('a rare type among many events is found in bounded steps, by the index alone', async () => {
    const others = Array.from({ length: 25_000 }, () => ({
      ...{ id: randomUUIDv7(), organization: 'large', type: 'frequent', payload: '{}', accepted_at: 1 },
      last_id: '',
    }));
    others[3] = { ...(others[3] as (typeof others)[0]), type: 'rare' };
    await database.knex.transaction((trx) => trx.batchInsert('dispatcher_events', others, 200));
    const filter = { organization: 'large', type: 'rare' };
    const asked: { sql: string; bindings: string[] }[] = [];
    const remember = (query: (typeof asked)[0]): void => void asked.push(query);
    database.knex.on('query', remember);
    const pages: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await newestEvents(database.knex, database, filter, 20, cursor);
      pages.push(page.rows.length);
      cursor = page.next;
    } while (cursor !== undefined);
    database.knex.removeListener('query', remember);
    assert.deepEqual(pages, [0, 0, 1]);
    for (const { sql, bindings } of asked) {
      const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
      const plan = JSON.stringify(database.rows(await database.knex.raw(`${explain} ${sql}`, bindings)));
      assert.match(plan, /SEARCH dispatcher_events USING COVERING INDEX|"type":"(?:ref|range)".*Using index/, plan);
      assert.doesNotMatch(plan, /filesort|TEMP B-TREE/);
    }
  });
});
