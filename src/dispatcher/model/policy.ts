import type { Outcome } from './outcome.ts';

export type Verdict = 'delivered' | 'retry' | 'failed' | 'cancelled' | 'repeat';

interface Rule {
  /** The row's name in `docs/delivery.md`. */
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
 * What an outcome means, as one table: the code, its tests and the documentation come from it. The first row that applies
 * decides. Source: the response codes of monetization webhooks (2xx success, 5xx three more tries at five minutes, any other
 * response none), where a time-out counts as a 5xx; the other ways of not answering are treated alike.
 */
export const policy: readonly Rule[] = [
  { what: 'answered 200–299', applies: answeredIn(200, 299), verdict: 'delivered', why: 'accepted by the endpoint' },
  { what: 'answered 500–599', applies: answeredIn(500, 599), verdict: 'retry', why: 'the endpoint failed' },
  {
    what: 'answered anything else (1xx, 3xx, 4xx, outside 100–599)',
    applies: ({ kind }) => kind === 'answered',
    verdict: 'failed',
    why: 'the endpoint refused it',
  },
  {
    what: 'answered with bytes that are not HTTP, or a head over 16 KiB',
    applies: ({ kind }) => kind === 'invalid',
    verdict: 'failed',
    why: 'the answer was not HTTP',
  },
  {
    what: 'did not answer (connect or read timeout, refused, reset, closed, DNS or TLS failure)',
    applies: ({ kind }) => kind === 'silent',
    verdict: 'retry',
    why: 'the endpoint did not answer',
  },
  {
    what: 'address refused by the guard, or a request that cannot be built',
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
    why: 'outcome unknown: the process that sent it ended',
  },
];

export interface PolicySettings {
  maxRetries: number;
  retryIntervalMicros: number;
}

export interface Decision {
  state: 'delivered' | 'failed' | 'cancelled' | 'pending';
  /** Set when pending: how long after the attempt's end the next one is due. */
  afterMicros: number;
  usesRetry: boolean;
  /** For the attempt log. */
  words: string;
}

/** How many attempts of one delivery may end with their process before it is given up: it may be what ends them. */
export const maxUnknowns = 10;

/** What to do after an attempt. Pure: the same input always gives the same decision. */
export function decide(
  outcome: Outcome,
  history: { retries: number; unknowns: number },
  { maxRetries, retryIntervalMicros }: PolicySettings,
): Decision {
  const rule = policy.find(({ applies }) => applies(outcome));
  if (!rule) throw new Error('an outcome that no rule covers');
  const settled = (state: 'delivered' | 'failed' | 'cancelled', words: string): Decision => ({
    state,
    afterMicros: 0,
    usesRetry: false,
    words,
  });
  switch (rule.verdict) {
    case 'retry':
      if (history.retries >= maxRetries) return settled('failed', `failed: ${rule.why}, and no retry is left`);
      return {
        state: 'pending',
        afterMicros: retryIntervalMicros,
        usesRetry: true,
        words: `retry ${history.retries + 1} of ${maxRetries} in ${retryIntervalMicros / 1_000_000} s: ${rule.why}`,
      };
    case 'repeat':
      if (history.unknowns + 1 >= maxUnknowns)
        return settled('failed', `failed (crash_loop): ${rule.why} ${maxUnknowns} times`);
      return { state: 'pending', afterMicros: 0, usesRetry: false, words: `repeated: ${rule.why}` };
    default:
      return settled(rule.verdict, `${rule.verdict}: ${rule.why}`);
  }
}
