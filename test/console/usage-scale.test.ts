import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crossedThresholds } from '../../plugins/console/web/src/api/crossed-thresholds.ts';
import { nextThreshold, roundedDown, usageScale } from '../../plugins/console/web/src/pages/rate-plans/usage-scale.ts';

describe('the scale of a usage bar', () => {
  const cases: [string, number, number[], { most: number; ticks: number[] }][] = [
    ['It ends at the target', 20, [], { most: 100, ticks: [] }],
    ['It ends at the usage beyond the target', 150, [80], { most: 150, ticks: [80] }],
    ['It ends at the last threshold beyond the target', 20, [80, 120], { most: 120, ticks: [80, 120] }],
    ['A threshold far beyond both is left out', 20, [80, 1000], { most: 100, ticks: [80] }],
  ];
  for (const [title, percent, thresholds, expected] of cases) {
    test(title, () => assert.deepEqual(usageScale(percent, thresholds), expected));
  }

  test('Of many thresholds some are left out', () => {
    const { ticks } = usageScale(
      100,
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
    assert.equal(ticks.length, 50);
  });
});

describe('thresholds of usage', () => {
  test('The next threshold is above the usage', () => {
    assert.equal(nextThreshold(80, [80, 90]), 90);
    assert.equal(nextThreshold(90, [80, 90]), undefined);
  });

  test('99.99 % are not shown as 100 %', () => assert.equal(roundedDown(99.99), 99.9));

  test('A threshold is crossed once, by the transaction that reaches it', () => {
    assert.deepEqual(crossedThresholds(0, 905, 1000, [80, 90, 100]), [80, 90]);
    assert.deepEqual(crossedThresholds(800, 900, 1000, [80, 90, 100]), [90]);
    assert.deepEqual(crossedThresholds(799, 800, 1000, [80, 90]), [80]);
    assert.deepEqual(crossedThresholds(0, 10, 0, [80]), []);
  });
});
