import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from '../../../src/gateway/server/turns.ts';

test('work runs in its order, a few pieces in each turn of the event loop, and never at once', async () => {
  const inTurn = createTurns();
  const done: number[] = [];
  for (let number = 0; number < 100; number += 1) inTurn(() => void done.push(number));
  let before = 0;
  assert.equal(done.length, before);
  for (let turn = 0; done.length < 100; turn += 1) {
    await nextTurn();
    assert.ok(done.length - before <= 16 && done.length > before, `${done.length - before} in turn ${turn}`);
    before = done.length;
  }
  assert.deepEqual(
    done,
    Array.from({ length: 100 }, (_, number) => number),
  );
});

test('work that adds work leaves it to a later turn', async () => {
  const inTurn = createTurns();
  let runs = 0;
  const again = (): void => {
    runs += 1;
    if (runs < 3) inTurn(again);
  };
  inTurn(again);
  await nextTurn();
  assert.equal(runs, 1);
  while (runs < 3) await nextTurn();
});
