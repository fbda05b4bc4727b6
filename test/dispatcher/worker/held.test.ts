import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { endpointKey, type LookedUp } from '../../../src/dispatcher/model/endpoint.ts';
import { createHeldSweep } from '../../../src/dispatcher/worker/held-sweep.ts';
import { createReceiver, createTestGateway, type Receiver, type TestDatabase } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { active, createProbe, type Probe, probeKind } from '../../support/probe-plugin.ts';

const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };

onEveryEngine('held deliveries that were not released', ({ createDatabase }) => {
  let receiver: Receiver;
  let database: TestDatabase;

  before(async () => {
    receiver = await createReceiver();
    database = await createDatabase();
  });
  after(async () => {
    mock.restoreAll();
    await receiver.close();
    await database.drop();
  });

  async function start(resolve?: Probe['resolve']) {
    const probe = createProbe(receiver.url);
    probe.resolve = resolve ?? probe.resolve;
    const gateway = await createTestGateway({ plugins: [probe.plugin], database, env });
    const statusOf = async (id: string) => (await probe.dispatcher.deliveries.read('test-org', id)).status;
    return { probe, gateway, statusOf };
  }

  test('the next process sends a held delivery if a process ended right after enabling the endpoint', async () => {
    const first = await start(async (ids) => new Map(ids.map((id) => [id, { state: 'disabled' }])));
    const [id = ''] = await first.probe.enqueue('enabled');
    await eventually(async () => (await first.statusOf(id)) === 'held');
    await first.gateway.close();
    const next = await start();
    await eventually(async () => (await next.statusOf(id)) === 'delivered');
    await next.gateway.close();
  });

  test('the sweep looks up 50 endpoints at a time and releases nothing of disabled and unknown ones', async () => {
    const { probe, gateway, statusOf } = await start(
      async (ids) => new Map(ids.map((id) => [id, { state: 'disabled' }])),
    );
    const names = Array.from({ length: 60 }, (_, index) => `endpoint-${index}`);
    const ids = (await Promise.all(names.map((name) => probe.enqueue(name)))).flat();
    await eventually(async () => (await Promise.all(ids.map(statusOf))).every((status) => status === 'held'));
    const states: Record<string, LookedUp['endpoint']> = {
      'endpoint-7': active(receiver.url),
      'endpoint-8': { state: 'gone' },
      'endpoint-9': { state: 'unknown' },
    };
    const asked: string[][] = [];
    const released: number[] = [];
    const sweep = createHeldSweep({
      database: probe.database,
      kinds: new Map([[probeKind, { name: probeKind, resolve: probe.resolve }]]),
      lookup: {
        find: async (refs) => {
          asked.push(refs.map(({ id }) => id));
          return refs.map(({ id }) => ({
            endpoint: states[id] ?? { state: 'disabled' },
            address: { origin: '', path: '' },
            at: 0,
          }));
        },
        findOne: () => Promise.reject(new Error('is not used')),
      },
      now: gateway.clock.now,
      wake: (key) => released.push(key),
    });
    await sweep();
    await sweep();
    assert.equal(asked.length, 1, 'the second was not due yet');
    const now = performance.now.bind(performance);
    mock.method(performance, 'now', () => now() + 10_000);
    await sweep();
    assert.deepEqual(asked.flat().sort(), [...names].sort());
    assert.deepEqual(
      asked.map((refs) => refs.length),
      [50, 10],
    );
    const due = ['endpoint-7', 'endpoint-8'].map((id) => endpointKey({ kind: probeKind, id }));
    assert.deepEqual(new Set(released), new Set(due));
    await gateway.close();
  });
});
