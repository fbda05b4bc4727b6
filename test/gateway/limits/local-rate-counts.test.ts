import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocalRateCounts } from '../../../src/gateway/limits/local-rate-counts.ts';

const second = 1_000_000;

describe('local counts of calls', () => {
  test('a window begins with the first call of its key and lasts a minute', () => {
    const count = createLocalRateCounts();
    assert.equal(count('a', 10 * second).used, 1);
    assert.equal(count('b', 40 * second).used, 1);
    assert.deepEqual(count('a', 69 * second), { used: 2, resetsAt: 70 * second, isShared: false });
    assert.equal(count('a', 70 * second).used, 1);
    assert.equal(count('b', 99 * second).used, 2);
    assert.equal(count('b', 100 * second).used, 1);
  });

  test('counts are right for rare keys and for keys in steady use', () => {
    const count = createLocalRateCounts();
    const windows = new Map<string, { used: number; end: number }>();
    for (let at = 0; at < 1000; at += 1) {
      for (const [key, every] of Object.entries({ always: 1, often: 7, seldom: 45, rarely: 90 })) {
        if (at % every !== 0) continue;
        const window = windows.get(key);
        const expected = window && at < window.end ? window : { used: 0, end: at + 60 };
        expected.used += 1;
        windows.set(key, expected);
        const { used, resetsAt } = count(key, at * second);
        assert.deepEqual({ used, end: resetsAt / second }, expected, `${key} at ${at} s`);
      }
    }
  });

  test('a flood of keys does not exceed the bound, and a key in steady use keeps its count', () => {
    const maxKeys = 100;
    const count = createLocalRateCounts(maxKeys);
    count('once', 0);
    for (let call = 1; call <= 10_000; call += 1) {
      count(`flood ${call}`, call);
      if (call % 50 === 0) assert.equal(count('busy', call).used, call / 50);
    }
    assert.equal(count('once', 10_001).used, 1);
  });

  test('setting the clock back does not lengthen a window', () => {
    const count = createLocalRateCounts();
    count('a', 10_000 * second);
    assert.deepEqual(count('a', 5000 * second), { used: 1, resetsAt: 5060 * second, isShared: false });
  });
});
