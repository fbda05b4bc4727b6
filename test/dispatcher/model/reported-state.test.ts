import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Health, keptFailures, mergeHealth } from '../../../src/dispatcher/model/endpoint-health.ts';
import {
  failingAfterMicros,
  type Reported,
  reportedAfter,
  type StateChange,
} from '../../../src/dispatcher/model/reported-state.ts';

const start = 1_800_000_000_000_000;
const second = 1_000_000;
const nothing = { failingSince: 0, failures: 0, recent: [] };

/** An endpoint whose attempts are folded one at a time. Times in seconds since the start. */
function createEndpoint() {
  let health: Health | undefined;
  let reported: Reported = { state: 'ok', since: 0 };
  const changes: StateChange[] = [];
  const fold = (more: Health | undefined, at: number, endedAt = 0): void => {
    const before = health;
    health = mergeHealth(health, more, endedAt);
    if (!health) return;
    const { changes: found, ...next } = reportedAfter(reported, before, health, at);
    reported = next;
    changes.push(...found);
  };
  const common = { status: 0, error: '', host: '', countedFrom: 0 };
  return {
    changes,
    get reported() {
      return { ...reported, since: reported.since === 0 ? 0 : (reported.since - start) / second };
    },
    fail: (at: number) => {
      const time = start + at * second;
      fold({ ...common, attemptAt: time, deliveredAt: 0, failingSince: time, failures: 1, recent: [time] }, time);
    },
    deliver: (at: number, foldedAt = at) => {
      const time = start + at * second;
      fold({ ...common, attemptAt: time, deliveredAt: time, ...nothing }, start + foldedAt * second);
    },
    pass: (at: number) => fold(undefined, start + at * second),
    disable: () => {
      reported = { ...reported, state: 'disabled' };
    },
    enable: (at: number) => fold(undefined, start + at * second, start + at * second),
  };
}

const failingAfterS = failingAfterMicros / second;

test('an endpoint is failing five minutes after its first failure, also without a further attempt, and recovers once', () => {
  const endpoint = createEndpoint();
  endpoint.fail(1);
  endpoint.fail(60);
  endpoint.pass(failingAfterS);
  assert.deepEqual(endpoint.changes, []);
  endpoint.pass(1 + failingAfterS);
  assert.deepEqual(endpoint.reported, { state: 'failing', since: 1 });
  endpoint.fail(400);
  endpoint.deliver(500);
  endpoint.deliver(501);
  assert.deepEqual(endpoint.changes, ['failing', 'recovered']);
  assert.deepEqual(endpoint.reported, { state: 'ok', since: 0 });
});

test('ten failures in a row are enough, and a delivery between them is not', () => {
  const endpoint = createEndpoint();
  for (let at = 1; at < keptFailures; at += 1) endpoint.fail(at);
  endpoint.deliver(keptFailures - 0.5);
  for (let at = 0; at < keptFailures - 1; at += 1) endpoint.fail(20 + at);
  assert.deepEqual(endpoint.changes, []);
  endpoint.fail(40);
  assert.deepEqual(endpoint.changes, ['failing']);
  assert.equal(endpoint.reported.since, 20);
});

test('a delivery from before the failures does not end them when it is folded late', () => {
  const endpoint = createEndpoint();
  for (let at = 10; at < 10 + keptFailures; at += 1) endpoint.fail(at);
  endpoint.deliver(5, 60);
  assert.deepEqual(endpoint.changes, ['failing']);
});

test('after it was turned off and enabled again, an endpoint recovers with its first delivery', () => {
  const endpoint = createEndpoint();
  for (let at = 1; at <= keptFailures; at += 1) endpoint.fail(at);
  endpoint.disable();
  endpoint.deliver(20);
  endpoint.pass(1000);
  assert.deepEqual(endpoint.changes, ['failing'], 'an attempt in flight ends while it is off');
  endpoint.enable(2000);
  assert.equal(endpoint.reported.state, 'resumed');
  endpoint.deliver(1500, 2100);
  assert.deepEqual(endpoint.changes, ['failing']);
  endpoint.deliver(2001);
  assert.deepEqual(endpoint.changes, ['failing', 'recovered']);
});

test('an endpoint that fails again after it was enabled is reported again, since its new first failure', () => {
  const endpoint = createEndpoint();
  for (let at = 1; at <= keptFailures; at += 1) endpoint.fail(at);
  endpoint.disable();
  endpoint.deliver(20);
  endpoint.enable(2000);
  for (let at = 1; at <= keptFailures; at += 1) endpoint.fail(2000 + at);
  assert.deepEqual(endpoint.changes, ['failing', 'failing']);
  assert.deepEqual(endpoint.reported, { state: 'failing', since: 2001 });
  endpoint.pass(3000);
  assert.deepEqual(endpoint.changes, ['failing', 'failing']);
});
