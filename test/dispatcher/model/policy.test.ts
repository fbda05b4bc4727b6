import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Outcome } from '../../../src/dispatcher/model/outcome.ts';
import { type Decision, decide, maxUnknowns, policy, type Verdict } from '../../../src/dispatcher/model/policy.ts';

const schedule = [300, 300, 300];
const fresh = { retries: 0, unknowns: 0 };

const answered = (status: number): Outcome => ({ kind: 'answered', status, headers: {}, body: '', truncated: false });

/** All outcomes, with every status below 1000. */
const outcomes: readonly Outcome[] = [
  ...Array.from({ length: 1000 }, (_, status) => answered(status)),
  ...(
    ['connect_timeout', 'read_timeout', 'connection_refused', 'connection_lost', 'dns_failure', 'tls_failure'] as const
  ).map((error) => ({ kind: 'silent', error }) as const),
  ...(['invalid_answer', 'head_too_large'] as const).map((error) => ({ kind: 'invalid', error }) as const),
  ...(['address_refused', 'request_not_buildable'] as const).map(
    (error) => ({ kind: 'refused', error, detail: '' }) as const,
  ),
  { kind: 'gone' },
  { kind: 'unknown' },
];

const verdictOf = (outcome: Outcome): Verdict | undefined => policy.find(({ applies }) => applies(outcome))?.verdict;

describe('the policy', () => {
  test('every outcome has a row in the table, and every row an outcome', () => {
    const used = new Set(outcomes.map((outcome) => policy.find(({ applies }) => applies(outcome))));
    assert.ok(!used.has(undefined));
    assert.equal(used.size, policy.length);
  });

  test('the verdicts are those of the documentation', () => {
    for (let status = 0; status < 1000; status += 1) {
      const hundred = Math.floor(status / 100);
      const expected = hundred === 2 ? 'delivered' : hundred === 5 ? 'retry' : 'failed';
      assert.equal(verdictOf(answered(status)), expected, String(status));
    }
    const others = Map.groupBy(outcomes.slice(1000), verdictOf);
    assert.deepEqual(
      [...others].map(([verdict, { length }]) => [verdict, length]),
      [
        ['retry', 6],
        ['failed', 4],
        ['cancelled', 1],
        ['repeat', 1],
      ],
    );
  });

  const check: Record<Verdict, (first: Decision, last: Decision) => void> = {
    delivered: (first) => assert.deepEqual([first.state, first.usesRetry], ['delivered', false]),
    failed: (first) => assert.deepEqual([first.state, first.usesRetry], ['failed', false]),
    cancelled: (first) => assert.deepEqual([first.state, first.usesRetry], ['cancelled', false]),
    retry: (first, last) => {
      assert.deepEqual([first.state, first.afterMicros, first.usesRetry], ['pending', 300_000_000, true]);
      assert.match(first.words, /^retry 1 of 3 in 300 s: /);
      assert.deepEqual([last.state, last.usesRetry], ['failed', false]);
      assert.match(last.words, /no retries left/);
    },
    repeat: (first, last) => {
      assert.deepEqual([first.state, first.afterMicros, first.usesRetry], ['pending', 0, false]);
      assert.equal(last.state, 'failed');
      assert.match(last.words, /crash_loop/);
    },
  };

  for (const { what, applies, verdict } of policy) {
    test(`the row "${what}" leads to ${verdict}`, () => {
      for (const outcome of outcomes.filter((each) => policy.find((rule) => rule.applies(each))?.applies === applies)) {
        const last = decide(outcome, { retries: 3, unknowns: maxUnknowns - 1 }, schedule);
        check[verdict](decide(outcome, fresh, schedule), last);
      }
    });
  }

  test('three retries make four attempts, and attempts of unknown outcome do not count', () => {
    const states = [0, 1, 2, 3, 4].map((retries) => decide(answered(503), { retries, unknowns: 9 }, schedule).state);
    assert.deepEqual(states, ['pending', 'pending', 'pending', 'failed', 'failed']);
    const unknown = Array.from({ length: maxUnknowns }, (_, unknowns) =>
      decide({ kind: 'unknown' }, { retries: 3, unknowns }, schedule),
    );
    assert.deepEqual(
      unknown.map(({ state }) => state),
      [...Array<string>(maxUnknowns - 1).fill('pending'), 'failed'],
    );
  });

  test('an empty schedule makes a single attempt', () => {
    assert.equal(decide(answered(500), fresh, []).state, 'failed');
  });

  test('each retry waits as long as its entry of the schedule says', () => {
    const own = [30, 0.5, 604_800];
    const decisions = [0, 1, 2, 3].map((retries) => decide(answered(503), { retries, unknowns: 0 }, own));
    assert.deepEqual(
      decisions.map(({ afterMicros }) => afterMicros),
      [30_000_000, 500_000, 604_800_000_000, 0],
    );
    assert.deepEqual(
      decisions.map(({ words }) => words),
      [
        'retry 1 of 3 in 30 s: the endpoint failed',
        'retry 2 of 3 in 0.5 s: the endpoint failed',
        'retry 3 of 3 in 604800 s: the endpoint failed',
        'failed: the endpoint failed, no retries left',
      ],
    );
  });

  test('a schedule that is shorter than the retries so far leaves none', () => {
    assert.equal(decide(answered(503), { retries: 2, unknowns: 0 }, [60]).state, 'failed');
  });

  test('the words of every decision fit into the log', () => {
    const extremes = Array<number>(1000).fill(2_147_483.647);
    for (const outcome of outcomes) {
      for (const retries of [0, 999, 1000]) {
        assert.ok(decide(outcome, { retries, unknowns: retries }, extremes).words.length <= 200);
      }
    }
  });
});
