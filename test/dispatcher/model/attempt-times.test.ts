import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestAttemptMs } from '../../../src/config.ts';
import { attemptMicrosOf, readTimeoutOf } from '../../../src/dispatcher/model/attempt-times.ts';
import { active } from '../../support/probe-plugin.ts';

const timesOf = (leaseMs: number, connectMs = 3000, readMs = 3000) => ({
  leaseMicros: leaseMs * 1000,
  attemptMicros: longestAttemptMs({ connectMs, readMs }) * 1000,
  readTimeoutMs: readMs,
});

const endpoint = (timeoutMs: number) => ({ ...active('http://127.0.0.1'), delivery: { timeoutMs } });

test('the usual lease leaves room for the longest timeout of an endpoint', () => {
  const times = timesOf(20_000);
  for (const timeoutMs of [100, 3000, 10_000]) assert.equal(readTimeoutOf(endpoint(timeoutMs), times), timeoutMs);
  assert.equal(readTimeoutOf(endpoint(1), times), 100);
  assert.equal(readTimeoutOf(endpoint(60_000), times), 10_000);
});

test('endpoints without a timeout of their own have the usual one', () => {
  const times = timesOf(20_000);
  for (const other of [undefined, { state: 'gone' } as const, active('http://127.0.0.1')]) {
    assert.equal(readTimeoutOf(other, times), 3000);
    assert.equal(attemptMicrosOf(other, times), 11_000_000);
  }
});

test('the lease outlasts every attempt, also a short lease', () => {
  for (const leaseMs of [11_001, 12_000, 15_000, 20_000]) {
    const times = timesOf(leaseMs);
    for (const timeoutMs of [100, 3000, 5000, 10_000])
      assert.ok(attemptMicrosOf(endpoint(timeoutMs), times) < times.leaseMicros, `${leaseMs} ${timeoutMs}`);
  }
  assert.equal(readTimeoutOf(endpoint(10_000), timesOf(15_000)), 6000);
  assert.equal(readTimeoutOf(endpoint(10_000), timesOf(11_001)), 3000);
});
