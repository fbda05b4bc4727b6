import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { createSystemClock } from '../../src/clock.ts';
import { type CorrectedClock, createCorrectedClock, serverTimeSql } from '../../src/database/corrected-clock.ts';
import type { Database } from '../../src/plugin.ts';
import { answer, createReceiver, createTestGateway } from '../../src/testing/index.ts';
import { startDatabaseServer } from '../support/database-server.ts';
import { engines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { createProbe, type Probe } from '../support/probe-plugin.ts';

const server = engines.find(({ name }) => name === 'mysql');
const realNow = Date.now;

/** Simulated step of this machine's wall clock, in milliseconds. */
let step = 0;
beforeEach(() => {
  mock.method(Date, 'now', () => realNow() + step);
});
afterEach(() => {
  step = 0;
  mock.restoreAll();
});

describe('the corrected clock', () => {
  let reads = 0;
  const database = (engine: Database['engine']): Database =>
    ({
      engine,
      read: async () => {
        reads += 1;
        return [{ micros: realNow() * 1000 }];
      },
      rows: (answer: unknown) => answer,
    }) as unknown as Database;

  const isRight = (clock: CorrectedClock): boolean => Math.abs(clock.now() / 1000 - realNow()) < 50;

  for (const by of [60_000, -60_000, 200])
    test(`a wall clock set by ${by} ms does not change the time, and leads to one measurement`, async () => {
      const clock = createCorrectedClock(database('mysql'), createSystemClock());
      await clock.measure();
      reads = 0;
      await clock.keep();
      assert.deepEqual([reads, clock.hasJumped, isRight(clock)], [0, false, true]);
      step = by;
      assert.deepEqual([clock.hasJumped, isRight(clock)], [true, true]);
      await clock.keep();
      assert.deepEqual([reads, clock.hasJumped, isRight(clock)], [1, false, true]);
    });

  /** A server whose clock is `aheadMs` ahead, and whose answers take `delayMs`. */
  function createServer() {
    const state = { aheadMs: 0, delayMs: 0 };
    const server = {
      ...database('mysql'),
      read: async () => {
        const micros = (realNow() + state.aheadMs) * 1000;
        await sleep(state.delayMs);
        return [{ micros }];
      },
    } as unknown as Database;
    const clock = createCorrectedClock(server, createSystemClock());
    const moves: number[] = [];
    clock.onMove((micros) => moves.push(Math.round(micros / 100_000) / 10));
    const errorMs = (): number => Math.abs(clock.now() / 1000 - realNow() - state.aheadMs);
    return { state, clock, moves, errorMs };
  }

  test('slow answers of a busy server do not make the time less accurate', async () => {
    const { state, clock, moves, errorMs } = createServer();
    await clock.measure();
    state.delayMs = 600;
    await clock.measure();
    assert.ok(errorMs() < 50, `${errorMs()}`);
    assert.deepEqual(moves, []);
  });

  test('a quick answer replaces the slow ones of the start', async () => {
    const { state, clock, errorMs } = createServer();
    state.delayMs = 600;
    await clock.measure();
    state.delayMs = 0;
    await clock.measure();
    assert.ok(errorMs() < 50, `${errorMs()}`);
  });

  test("a step of the server's clock is followed, even by a slow answer, and told", async () => {
    const { state, clock, moves, errorMs } = createServer();
    await clock.measure();
    state.aheadMs = 3_600_000;
    state.delayMs = 300;
    await clock.measure();
    assert.ok(errorMs() <= 300, `${errorMs()}`);
    state.aheadMs = 0;
    state.delayMs = 0;
    await clock.measure();
    assert.ok(errorMs() < 50, `${errorMs()}`);
    assert.deepEqual(
      moves.map((seconds) => Math.round(seconds / 60)),
      [60, -60],
    );
  });

  test('the time that a suspended machine has missed is measured', async () => {
    const { state, clock, errorMs } = createServer();
    await clock.measure();
    // A suspended machine's monotonic clock stands still.
    step = 60_000;
    state.aheadMs = 60_000;
    await clock.keep();
    assert.ok(errorMs() < 50, `${errorMs()}`);
  });

  test("the clock of the embedded database is this machine's", async () => {
    const clock = createCorrectedClock(database('sqlite'), createSystemClock());
    reads = 0;
    await clock.measure();
    step = 60_000;
    await clock.keep();
    assert.deepEqual([reads, clock.hasJumped], [0, false]);
    assert.ok(Math.abs(clock.now() / 1000 - Date.now()) < 50);
  });
});

describe('leases while the clock of a machine is set', { skip: !server }, () => {
  const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };

  const delivered = (probe: Probe, id: string) =>
    eventually(async () => {
      const delivery = await probe.dispatcher.deliveries.read('test-org', id);
      return delivery.status === 'delivered' ? delivery : undefined;
    });

  test('a clock set forward does not take the lease from an attempt in flight', async () => {
    const receiver = await createReceiver();
    const probe = createProbe(receiver.url);
    const gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl: server?.serverUrl, env });
    await delivered(probe, (await probe.enqueue('slow'))[0] ?? '');
    receiver.script(() => ({ ...answer(200), delayMs: 1500 }));
    const [id = ''] = await probe.enqueue('slow');
    await eventually(() => receiver.received.length === 2);
    step = 60_000;
    const { attempts } = await delivered(probe, id);
    assert.deepEqual([attempts.length, receiver.received.length], [1, 2]);
    await gateway.close();
    await receiver.close();
  });

  test('a clock that is behind writes no leases, which would have lapsed already', async () => {
    // Rare polls: a poll would correct the clock before the enqueue.
    const rarely = { ...env, DISPATCH_POLL_INTERVAL_MS: '5000' };
    const receiver = await createReceiver();
    const probe = createProbe(receiver.url);
    const gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl: server?.serverUrl, env: rarely });
    step = -60_000;
    const until = await probe.transaction(async (trx) => {
      const delivery = { organization: 'test-org', endpoint: { kind: 'probe', id: 'x' }, type: 'x', payload: '{}' };
      await probe.dispatcher.enqueue(trx, [delivery]);
      return trx('dispatcher_queue').pluck('lease_until');
    });
    assert.deepEqual(until, [0]);
    await eventually(() => receiver.received.length === 1);
    await gateway.close();
    await receiver.close();
  });
});

describe('a database server in a zone with summer time', { skip: !server }, () => {
  test('its time is read right in the hour before and after the clocks go back', async () => {
    const own = await startDatabaseServer({ timeZone: 'Europe/Berlin' });
    try {
      const connection = await createConnection(own.url);
      // In 2026 the clocks go back on 25 October at 01:00 UTC: local 02:30 comes at 00:30 and at 01:30.
      for (const moment of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']) {
        const seconds = Date.parse(moment) / 1000;
        await connection.query(`set timestamp = ${seconds}`);
        const [[row]] = (await connection.query(serverTimeSql)) as unknown as [{ micros: number }[]];
        assert.equal(Number(row?.micros), seconds * 1_000_000, moment);
      }
      await connection.end();
    } finally {
      await own.stop();
    }
  });
});
