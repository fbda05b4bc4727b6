import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addBuckets, CallWindow, quantileMs, sumOf } from '../../src/metrics/call-window.ts';

const countIn = (window: CallWindow, now: number): number => sumOf(window.read(now).buckets);

test('calls leave the window within a minute, also when it stands still for long', () => {
  const window = new CallWindow();
  for (let second = 0; second < 300; second += 1) {
    window.add(second * 1000, 1, second % 2 === 0);
    const { buckets, errors, seconds } = window.read(second * 1000 + 1);
    const count = sumOf(buckets);
    assert.equal(count, Math.floor(seconds) + 1, `second ${second}`);
    assert.ok(seconds <= 60 && (second < 60 || seconds >= 55), `${seconds}`);
    assert.ok(Math.abs(errors - count / 2) <= 1);
  }
  assert.equal(countIn(window, 354_999), 5);
  assert.equal(countIn(window, 355_000), 0);
  window.add(99_999_000, 1, false);
  assert.equal(countIn(window, 99_999_000), 1);
});

test('quantiles are right within a fifth from 0.1 ms to a minute, and null without calls', () => {
  assert.equal(quantileMs([], 0.5), null);
  for (const scale of [0.2, 1, 30, 500]) {
    const durations = Array.from({ length: 1000 }, (_, index) => scale * (1 + index / 10));
    const windows = [new CallWindow(), new CallWindow()];
    for (const [index, duration] of durations.entries()) windows[index % 2]?.add(1000, duration, false);
    const buckets = addBuckets(windows.map((window) => window.read(1000).buckets));
    for (const quantile of [0.5, 0.99]) {
      const exact = durations[quantile * 1000 - 1] ?? 0;
      const found = quantileMs(buckets, quantile) ?? 0;
      assert.ok(Math.abs(found / exact - 1) < 0.2, `${found} instead of ${exact}`);
    }
  }
  const window = new CallWindow();
  for (const duration of [0, 0.05, 1e9]) window.add(1000, duration, false);
  const { buckets } = window.read(1000);
  assert.deepEqual([sumOf(buckets), (quantileMs(buckets, 0.5) ?? 1) <= 0.1], [3, true]);
});
