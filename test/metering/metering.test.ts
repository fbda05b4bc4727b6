import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { afterEach, describe, test } from 'node:test';
import { createLogOutput } from '../../src/logger.ts';
import { createMetering } from '../../src/metering/metering.ts';
import { Outlet } from '../../src/metering/outlet.ts';
import type { MeteredFlush, MeteredSink } from '../../src/plugin.ts';
import { eventually } from '../support/eventually.ts';

const joe = { organization: 'myorg', developer: 'joe@example.com', application: 'app', product: 'weather' };

/** A sink that records the flushes it accepts and rejects; it rejects while `isAway`. */
function createSink() {
  const sink = {
    isAway: false,
    taken: [] as MeteredFlush[],
    refused: [] as MeteredFlush[],
    take: (async (flush) => {
      (sink.isAway ? sink.refused : sink.taken).push(flush);
      if (sink.isAway) throw new Error('away');
    }) as MeteredSink,
    total: () => sink.taken.flatMap(({ uses }) => uses).reduce((sum, { count }) => sum + count, 0),
  };
  return sink;
}

const lines: string[] = [];
const log = createLogOutput(
  { LOG_LEVEL: 'info', LOG_FORMAT: 'json' },
  new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      lines.push(...String(chunk).split('\n').filter(Boolean));
      done();
    },
  }),
);
const logger = log.labelled('metering');

async function logged(): Promise<string[]> {
  await log.flush();
  return lines.map((line) => (JSON.parse(line) as { message: string }).message);
}

afterEach(async () => {
  await log.flush();
  lines.length = 0;
});

describe('metering', () => {
  test('equal uses are summed up, and uses that differ in any field are kept apart', async () => {
    const metering = createMetering(logger);
    const sink = createSink();
    metering.addSink(sink.take, logger);
    const others = [
      { ...joe, organization: 'other' },
      { ...joe, developer: 'ann@example.com' },
      { ...joe, application: '' },
      { ...joe, product: 'maps' },
      // With joined keys these two would be one.
      { ...joe, developer: 'a\nb', application: 'c' },
      { ...joe, developer: 'a', application: 'b\nc' },
      { ...joe, developer: '__proto__', application: 'constructor' },
    ];
    for (const use of [joe, ...others, joe, joe]) metering.count(use);
    await metering.stop();
    assert.equal(sink.taken.length, 1);
    assert.match(sink.taken[0]?.id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    const expected = [{ ...joe, count: 3 }, ...others.map((use) => ({ ...use, count: 1 }))];
    assert.deepEqual(sink.taken[0]?.uses.toSorted(byText), expected.toSorted(byText));
  });

  test('a sink receives the uses since its registration', async () => {
    const metering = createMetering(logger);
    metering.count(joe);
    const sink = createSink();
    metering.addSink(sink.take, logger);
    metering.count(joe);
    await metering.stop();
    assert.equal(sink.total(), 1);
  });

  test('every sink receives every use once, even if another sink fails or never answers', async () => {
    const metering = createMetering(logger, { intervalMs: 1, stopTimeoutMs: 50 });
    const [steady, away] = [createSink(), createSink()];
    let asked = 0;
    metering.addSink(() => {
      asked += 1;
      return new Promise<void>(() => {});
    }, logger);
    metering.addSink(away.take, logger);
    metering.addSink(steady.take, logger);
    metering.start();
    away.isAway = true;
    metering.count(joe);
    await eventually(() => steady.total() === 1 && away.refused.length >= 3);
    metering.count(joe);
    metering.count({ ...joe, product: 'maps' });
    await eventually(() => steady.total() === 3);
    away.isAway = false;
    await eventually(() => away.total() === 3);

    const [first] = away.refused;
    for (const flush of away.refused) assert.deepEqual(flush, first);
    assert.deepEqual(away.taken[0], first);
    assert.deepEqual(first?.uses, [{ ...joe, count: 1 }]);
    assert.equal(new Set([...away.taken, ...steady.taken].map(({ id }) => id)).size, 2 + steady.taken.length);
    await metering.stop();
    assert.equal(asked, 1, 'a second flush began before the first had ended');
    assert.equal(away.total(), 3);
    assert.deepEqual(await logged(), [
      'metering sink failed, keeping its uses for a retry',
      'metering sink works again',
      'metered uses lost, not accepted before the stop',
    ]);
    assert.equal(JSON.parse(lines.at(-1) ?? '').uses, 3);
  });

  test('the stop flushes rejected uses and those counted since', async () => {
    const metering = createMetering(logger, { intervalMs: 1 });
    const sink = createSink();
    metering.addSink(sink.take, logger);
    sink.isAway = true;
    metering.start();
    metering.count(joe);
    await eventually(() => sink.refused.length > 0);
    metering.count(joe);
    sink.isAway = false;
    await metering.stop();
    assert.deepEqual(
      sink.taken.map(({ uses }) => uses.map(({ count }) => count)),
      [[1], [1]],
    );
  });

  test('the stop logs the number of lost uses', async () => {
    const metering = createMetering(logger);
    const sink = createSink();
    metering.addSink(sink.take, logger);
    sink.isAway = true;
    for (let count = 0; count < 5; count += 1) metering.count(joe);
    await metering.stop();
    assert.equal((await logged()).at(-1), 'metered uses lost, not accepted before the stop');
    assert.equal(JSON.parse(lines.at(-1) ?? '').uses, 5);
  });

  test('a full buffer is logged once, and uses that are already in it still count', async () => {
    const sink = createSink();
    const outlet = new Outlet(sink.take, logger, 2);
    const add = (name: string): void => outlet.add({ ...joe, developer: name });
    for (const name of ['a', 'b', 'c', 'd', 'a', 'c', 'b']) add(name);
    assert.equal((await logged()).length, 1);
    assert.equal(await outlet.handOver(), true);
    assert.deepEqual(
      sink.taken[0]?.uses.map(({ developer, count }) => [developer, count]),
      [
        ['a', 2],
        ['b', 2],
      ],
    );
    assert.match((await logged())[0] ?? '', /metering buffer full/);
    assert.equal((await logged()).length, 2);
    assert.equal(JSON.parse(lines[1] ?? '').uses, 3);
    add('c');
    assert.equal(await outlet.handOver(), true);
    assert.equal(sink.taken[1]?.uses[0]?.developer, 'c');
    assert.equal(await outlet.handOver(), false);
  });
});
