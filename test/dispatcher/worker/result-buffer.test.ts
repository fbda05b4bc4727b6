import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Result } from '../../../src/dispatcher/model/delivery.ts';
import { createResultBuffer, type ResultBuffer } from '../../../src/dispatcher/worker/result-buffer.ts';
import { databaseUnavailable, storageUnavailable } from '../../../src/errors.ts';
import type { Logger } from '../../../src/logger.ts';
import type { Database } from '../../../src/plugin.ts';
import { eventually } from '../../support/eventually.ts';

const result = (): Result =>
  ({
    claimed: { id: 'x', leaseUntil: Number.POSITIVE_INFINITY },
    decision: { state: 'delivered' },
  }) as unknown as Result;

/** A result buffer on a database that may be away, while attempts go on. */
function createScene() {
  const scene = { isAway: true, isFull: false, writes: 0, writer: undefined as unknown as ResultBuffer };
  let tried = 0;
  const database = {
    transaction: async () => {
      tried += 1;
      await nextTurn();
      if (scene.isFull) throw storageUnavailable('a test');
      if (scene.isAway) throw databaseUnavailable('a test');
      scene.writes += 1;
      return { stored: [], locked: [] };
    },
    isReachable: async () => !scene.isAway,
  } as unknown as Database;
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger;
  const parts = {
    database,
    logger: silent,
    now: () => 0,
    leasedAfter: () => 0,
    inFlight: () => 1,
    isHeard: () => false,
    onWritten: () => undefined,
  };
  scene.writer = createResultBuffer(parts);
  return Object.assign(scene, { tries: (count: number) => eventually(() => tried >= count) });
}

describe('the result buffer after an outage of the database', () => {
  test('catching up does not wait for results added meanwhile', async () => {
    const scene = createScene();
    const { writer } = scene;
    for (let left = 500; left > 0; left -= 1) writer.add(result());
    await eventually(() => writer.isBehind);
    scene.isAway = false;
    let isCaughtUp = false;
    const caughtUp = writer.caughtUp().then(() => {
      isCaughtUp = true;
    });
    while (!isCaughtUp && scene.writes < 20) {
      for (let left = 250; left > 0; left -= 1) writer.add(result());
      await nextTurn();
    }
    assert.equal(isCaughtUp, true);
    assert.ok(scene.writes >= 2, 'all that had been there was written');
    await Promise.all([caughtUp, writer.flush()]);
    assert.equal(writer.pending, 0);
  });

  test('catching up waits for results until the buffer is closed', async () => {
    const { writer } = createScene();
    writer.add(result());
    await eventually(() => writer.isBehind);
    const caughtUp = writer.caughtUp();
    assert.equal(writer.pending, 1);
    writer.close();
    await caughtUp;
    assert.equal(writer.pending, 0);
  });
});

test('results of a database without room are kept beyond their leases, although it answers reads', async () => {
  const scene = createScene();
  Object.assign(scene, { isAway: false, isFull: true });
  const stored = { ...result(), claimed: { id: 'x', leaseUntil: -1 } } as Result;
  scene.writer.add(stored);
  await eventually(() => scene.writer.isBehind);
  await scene.tries(3);
  assert.equal(scene.writer.pending, 1);
  scene.isFull = false;
  await scene.writer.flush();
  assert.deepEqual([scene.writer.pending, scene.writes], [0, 1]);
});
