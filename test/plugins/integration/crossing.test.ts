import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossedPercents, isCrossed } from '../../../plugins/integration/usage/crossing.ts';

function crossed(before: bigint, after: bigint, target: bigint, thresholds: readonly number[]): number[] {
  const range = crossedPercents({ before, after, target });
  return range ? thresholds.filter((threshold) => isCrossed(threshold, range)) : [];
}

const thresholds = [80, 90, 100, 110, 120];

test('a threshold is crossed only by the step that meets or passes it', () => {
  assert.deepEqual(crossed(79n, 80n, 100n, thresholds), [80]);
  assert.deepEqual(crossed(80n, 81n, 100n, thresholds), []);
  assert.deepEqual(crossed(79n, 79n, 100n, thresholds), []);
  assert.deepEqual(crossed(79n, 125n, 100n, thresholds), thresholds);
  assert.deepEqual(crossed(0n, 1n, 1n, thresholds), [80, 90, 100]);
  assert.deepEqual(crossed(0n, 1_000_000n, 1n, [1, 1000]), [1, 1000]);
});

test('fractions of a percent count', () => {
  // 80 % of 999 is 799.2: 799 is below it, 800 above.
  assert.deepEqual(crossed(798n, 799n, 999n, thresholds), []);
  assert.deepEqual(crossed(799n, 800n, 999n, thresholds), [80]);
  // 90 % of 7 is 6.3, 80 % is 5.6.
  assert.deepEqual(crossed(5n, 6n, 7n, thresholds), [80]);
  assert.deepEqual(crossed(6n, 7n, 7n, thresholds), [90, 100]);
});

test('a counter without a target crosses no thresholds', () => {
  assert.deepEqual(crossed(0n, 100n, 0n, thresholds), []);
});

test('counters beyond the range of numbers are exact', () => {
  const target = 2n ** 62n;
  const exact = (target * 80n + 99n) / 100n;
  assert.deepEqual(crossed(exact - 1n, exact, target, thresholds), [80]);
  assert.deepEqual(crossed(exact - 2n, exact - 1n, target, thresholds), []);
  assert.deepEqual(crossed(exact, exact + 1n, target, thresholds), []);
});

test('the range agrees with the definition for many small numbers', () => {
  for (let target = 1n; target <= 40n; target += 1n) {
    for (let before = 0n; before <= 50n; before += 1n) {
      for (let after = before + 1n; after <= 52n; after += 7n) {
        const expected = thresholds.filter(
          (threshold) => before * 100n < BigInt(threshold) * target && BigInt(threshold) * target <= after * 100n,
        );
        assert.deepEqual(crossed(before, after, target, thresholds), expected, `${before} ${after} ${target}`);
      }
    }
  }
});
