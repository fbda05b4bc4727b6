import type { Outcome } from './outcome.ts';

export type Verdict = 'delivered' | 'retry' | 'failed' | 'cancelled' | 'repeat';

interface Rule {
  /** The situation, as in the table of `docs/delivery.md`. */
  readonly what: string;
  readonly applies: (outcome: Outcome) => boolean;
  readonly verdict: Verdict;
  readonly why: string;
}

const answeredIn =
  (from: number, to: number) =>
  (outcome: Outcome): boolean =>
    outcome.kind === 'answered' && outcome.status >= from && outcome.status <= to;

/**
 * The retry policy as one table, shared by the code, its tests and the documentation. The first matching row decides.
 * Source: the response codes of monetization webhooks (2xx success, 5xx three retries at intervals of five minutes, no
 * retry after any other response), where a timeout counts as a 5xx. Other failures to answer count as timeouts.
 */
export const policy: readonly Rule[] = [
  { what: 'answered 200–299', applies: answeredIn(200, 299), verdict: 'delivered', why: 'accepted by the endpoint' },
  { what: 'answered 500–599', applies: answeredIn(500, 599), verdict: 'retry', why: 'the endpoint failed' },
  {
    what: 'answered anything else (1xx, 3xx, 4xx, outside 100–599)',
    applies: ({ kind }) => kind === 'answered',
    verdict: 'failed',
    why: 'rejected by the endpoint',
  },
  {
    what: 'answered with invalid HTTP, or a head over 16 KiB',
    applies: ({ kind }) => kind === 'invalid',
    verdict: 'failed',
    why: 'invalid HTTP response',
  },
  {
    what: 'did not answer (connect or read timeout, refused, reset, closed, DNS or TLS failure)',
    applies: ({ kind }) => kind === 'silent',
    verdict: 'retry',
    why: 'the endpoint did not answer',
  },
  {
    what: 'address refused by the guard, or the request cannot be built',
    applies: ({ kind }) => kind === 'refused',
    verdict: 'failed',
    why: 'nothing was sent',
  },
  {
    what: 'endpoint deleted, or its webhook removed',
    applies: ({ kind }) => kind === 'gone',
    verdict: 'cancelled',
    why: 'the endpoint is gone',
  },
  {
    what: 'the process ended during the attempt',
    applies: ({ kind }) => kind === 'unknown',
    verdict: 'repeat',
    why: 'outcome unknown, the gateway process ended during the attempt',
  },
];

/** Seconds from the end of each failed attempt to the retry after it: as many retries as entries. */
export type RetrySchedule = readonly number[];

/** A longer wait is stored with the delivery: it would otherwise count as put off by a wrong clock. */
export const longWaitMicros = 300_000_000;

export interface Decision {
  state: 'delivered' | 'failed' | 'cancelled' | 'pending';
  /** Delay from the end of the attempt to the next one; 0 unless pending. */
  afterMicros: number;
  usesRetry: boolean;
  /** The decision in words, for the attempt log; at most 200 characters. */
  words: string;
}

/** Limit of attempts of unknown outcome: a delivery that reaches it has failed, as it may cause the crashes. */
export const maxUnknowns = 10;

/** After this many attempts of unknown outcome, a delivery counts as a suspect: it may cause the crashes. */
const suspectUnknowns = 2;

export const isSuspect = ({ unknowns }: { unknowns: number }): boolean => unknowns >= suspectUnknowns;

/** Decides how a delivery goes on after an attempt. Pure. `history` is the state before that attempt. */
export function decide(
  outcome: Outcome,
  history: { retries: number; unknowns: number },
  schedule: RetrySchedule,
): Decision {
  const rule = policy.find(({ applies }) => applies(outcome));
  if (!rule) throw new Error('no policy rule for the outcome');
  const settled = (state: 'delivered' | 'failed' | 'cancelled', words: string): Decision => ({
    state,
    afterMicros: 0,
    usesRetry: false,
    words,
  });
  const wait = schedule[history.retries];
  switch (rule.verdict) {
    case 'retry':
      if (wait === undefined) return settled('failed', `failed: ${rule.why}, no retries left`);
      return {
        state: 'pending',
        afterMicros: Math.round(wait * 1_000_000),
        usesRetry: true,
        words: `retry ${history.retries + 1} of ${schedule.length} in ${wait} s: ${rule.why}`,
      };
    case 'repeat':
      if (history.unknowns + 1 >= maxUnknowns)
        return settled('failed', `failed (crash_loop) after ${maxUnknowns} interrupted attempts: ${rule.why}`);
      return { state: 'pending', afterMicros: 0, usesRetry: false, words: `repeated: ${rule.why}` };
    default:
      return settled(rule.verdict, `${rule.verdict}: ${rule.why}`);
  }
}
