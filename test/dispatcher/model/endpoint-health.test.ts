import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Health, keptFailures, mergeHealth } from '../../../src/dispatcher/model/endpoint-health.ts';

const common = { error: '', host: 'receiver.example', countedFrom: 0 };
const success = (at: number): Health => ({
  ...common,
  ...{ attemptAt: at, status: 200, deliveredAt: at, failingSince: 0, failures: 0, recent: [] },
});
const failure = (at: number): Health => ({
  ...common,
  ...{ attemptAt: at, status: 500, deliveredAt: 0, failingSince: at, failures: 1, recent: [at] },
});
const merged = (healths: readonly Health[], endedAt?: number): Health | undefined => {
  let health: Health | undefined;
  for (const one of healths) health = mergeHealth(health, one, endedAt);
  return health;
};

/** All orders of a few items. */
const orders = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

test('failures in a row are those after the last delivery, in every order of folding', () => {
  const attempts = [failure(1), success(2), failure(3), failure(4), success(5), failure(6), failure(7)];
  const expected: Health = {
    ...common,
    ...{ attemptAt: 7, status: 500, deliveredAt: 5, failingSince: 6, failures: 2, recent: [6, 7] },
  };
  for (const order of orders(attempts)) {
    assert.deepEqual(merged(order), expected);
    // The same with parts that were added up before.
    assert.deepEqual(mergeHealth(merged(order.slice(0, 3)), merged(order.slice(3))), expected);
  }
  const recovered = merged([...attempts, success(8)]);
  assert.deepEqual([recovered?.failingSince, recovered?.failures, recovered?.recent], [0, 0, []]);
  assert.deepEqual(merged([success(8), ...attempts]), recovered);
});

test('ten failures in a row are found in any order, whenever a delivery among them is reported', () => {
  for (const failuresAfter of [keptFailures - 1, keptFailures, keptFailures + 1]) {
    const before = Array.from({ length: 30 }, (_, at) => failure(100 + at));
    const after = Array.from({ length: failuresAfter }, (_, at) => failure(300 + at));
    const delivery = success(200);
    for (const order of [
      [...before, delivery, ...after],
      [...after, ...before, delivery],
      [delivery, ...after.toReversed(), ...before.toReversed()],
    ]) {
      const health = merged(order);
      assert.equal((health?.recent.length ?? 0) >= keptFailures, failuresAfter >= keptFailures, `${failuresAfter}`);
      assert.ok((health?.failures ?? 0) <= failuresAfter);
      assert.ok((health?.failures ?? 0) >= Math.min(failuresAfter, keptFailures));
      assert.ok((health?.failingSince ?? 0) >= 300);
    }
  }
});

test('failures up to the end of an endpoint, or up to its enabling, do not count', () => {
  assert.equal(merged([failure(3), failure(4)], 4)?.failingSince, 0);
  assert.deepEqual(merged([failure(3), failure(5)], 4)?.recent, [5]);
  const forgiven = merged([failure(3)], 4);
  assert.equal(mergeHealth(forgiven, failure(2))?.failures, 0, 'a failure that is reported later');
  assert.equal(mergeHealth(forgiven, failure(5))?.failures, 1);
});
