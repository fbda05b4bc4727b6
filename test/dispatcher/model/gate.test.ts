import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookedUp } from '../../../src/dispatcher/model/endpoint.ts';
import { gateOf, grantAttempts, meets } from '../../../src/dispatcher/model/gate.ts';

const second = 1_000_000;
const minute = 60 * second;
const ref = { kind: 'probe', id: 'limited' };

/** Attempts of a minute, if processes ask for up to 100 at a time, so many microseconds apart. */
function attemptsInAMinute(perSecond: number, everyMicros: () => number): number {
  const interval = second / perSecond;
  let attempts = 0;
  let nextAt = 0;
  for (let now = 10 * minute; now < 11 * minute; now += everyMicros()) {
    const grant = grantAttempts(interval, nextAt, now, 100);
    attempts += grant.count;
    nextAt = grant.nextAt;
  }
  return attempts;
}

test('a minute of grants is within 10 % of the rate, however often and irregularly processes ask', () => {
  const asking = [() => 1000, () => 20_000 + Math.random() * 60_000, () => Math.random() * 190_000];
  for (const perSecond of [0.1, 0.3, 5, 100, 500])
    for (const everyMicros of asking) {
      const attempts = attemptsInAMinute(perSecond, everyMicros);
      const expected = perSecond * 60;
      assert.ok(attempts >= expected * 0.9 && attempts <= expected * 1.1 + 1, `${perSecond}/s: ${attempts}`);
    }
});

test('attempts that were not made are made up for within two seconds, and no later', () => {
  assert.deepEqual(grantAttempts(second / 10, 0, minute, 100), { count: 21, nextAt: minute + second / 10 });
  assert.deepEqual(grantAttempts(second / 10, minute - second / 2, minute, 100).count, 6);
  assert.deepEqual(grantAttempts(10 * second, 0, minute, 100), { count: 1, nextAt: minute + 8 * second });
  assert.deepEqual(grantAttempts(10 * second, minute + 1, minute, 100), { count: 0, nextAt: minute + 1 });
});

test('a time that a lower rate, or a wrong clock, has left behind does not count', () => {
  assert.equal(grantAttempts(second / 100, minute + 9 * second, minute, 100).count, 1);
  assert.equal(grantAttempts(10 * second, minute + 9 * second, minute, 100).count, 0);
  assert.equal(grantAttempts(0, minute + 9 * second, minute, 100).count, 100);
});

test('an endpoint without restraints is open, and one that cannot be looked up tells nothing', () => {
  const active = { state: 'active', url: 'http://a', method: 'POST', secrets: [], confidential: [] } as const;
  const of = (endpoint: LookedUp['endpoint']) => gateOf(ref, endpoint);
  assert.equal(of(active), 'open');
  assert.equal(of({ ...active, delivery: { timeoutMs: 5 } }), 'open');
  assert.equal(of({ state: 'gone' }), 'open');
  assert.equal(of({ state: 'disabled' }), undefined);
  assert.equal(of({ state: 'unknown' }), undefined);
  const limited = of({ ...active, delivery: { rateLimit: 4 } });
  assert.ok(limited && limited !== 'open');
  assert.equal(limited.intervalMicros, second / 4);
  assert.equal(meets(undefined, limited), false);
  assert.equal(meets({ ...limited, intervalMicros: 7 }, limited), true);
  const ordered = of({ ...active, delivery: { ordered: true } });
  assert.ok(ordered && ordered !== 'open');
  assert.equal(meets(limited, ordered), false);
  assert.equal(meets({ ...limited, ordered: true }, ordered), true);
});
