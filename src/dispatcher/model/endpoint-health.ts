import type { Result } from './delivery.ts';
import { errorOf } from './outcome-error.ts';
import { hostOf } from './result-host.ts';

/** An endpoint's last attempts. Times are microseconds; 0 stands for never. */
export interface Health {
  attemptAt: number;
  /** Of the last attempt; 0 without an answer. */
  status: number;
  /** Of the last attempt; empty without one. */
  error: string;
  /** Where the last attempt went, with a port that is not the scheme's; empty if nothing was sent. */
  host: string;
  deliveredAt: number;
  /** First failure since the last delivery. */
  failingSince: number;
  /** Failed attempts since the last delivery. */
  failures: number;
  /** Times of the last of these failures, ascending, `keptFailures` at most. */
  recent: readonly number[];
  /** Earlier failures do not count: the endpoint was deleted, or enabled again. */
  countedFrom: number;
}

/** Failures whose times are kept: as many in a row make an endpoint failing. */
export const keptFailures = 10;
const maxHostLength = 255;

type Failures = Pick<Health, 'failingSince' | 'failures' | 'recent'>;

const none: Failures = { failingSince: 0, failures: 0, recent: [] };

/**
 * The health after both; the order of merging makes no difference. Failures before a delivery are over, also if they are reported
 * after it. Of more than `keptFailures` failures with a delivery reported later among them, the kept ones alone are counted.
 */
export function mergeHealth(one: Health | undefined, other: Health | undefined, endedAt = 0): Health | undefined {
  const first = one ?? other;
  if (!first) return undefined;
  const second = one && other ? other : first;
  const last = second.attemptAt >= first.attemptAt ? second : first;
  const deliveredAt = Math.max(first.deliveredAt, second.deliveredAt);
  const countedFrom = Math.max(first.countedFrom, second.countedFrom, endedAt);
  const over = Math.max(deliveredAt, countedFrom);
  const failures = failuresAfter(first, over);
  return {
    attemptAt: last.attemptAt,
    status: last.status,
    error: last.error,
    host: last.host,
    deliveredAt,
    countedFrom,
    ...(first === second ? failures : addFailures(failures, failuresAfter(second, over))),
  };
}

function failuresAfter({ failingSince, failures, recent }: Health, over: number): Failures {
  if (failingSince === 0) return none;
  if (failingSince > over) return { failingSince, failures, recent };
  const after = recent.filter((time) => time > over);
  return after[0] === undefined ? none : { failingSince: after[0], failures: after.length, recent: after };
}

function addFailures(one: Failures, other: Failures): Failures {
  if (one.failures === 0) return other;
  if (other.failures === 0) return one;
  return {
    failingSince: Math.min(one.failingSince, other.failingSince),
    failures: one.failures + other.failures,
    recent: [...one.recent, ...other.recent].sort((a, b) => a - b).slice(-keptFailures),
  };
}

/** The health after one attempt. A failure that is quiet does not count. */
export function healthOf(result: Result): Health {
  const { endedAt, outcome, decision } = result;
  const isDelivered = decision.state === 'delivered';
  return {
    attemptAt: endedAt,
    status: outcome.kind === 'answered' ? outcome.status : 0,
    error: errorOf(outcome, decision) ?? '',
    host: hostOf(result).slice(0, maxHostLength),
    deliveredAt: isDelivered ? endedAt : 0,
    countedFrom: 0,
    ...(isDelivered || result.isQuiet ? none : { failingSince: endedAt, failures: 1, recent: [endedAt] }),
  };
}
