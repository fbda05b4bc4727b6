import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claimed } from '../../../src/dispatcher/model/delivery.ts';
import { EndpointScheduler } from '../../../src/dispatcher/worker/endpoint-scheduler.ts';

const rowOf = (endpoint: string, endpointKey: number, number: number): Claimed => ({
  id: `${endpoint}-${number}`,
  organization: 'one',
  endpointKey,
  endpoint: { kind: 'test', id: endpoint },
  type: 'test',
  lookedUp: undefined,
  traceparent: undefined,
  payload: '{}',
  leaseToken: 1,
  leaseUntil: Number.MAX_SAFE_INTEGER,
  createdAt: 0,
  dueAt: 0,
  attemptCount: 0,
  retries: 0,
  unknowns: 0,
});

const rowsOf = (endpoint: string, key: number, count: number): Claimed[] =>
  Array.from({ length: count }, (_, number) => rowOf(endpoint, key, number));

/** A scheduler with these rows waiting, of endpoints known to succeed. */
function createScheduler(waiting: readonly Claimed[]): EndpointScheduler {
  const scheduler = new EndpointScheduler({ concurrency: 100, perEndpoint: 4, perOrigin: 100 });
  const firsts = [...new Map(waiting.map((row) => [row.endpointKey, row])).values()];
  scheduler.claimed([], new Map(), firsts, 0);
  scheduler.start((row) => scheduler.ended(row, true, 1));
  scheduler.claimed([], new Map(), waiting, 0);
  return scheduler;
}

test('endpoints take turns, and none exceeds its own limit of attempts in flight', () => {
  const scheduler = createScheduler([...rowsOf('a', 1, 6), ...rowsOf('b', 2, 2)]);
  const started: string[] = [];
  scheduler.start(({ id }) => started.push(id));
  assert.deepEqual(started, ['a-0', 'b-0', 'a-1', 'b-1', 'a-2', 'a-3']);
  assert.deepEqual([scheduler.inFlight, scheduler.waiting], [6, 2]);
});

test('rows withdrawn during the start of the first row of an endpoint are not started', () => {
  const scheduler = createScheduler([...rowsOf('disabled', 1, 6), ...rowsOf('other', 2, 2)]);
  const started: string[] = [];
  scheduler.start((row) => {
    started.push(row.id);
    if (row.endpoint.id === 'disabled') scheduler.withdraw(({ endpoint }) => endpoint.id === 'disabled');
  });
  assert.deepEqual(started, ['disabled-0', 'other-0', 'other-1']);
  assert.deepEqual([scheduler.inFlight, scheduler.waiting], [3, 0]);
});

test('one row with two attempts of unknown outcome is in flight at a time', () => {
  const suspects = ['a', 'b'].map((endpoint, key) => ({ ...rowOf(endpoint, key + 1, 0), unknowns: 2 }));
  const scheduler = createScheduler([...suspects, ...rowsOf('b', 2, 2).slice(1)]);
  const started: Claimed[] = [];
  const start = (): string[] => {
    started.length = 0;
    scheduler.start((row) => started.push(row));
    return started.map(({ id }) => id);
  };
  assert.deepEqual(start(), ['a-0', 'b-1']);
  assert.deepEqual(start(), []);
  scheduler.ended(suspects[0] as Claimed, true, 1);
  assert.deepEqual(start(), ['b-0']);
});

test('organizations take turns, and one uses a quarter of the slots for unknown endpoints', () => {
  const scheduler = new EndpointScheduler({ concurrency: 64, perEndpoint: 4, perOrigin: 100 });
  const hostile = Array.from({ length: 100 }, (_, key) => rowOf(`hostile${key}`, key, 0));
  for (const { endpointKey } of hostile) scheduler.belongs(endpointKey, 'one');
  for (const { endpointKey } of hostile) scheduler.hint(endpointKey, 0, 0);
  scheduler.belongs(1000, 'two');
  scheduler.hint(1000, 0, 0);
  const wants = scheduler.choose(0, 400).map(({ endpointKey }) => endpointKey);
  assert.deepEqual(wants, [0, 1000, 1, 2, 3]);
});

