import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setEventTypes } from '../../../plugins/integration/event-subscriptions/event-subscriptions.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { purgeDeliveries } from '../../../src/dispatcher/store/purge.ts';
import type { TestAnswer } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

const nodes = ['0d1f2c34-38a3-46c4-a202-e8db95d0409c', '1d1f2c34-38a3-46c4-a202-e8db95d0409c'] as const;
/** The organization of the tokens of tests. */
const organization = 'test-org';

onEveryEngine('publishing events', ({ serverUrl }) => {
  let client: IntegrationGateway;
  let database: Database;

  before(async () => {
    client = await startIntegration(serverUrl);
    database = openDatabase(loadConfig(client.gateway.database.env));
  });
  after(async () => {
    await database.close();
    await client.close();
  });

  async function subscriber(patterns: readonly string[] | undefined, node: string, meta: object | null = {}) {
    const id = await client.createDistributor(meta, node);
    if (patterns)
      assert.ok(await database.transaction((trx) => setEventTypes(trx, organization, id, patterns)), organization);
    return id;
  }

  const publish = (body: object, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    client.call('/events', { body: { data: {}, ...body }, headers });
  const distributorsOf = ({ body }: TestAnswer): string[] =>
    body.deliveries.map((delivery: { distributor_id: string }) => delivery.distributor_id);

  test('an event goes to the distributors of the organization that subscribe to its type, and each receives it', async () => {
    const [one, other] = [nodes[0], nodes[1]];
    const wanted = [
      await subscriber(['stock.*'], one),
      await subscriber(['stock.low', 'order.*'], other),
      await subscriber(undefined, other),
    ];
    await subscriber(['order.*'], one);
    await subscriber(['stock.*'], one, null);
    const answer = await publish({ type: 'stock.low', data: { left: 1 } });
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(Object.keys(answer.body), ['event', 'deliveries']);
    assert.deepEqual(Object.keys(answer.body.event), ['id', 'type', 'created_at']);
    assert.deepEqual(distributorsOf(answer).sort(), wanted.sort());
    for (const { id } of answer.body.deliveries)
      assert.equal((await client.reached(id, 'delivered')).event_id, answer.body.event.id);
    const received = client.receiver.received.map(({ body }) => JSON.parse(body));
    assert.equal(received.filter(({ id }) => id === answer.body.event.id).length, 3);

    const ofNode = await publish({ type: 'stock.low', node_id: one });
    assert.deepEqual(distributorsOf(ofNode), [wanted[0]]);
    const older = await client.call(`/distributors/nodes/${one}/events`, { body: { type: 'stock.low', data: {} } });
    assert.deepEqual(distributorsOf(older), [wanted[0]]);
    const direct = await client.call(`/distributors/${wanted[0]}/events`, { body: { type: 'paint.dry', data: {} } });
    assert.equal(direct.status, 202, direct.text);
    assert.equal((await client.call(`/distributors/${wanted[2]}`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(distributorsOf(await publish({ type: 'paint.dry' })), []);
  });

  test('deleting a distributor deletes its patterns', async () => {
    const id = await subscriber(['a', 'b.*'], nodeId);
    const rows = () => database.knex('integration_event_subscriptions').where({ distributor_id: id });
    assert.equal((await rows()).length, 2);
    await client.call(`/distributors/${id}`, { method: 'DELETE' });
    assert.deepEqual(await rows(), []);
  });

  test('an event without subscribers is stored, and purged when its time is over', async () => {
    const answer = await publish({ type: 'nothing.subscribes', data: { n: 1 } });
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(answer.body.deliveries, []);
    const { id } = answer.body.event;
    const row = () => database.knex('dispatcher_events').where({ id }).first();
    assert.deepEqual(JSON.parse((await row()).payload).data, { n: 1 });
    await purgeDeliveries(database, Date.now() * 1000 - 3_600_000_000);
    assert.ok(await row());
    await purgeDeliveries(database, Date.now() * 1000 + 60_000_000);
    assert.equal(await row(), undefined);
  });

  test('an Idempotency-Key publishes once', async () => {
    await subscriber(['once'], nodeId);
    const headers = { 'Idempotency-Key': 'publish-once' };
    const first = await publish({ type: 'once' }, headers);
    const again = await publish({ type: 'once' }, headers);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await database.knex('dispatcher_events').where({ type: 'once' })).length, 1);
    assertError(await publish({ type: 'once', data: { a: 1 } }, headers), 'IDEMPOTENCY_KEY_REUSED');
  });

  test('data is stored and sent in the notation of the caller', async () => {
    const id = await subscriber(['exact'], nodeId);
    const sent = await client.call('/events', { body: '{"type":"exact","data":{"n":1524831183200256789.10}}' });
    assert.deepEqual(distributorsOf(sent), [id]);
    await client.reached(sent.body.deliveries[0].id, 'delivered');
    assert.ok(client.receiver.received.some(({ body }) => body.includes('"data":{"n":1524831183200256789.10}}')));
  });

  test('an event that the method of one distributor cannot carry reaches the others, and fails there alone', async () => {
    const getter = await subscriber(['carried.*'], nodeId, { method: 1, path: '/hook?a=1' });
    const poster = await subscriber(['carried.*'], nodeId);
    for (const data of [{ a: 1 }, { b: 'x'.repeat(9000) }, { id: 'of the event' }]) {
      const sent = await publish({ type: 'carried.name', data });
      assert.deepEqual(distributorsOf(sent).toSorted(), [getter, poster].toSorted());
      for (const { id, distributor_id: distributor } of sent.body.deliveries) {
        const { error } = await client.reached(id, distributor === getter ? 'failed' : 'delivered');
        assert.equal(error, distributor === getter ? 'request_not_buildable' : null);
      }
    }
    const suiting = await publish({ type: 'carried.name', data: { c: 1 } });
    for (const { id } of suiting.body.deliveries) await client.reached(id, 'delivered');
  });

  test('malformed events are refused, and nothing is stored', async () => {
    await subscriber(['carried.*'], nodeId);
    assertError(await publish({ type: 'carried.large', data: { b: 'x'.repeat(300_000) } }), 'PAYLOAD_TOO_LARGE');
    assertInvalid(await publish({ type: 'hookgate.delivery.failed' }), ['type']);
    assertInvalid(await publish({ type: 'a b', node_id: 'x', more: 1 }), ['type', 'node_id', 'more']);
    assertInvalid(await client.call('/events', { body: {} }), ['type', 'data']);
    assert.deepEqual(await database.knex('dispatcher_events').where('type', 'like', 'carried.large'), []);
  });

  test('data that does not match the schema of its type is refused', async () => {
    const schema = { required: ['a'] };
    await client.call('/event-types/checked', { method: 'PUT', body: { schema } });
    assertInvalid(await publish({ type: 'checked' }), ['data.a']);
    assert.equal((await publish({ type: 'checked', data: { a: 1 } })).status, 202);
  });

  test('another organization neither receives nor sends', async () => {
    const id = await subscriber(undefined, nodeId);
    const token = await client.gateway.token({ org: 'elsewhere', scope: 'integration:read integration:write' });
    const sent = await client.call('/events', { body: { type: 'apart', data: {}, node_id: nodeId }, token });
    assert.deepEqual(distributorsOf(sent), []);
    assert.ok(distributorsOf(await publish({ type: 'apart' })).includes(id));
    await eventually(
      async () => (await client.call(`/deliveries?endpoint=${id}`)).body.deliveries.length > 0 || undefined,
    );
  });
});
