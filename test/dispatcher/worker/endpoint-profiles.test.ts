import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import { createEndpointProfiles } from '../../../src/dispatcher/worker/endpoint-profiles.ts';
import { EndpointScheduler } from '../../../src/dispatcher/worker/endpoint-scheduler.ts';

test('profiles that could not be stored are stored later', async () => {
  const scheduler = new EndpointScheduler({ concurrency: 10, perEndpoint: 4, perOrigin: 100 });
  const row = { id: 'a', organization: 'one', endpointKey: 1, endpoint: { kind: 'test', id: 'a' }, payload: '{}' };
  const claimed = {
    ...row,
    type: 'test',
    lookedUp: undefined,
    traceparent: undefined,
    leaseToken: 1,
    leaseUntil: 1,
    createdAt: 0,
    dueAt: 0,
  };
  scheduler.claimed([], new Map(), [{ ...claimed, attemptCount: 0, retries: 0, unknowns: 0 }], 0);
  scheduler.start((started) => scheduler.ended(started, true, 5));
  const away = { transaction: () => Promise.reject(new Error('away')) } as unknown as Database;
  const profiles = createEndpointProfiles({ database: away, scheduler, now: () => 0 });
  await assert.rejects(profiles.save(), { message: 'away' });
  assert.deepEqual(scheduler.states.takeChanged(10), [
    { key: 1, organization: 'one', standing: 'healthy', durationMs: 5 },
  ]);
});