test('rows that fall due later are remembered beside rows that are due', () => {
  const scheduler = createScheduler([]);
  const times = [0, 300_000, 100_000, 100_000];
  for (const time of times) scheduler.hint(7, time, 1000);
  const claimAt = (now: number): number[] => {
    const wants = scheduler.choose(now, 100);
    scheduler.claimed(wants, new Map(wants.map(({ endpointKey }) => [endpointKey, 0])), [], now);
    return wants.map(({ endpointKey }) => endpointKey);
  };
  assert.deepEqual(claimAt(1000), [7]);
  assert.equal(scheduler.nextDue, 100_000);
  assert.deepEqual(claimAt(1000), []);
  assert.deepEqual(claimAt(130_000), [7]);
  assert.deepEqual(claimAt(130_000), []);
  assert.deepEqual(claimAt(330_000), [7]);
  assert.equal(scheduler.nextDue, Number.POSITIVE_INFINITY);
});

test('a row that falls due later takes no slot from new rows', () => {
  const scheduler = createScheduler([]);
  scheduler.hint(7, 300_000, 1000);
  assert.ok(scheduler.reserve(7));
  scheduler.hint(8, 500, 1000);
  assert.equal(scheduler.reserve(8), undefined);
});

for (const [pace, durationMs, reservable] of [
  ['fast', 1, 4],
  ['slow', 500, 2],
] as const) {
  test(`new rows reserve ${reservable} slots of a ${pace} origin that has two, and two are sent at once`, () => {
    const scheduler = new EndpointScheduler({ concurrency: 100, perEndpoint: 4, perOrigin: 2 });
    const lookedUp = { endpoint: { state: 'gone' }, address: { origin: 'http://one.test', path: '/' }, at: 0 } as const;
    const rows = [1, 2, 3, 4, 5].map((key) => ({ ...rowOf(`e${key}`, key, 0), lookedUp }));
    for (const row of rows) {
      scheduler.claimed([], new Map(), [row], 0);
      scheduler.start((started) => scheduler.ended(started, true, durationMs));
    }
    const reserved = rows.flatMap((row) => {
      const reservation = scheduler.reserve(row.endpointKey);
      return reservation ? [{ row, reservation }] : [];
    });
    assert.equal(reserved.length, reservable);
    const sent = reserved.map(({ row, reservation }) => scheduler.use(reservation, row));
    assert.deepEqual(sent, [true, true, false, false].slice(0, reservable));
    assert.equal(scheduler.inFlight, 2);
  });
}

test('new rows that wait leave room for claims', () => {
  const scheduler = createScheduler([...rowsOf('busy', 1, 99), rowOf('other', 2, 0)]);
  assert.equal(scheduler.waiting, 100);
  assert.equal(scheduler.roomAhead(2), 0);
  scheduler.start(() => undefined);
  assert.ok(scheduler.roomAhead(2) > 0);
});

test('rows of endpoints with many rows are claimed so that all slots are filled', () => {
  const keys = Array.from({ length: 60 }, (_, key) => key);
  const scheduler = createScheduler(keys.map((key) => rowOf(`e${key}`, key, 0)));
  for (const key of keys) scheduler.hint(key, 0, 0);
  let running: Claimed[] = [];
  const inFlight: number[] = [];
  for (let claim = 0; claim < 20; claim += 1) {
    const wants = scheduler.choose(0, Math.min(400, 200 - scheduler.waiting));
    const rows = wants.flatMap(({ endpointKey: key, take }) => rowsOf(`e${key}`, key, take));
    scheduler.claimed(wants, new Map(wants.map(({ endpointKey, take }) => [endpointKey, take])), rows, 0);
    scheduler.start((row) => running.push(row));
    inFlight.push(scheduler.inFlight);
    for (const row of running) scheduler.ended(row, true, 1);
    running = [];
  }
  assert.deepEqual(new Set(inFlight.slice(5)), new Set([100]));
});
