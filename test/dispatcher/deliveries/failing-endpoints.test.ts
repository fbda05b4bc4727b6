import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createStatistics } from '../../../src/dispatcher/deliveries/statistics.ts';
import type { ResolvedEndpoint } from '../../../src/dispatcher/model/endpoint.ts';
import type { EndpointChange } from '../../../src/dispatcher/model/endpoint-change.ts';
import { failingAfterMicros, failuresToDisable } from '../../../src/dispatcher/model/reported-state.ts';
import { TallySheet } from '../../../src/dispatcher/model/tally.ts';
import { noteTallies } from '../../../src/dispatcher/store/tally-journal.ts';
import { ensureTable, type Knex } from '../../../src/plugin.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestDatabase,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { ageFailures } from '../../support/age-failures.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { active, createProbe, type Probe, probeKind } from '../../support/probe-plugin.ts';

const env = {
  DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  DISPATCH_POLL_INTERVAL_MS: '20',
  DISPATCH_RETRY_INTERVAL_MS: '20',
};
const failingAfterS = failingAfterMicros / 1_000_000;
const disableAfterS = 3600;
const heardTable = 'probe_heard';

onEveryEngine('endpoints that fail', ({ createDatabase }) => {
  let receiver: Receiver;
  let database: TestDatabase;
  let probe: Probe;
  let gateway: TestGateway;
  /** Statuses by path; 200 for any other. */
  const statuses = new Map<string, number>();
  /** Ids of endpoints that are off. */
  const off = new Set<string>();
  const turnedOff = new Set<string>();

  const stateOf = (id: string): ResolvedEndpoint =>
    off.has(id) ? { state: 'disabled' } : { ...activeAt(id), delivery: { disableAfterS } };
  const activeAt = (id: string) => active(`${receiver.url}/${id}`) as ResolvedEndpoint & { state: 'active' };

  /** Writes changes in the transaction: after a rollback they were not heard. */
  const hear = async (trx: Knex.Transaction, changes: readonly EndpointChange[]): Promise<void> => {
    for (const change of changes) await trx(heardTable).insert({ content: JSON.stringify(change) });
  };
  async function heard(id: string): Promise<EndpointChange[]> {
    const contents: string[] = await probe.database.knex(heardTable).orderBy('id').pluck('content');
    const changes = contents.map((content) => JSON.parse(content) as EndpointChange);
    return changes.filter(({ endpoint }) => endpoint.id === id);
  }
  const names = async (id: string): Promise<string[]> => (await heard(id)).map(({ change }) => change);
  const hears = (id: string, ...expected: string[]) =>
    eventually(async () => (String(await names(id)) === String(expected) ? true : undefined));
  const healthOf = async (id: string) => {
    const filter = { organization: 'test-org', kinds: [probeKind], ids: [id] };
    const [found] = await probe.dispatcher.statistics.health(filter, 1);
    return found;
  };
  const statusOf = async (id: string) => (await probe.dispatcher.deliveries.read('test-org', id)).status;
  const reached = (id: string, status: string) =>
    eventually(async () => ((await statusOf(id)) === status ? true : undefined));
  /** Enqueues deliveries to an endpoint that answers with `status`, and waits for their end. */
  async function fail(id: string, count: number, status = 503, type = 'probed'): Promise<string[]> {
    statuses.set(`/${id}`, status);
    const sent = await probe.enqueue(id, count, { type });
    for (const each of sent) await reached(each, 'failed');
    return sent;
  }
  const counted = (id: string, failures: number) =>
    eventually(async () => ((await healthOf(id))?.health.failures === failures ? true : undefined));
  const age = (id: string, seconds: number): Promise<void> => ageFailures(probe.database, seconds, id);
  /** Adds a failed attempt to the journal. */
  const noteFailure = (id: string, time: number): Promise<void> =>
    probe.transaction(async (trx) => {
      const sheet = new TallySheet();
      const tally = sheet.at('test-org', { kind: probeKind, id }, time);
      tally.health = {
        ...{ attemptAt: time, status: 500, error: '', host: 'receiver.example', deliveredAt: 0, countedFrom: 0 },
        ...{ failingSince: time, failures: 1, recent: [time] },
      };
      await noteTallies(trx, sheet.tallies);
    });
  const lines = (message: string, endpoint: string) =>
    gateway.log
      .map((line) => JSON.parse(line))
      .filter((line) => line.message === message && line.endpoint === endpoint);

  async function start(listener: typeof hear): Promise<void> {
    probe = createProbe(receiver.url);
    probe.resolve = async (ids) => new Map(ids.map((id) => [id, stateOf(id)]));
    probe.turnOff = async (trx, organization, id) => {
      assert.equal(organization, 'test-org');
      turnedOff.add(id);
      off.add(id);
      await probe.dispatcher.hold(trx, { kind: probeKind, id });
      return true;
    };
    gateway = await createTestGateway({ plugins: [probe.plugin], database, env });
    probe.dispatcher.onEndpointChange(listener);
    await ensureTable(probe.database.knex, heardTable, (columns) => {
      columns.increments('id');
      columns.text('content').notNullable();
    });
  }

  before(async () => {
    receiver = await createReceiver(({ path }) => answer(statuses.get(path) ?? 200));
    database = await createDatabase();
    await start(hear);
  });
  after(async () => {
    await gateway?.close();
    await receiver?.close();
    await database?.drop();
  });

  test('ten failures in a row are reported once, after each delivery that was given up', async () => {
    const sent = await fail('long', 3);
    await hears('long', 'given_up', 'given_up', 'given_up', 'failing');
    const [first, , , failing] = await heard('long');
    const host = new URL(receiver.url).host;
    assert.ok(first?.change === 'given_up' && failing?.change === 'failing');
    assert.ok(sent.includes(first.delivery.id));
    const { eventId } = await probe.dispatcher.deliveries.read('test-org', first.delivery.id);
    assert.deepEqual(
      { ...first, at: 0 },
      {
        ...{ change: 'given_up', organization: 'test-org', endpoint: { kind: probeKind, id: 'long', host }, at: 0 },
        ...{ error: 'status_5xx', status: 503, attempts: 4 },
        delivery: { id: first.delivery.id, eventId, type: 'probed' },
      },
    );
    assert.deepEqual([failing.error, failing.status, failing.endpoint.host], ['status_5xx', 503, host]);
    assert.ok(failing.failures >= failuresToDisable && failing.since <= first.at);
    await counted('long', 12);
    assert.equal((await healthOf('long'))?.state, 'failing');
  });

  test('five minutes after its first failure an endpoint is failing without a further attempt, unless it is off', async () => {
    for (const id of ['late', 'early', 'paused']) {
      await fail(id, 1, 404);
      await counted(id, 1);
    }
    off.add('paused');
    await age('early', failingAfterS / 2);
    await age('paused', failingAfterS);
    await age('late', failingAfterS);
    await hears('late', 'given_up', 'failing');
    await counted('paused', 0);
    for (const id of ['early', 'paused']) assert.deepEqual(await names(id), ['given_up']);
    statuses.delete('/late');
    const [sent = ''] = await probe.enqueue('late');
    await reached(sent, 'delivered');
    await hears('late', 'given_up', 'failing', 'recovered');
  });

  test('an endpoint that fails for as long as it allows is turned off once; nothing is lost, and it recovers once', async () => {
    const working = probe.turnOff;
    probe.turnOff = (trx, organization, id) =>
      id === 'stuck' ? Promise.reject(new Error('broken')) : working(trx, organization, id);
    for (const id of ['stuck', 'young']) {
      await fail(id, 3);
      await counted(id, 12);
    }
    await fail('few', 1);
    await counted('few', 4);
    await age('stuck', disableAfterS);
    await age('young', disableAfterS - 600);
    await age('few', disableAfterS);
    await hears('few', 'given_up', 'failing');
    await age('long', disableAfterS);
    const before = ['given_up', 'given_up', 'given_up', 'failing'];
    await hears('long', ...before, 'disabled');
    await eventually(() => lines('plugin failed to turn off an endpoint', 'stuck')[0]);
    assert.deepEqual([...turnedOff], ['long']);
    const [, , , failing, disabled] = await heard('long');
    assert.ok(disabled?.change === 'disabled' && failing?.change === 'failing');
    assert.deepEqual([disabled.since, disabled.failures, disabled.error], [failing.since, 12, 'status_5xx']);
    for (const id of ['stuck', 'young', 'few']) assert.equal((await healthOf(id))?.state, 'failing', id);
    await fail('stuck', 1);
    await counted('stuck', 16);

    const held = await probe.enqueue('long', 2);
    for (const id of held) await reached(id, 'held');
    assert.equal((await healthOf('long'))?.state, 'disabled');
    statuses.delete('/long');
    await probe.transaction(async (trx) => {
      off.delete('long');
      await probe.dispatcher.release(trx, { kind: probeKind, id: 'long' });
    });
    for (const id of held) await reached(id, 'delivered');
    await hears('long', ...before, 'disabled', 'recovered');
    const { state, health } = (await healthOf('long')) ?? {};
    assert.deepEqual([state, health?.failures, health?.failingSince], ['ok', 0, 0]);
    assert.deepEqual([...turnedOff], ['long']);
    probe.turnOff = working;
  });

  test('a failing endpoint that is switched off, or gone, is forgiven, and starts anew', async () => {
    await fail('switched', 3);
    await counted('switched', 12);
    const before = ['given_up', 'given_up', 'given_up', 'failing'];
    await hears('switched', ...before);
    await age('switched', disableAfterS - 60);
    off.add('switched');
    await eventually(async () => (await healthOf('switched'))?.state === 'ok');
    off.delete('switched');
    await fail('switched', 1);
    await counted('switched', 4);
    statuses.delete('/switched');
    const [last = ''] = await probe.enqueue('switched');
    await reached(last, 'delivered');
    await hears('switched', ...before, 'given_up', 'recovered');
    assert.ok(!turnedOff.has('switched'));
  });

  test('a deleted endpoint is failing no longer', async () => {
    await fail('deleted', 3);
    await hears('deleted', 'given_up', 'given_up', 'given_up', 'failing');
    await probe.transaction((trx) => probe.dispatcher.cancel(trx, { kind: probeKind, id: 'deleted' }));
    await eventually(async () => (await healthOf('deleted'))?.state === 'ok');
  });

  test('failures of deliveries that report failures are logged, and raise nothing', async () => {
    const sent = await fail('loop', 12, 410, 'hookgate.delivery.failed');
    await eventually(async () => (await healthOf('loop'))?.health.status === 410);
    await fail('beside', 1, 410);
    await counted('beside', 1);
    await age('loop', failingAfterS);
    await age('beside', failingAfterS);
    await hears('beside', 'given_up', 'failing');
    assert.deepEqual(await names('loop'), []);
    const { state, health } = (await healthOf('loop')) ?? {};
    assert.deepEqual([state, health?.failures, health?.failingSince], ['ok', 0, 0]);
    const [line] = lines('delivery given up', 'loop');
    const { level, label, organization, kind, host, error, status, attempts, delivery } = line;
    assert.deepEqual(
      [level, label, organization, kind, host, error, status, attempts],
      ['warn', 'dispatcher', 'test-org', probeKind, new URL(receiver.url).host, 'status_4xx', 410, 1],
    );
    assert.ok(sent.includes(delivery));
  });

  test('processes that add up at the same time report each endpoint once', async () => {
    const statistics = createStatistics({ database: probe.database, now: gateway.clock.now, isHeard: () => true });
    const ids = Array.from({ length: 40 }, (_, at) => `racing-${at}`);
    const time = gateway.clock.now();
    for (let attempt = 0; attempt < failuresToDisable; attempt += 1) {
      const notes = ids.map((id) => noteFailure(id, time + attempt));
      await Promise.all([...notes, ...Array.from({ length: 3 }, () => statistics.fold())]);
    }
    await eventually(async () => {
      await statistics.fold();
      const all = await Promise.all(ids.map(healthOf));
      return all.every((each) => each?.state === 'failing') ? true : undefined;
    });
    for (const id of ids) await hears(id, 'failing');
  });

  test('a report that a crash or a failing plugin has prevented comes once, from the next process', async () => {
    await gateway.close();
    await start(async (trx, changes) => {
      await hear(trx, changes);
      throw new Error('crashed');
    });
    const [sent] = await fail('crash', 1, 404);
    await eventually(() => gateway.log.find((line) => line.includes('plugin failed to take reports, retrying')));
    const [unheard] = await fail('crash', 1, 404);
    assert.deepEqual(await names('crash'), []);
    await gateway.close();
    await start(hear);
    await hears('crash', 'given_up', 'given_up');
    const deliveries = (await heard('crash')).map((each) => each.change === 'given_up' && each.delivery.id);
    assert.deepEqual(deliveries, [sent, unheard]);
    assert.deepEqual(await probe.database.knex('dispatcher_changes').pluck('id'), ['']);
  });
});
