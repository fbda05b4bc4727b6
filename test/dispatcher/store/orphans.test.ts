import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endpointKey } from '../../../src/dispatcher/model/endpoint.ts';
import { newClaim, removeOrphans, takeLeases, toClaimed } from '../../../src/dispatcher/store/claim.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { createProbe, type Probe, probeKind } from '../../support/probe-plugin.ts';

onEveryEngine('queue rows without a delivery', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  let resolve: Probe['resolve'];

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    resolve = probe.resolve;
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const inQueue = (id: string) =>
    probe.database.read((db) => db('dispatcher_queue').where({ delivery_id: id }).first());

  /** Enqueues deliveries that are held until they are released. */
  async function enqueueHeld(endpoint: string, count: number): Promise<string[]> {
    probe.resolve = async (ids) => new Map(ids.map((id) => [id, { state: 'disabled' }]));
    const ids = await probe.enqueue(endpoint, count);
    for (const id of ids) await eventually(async () => (await inQueue(id))?.held === 1 && !(await isLeased(id)));
    probe.resolve = resolve;
    return ids;
  }

  const isLeased = async (id: string): Promise<boolean> => (await inQueue(id)).lease_token !== 0;

  test('a queue row without a delivery is removed without a request or an attempt', async () => {
    const [gone = '', abandoned = '', there = ''] = await enqueueHeld('lost', 3);
    await probe.transaction(async (trx) => {
      await trx('dispatcher_deliveries').whereIn('id', [gone, abandoned]).delete();
      // The state that a process leaves if it ends during an attempt.
      await trx('dispatcher_queue').where({ delivery_id: abandoned }).update({ lease_token: 4711, lease_until: 1 });
      await probe.dispatcher.release(trx, { kind: probeKind, id: 'lost' });
    });
    for (const id of [gone, abandoned]) await eventually(async () => (await inQueue(id)) === undefined);
    await eventually(async () => (await probe.dispatcher.deliveries.read('test-org', there)).status === 'delivered');
    assert.deepEqual(
      receiver.received.map(({ headers }) => headers['webhook-id']),
      [there],
    );
    const attempts = await probe.database.read((db) => db('dispatcher_attempts').pluck('delivery_id'));
    assert.deepEqual(attempts, [there]);
  });

  test('a queue row stays if its delivery exists after all', async () => {
    const [id = ''] = await enqueueHeld('late', 1);
    const claim = newClaim(gateway.clock.now() + 60_000_000);
    const want = { endpointKey: endpointKey({ kind: probeKind, id: 'late' }), take: 1 };
    // The worker's own transaction may still lock the row for a moment after its change became visible.
    await eventually(async () => {
      await takeLeases(probe.database, claim, [want], Number.MAX_SAFE_INTEGER);
      return claim.rows.length === 1;
    });
    const found = await removeOrphans(
      probe.database,
      claim.rows.map((row) => toClaimed({ ...row, event_id: null }, claim)),
    );
    assert.deepEqual([...found], [id]);
    assert.equal((await inQueue(id)).lease_token, -claim.token);
  });
});
