import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Case } from '../chaos/case.ts';
import { runChaos } from '../chaos/chaos.ts';
import type { AttemptRecord, DeliveryRecord } from '../chaos/final-state.ts';
import { createHistory } from '../chaos/history.ts';
import { judge } from '../chaos/judge.ts';
import { createPlan } from '../chaos/plan.ts';
import type { Arrival } from '../chaos/receiver.ts';

const startedAt = Date.parse('2026-01-01T00:00:00Z');

const options = { seed: 11, seconds: 5, engine: 'sqlite', processes: 1, withoutFencing: false } as const;

test('a short run on the embedded database has no violation', async () => {
  const { violations, summary } = await runChaos(options);
  assert.deepEqual(violations, [], summary);
});

test('equal seeds give equal plans', () => {
  assert.deepEqual(createPlan(options), createPlan(options));
  assert.notDeepEqual(createPlan(options), createPlan({ ...options, seed: 12 }));
});

const record = (number: number, status: number | null, error: string | null = null): AttemptRecord => ({
  number,
  started_at: new Date(startedAt + number * 1000).toISOString(),
  duration_ms: 5,
  status,
  error,
  decision: '',
});

const arrival = (attempt: number, answer: number | undefined): Arrival => ({
  delivery: 'd',
  attempt,
  path: '/',
  at: startedAt + attempt * 1000,
  event: 'e',
  key: 1,
  hash: 'h',
  timestamp: '0',
  signature: '',
  content: Buffer.from('{}'),
  answer,
  endedAt: startedAt + attempt * 1000 + 5,
});

const delivery = (status: string, ...attempts: AttemptRecord[]): DeliveryRecord => ({
  id: 'd',
  endpoint: { id: 'x' },
  status,
  attempt_count: attempts.length,
  created_at: new Date(startedAt).toISOString(),
  payload: { id: 'e', data: { key: 1 } },
  attempts,
});

/** Violations in a history of one accepted event. */
function violations({ delivery: found, arrivals, changes }: Partial<Case>, accepted: number | undefined = 202): string {
  const history = createHistory();
  history.events.push({ key: 1, to: 'x', status: accepted, deliveries: accepted === 202 ? ['d'] : [] });
  history.changes.push(...(changes ?? []));
  const deliveries = new Map(found ? [['d', found]] : []);
  return judge({ history, arrivals: arrivals ?? [], final: { deliveries, problems: [] } }).join('\n');
}

describe('the judgement of a run', () => {
  const fine = {
    delivery: delivery('delivered', record(1, 503), record(2, 200)),
    arrivals: [arrival(1, 503), arrival(2, 200)],
  };

  test('accepts a retry that succeeds', () => assert.equal(violations(fine), ''));

  const broken: Record<string, [Partial<Case>, RegExp, number?]> = {
    'a lost delivery': [{}, /is lost/],
    'a refused event that was sent': [fine, /sent all the same/, 400],
    'an open delivery': [{ delivery: delivery('pending') }, /still pending/],
    'a repeat after success': [
      { delivery: delivery('delivered', record(1, 200), record(2, 200)), arrivals: [arrival(1, 200), arrival(2, 200)] },
      /which was final/,
    ],
    'one attempt sent twice': [{ ...fine, arrivals: [...fine.arrivals, arrival(2, 200)] }, /sent twice/],
    'an attempt without a record': [{ ...fine, arrivals: [...fine.arrivals, arrival(3, 200)] }, /is not recorded/],
    'a success that the receiver did not answer': [
      { ...fine, arrivals: [arrival(1, 503), arrival(2, undefined)] },
      /the receiver answered nothing/,
    ],
    'a failure with retries left': [
      { delivery: delivery('failed', record(1, 503)), arrivals: [arrival(1, 503)] },
      /failed too early/,
    ],
    'an unknown outcome without a fault': [
      { ...fine, delivery: delivery('delivered', record(1, null, 'outcome_unknown'), record(2, 200)) },
      /no fault explains it/,
    ],
    'attempts that overlap': [
      { ...fine, arrivals: [{ ...arrival(1, 503), endedAt: startedAt + 2500 }, arrival(2, 200)] },
      /before attempt 1 was answered/,
    ],
    'attempts of different content': [
      { ...fine, arrivals: [arrival(1, 503), { ...arrival(2, 200), hash: 'other' }] },
      /differ in content/,
    ],
    'an attempt after a cancellation': [
      { ...fine, changes: [{ kind: 'cancel', id: 'd', from: startedAt, status: 200, attempts: 1 }] },
      /and sent again/,
    ],
    'a cancellation without a call': [{ delivery: delivery('cancelled') }, /without a call/],
  };
  for (const [name, [known, problem, accepted]] of Object.entries(broken))
    test(`finds ${name}`, () => assert.match(violations(known, accepted), problem));
});
