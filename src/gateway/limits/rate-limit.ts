import type { Clock } from '../../clock.ts';
import { rateLimited } from '../../errors.ts';
import type { Rest } from '../call/and-then.ts';
import type { Call } from '../call/target.ts';
import { createCallerKeys } from './caller-key.ts';
import { createLocalRateCounts } from './local-rate-counts.ts';
import { type RateCount, windowSeconds } from './rate-count.ts';
import type { SharedRateCounts } from './shared-rate-counts.ts';

export interface RateLimitParts {
  /** Calls a minute of one principal, over all targets together; 0: no limit. */
  perMinute: number;
  /** Number of processes; without shared counts each of them allows its share of the limit. */
  processes: number;
  now: Clock;
  shared?: SharedRateCounts | undefined;
}

/**
 * Limits the calls a minute of each principal: over all targets together, and per target where the target has its own
 * limit. Callers of public targets are counted by network. Throws or rejects with `RATE_LIMITED`. Returns undefined
 * where the decision needed no promise.
 */
export type LimitRate = (call: Call) => Rest;

/** The state of one limit after a call has been counted. */
interface Standing {
  readonly policy: 'default' | 'target';
  readonly limit: number;
  /** Remaining calls; negative when this call exceeds the limit. */
  readonly left: number;
  readonly seconds: number;
}

export function createRateLimit({ perMinute, processes, now, shared }: RateLimitParts): LimitRate {
  const countHere = createLocalRateCounts();
  const keyOf = createCallerKeys();

  // A copy, because later calls increment the local count before this result is read.
  const count = (key: string, at: number): Promise<RateCount> | RateCount =>
    shared?.add(key, at)?.then((known) => known ?? { ...countHere(key, at) }) ?? countHere(key, at);

  function judge(call: Call, at: number, general: RateCount | undefined, own: RateCount | undefined): void {
    const ofAll = general && standing('default', perMinute, general, at);
    const ofTarget = own && standing('target', call.match?.rateLimitPerMinute ?? 0, own, at);
    const shown = tighter(ofAll, ofTarget);
    if (!shown) return;
    announce(call, shown);
    if (shown.left < 0) throw rateLimited(shown.seconds);
  }

  function standing(policy: Standing['policy'], full: number, count: RateCount, at: number): Standing {
    const limit = count.isShared ? full : Math.max(1, Math.floor(full / processes));
    const seconds = Math.max(1, Math.ceil((count.resetsAt - at) / 1_000_000));
    return { policy, limit, left: limit - count.used, seconds };
  }

  return (call) => {
    const { principal, match } = call;
    const isLimited = principal !== undefined && perMinute > 0;
    const hasOwn = (match?.rateLimitPerMinute ?? 0) > 0;
    if (!isLimited && !hasOwn) return undefined;
    const key = keyOf(call);
    const at = now();
    const general = isLimited ? count(key, at) : undefined;
    const own = hasOwn ? count(`${call.target?.name} ${key}`, at) : undefined;
    if (general instanceof Promise || own instanceof Promise)
      return Promise.all([general, own]).then((counts) => judge(call, at, ...counts));
    judge(call, at, general, own);
    return undefined;
  };
}

/** The limit that runs out first; of two exhausted limits, the one with the longer wait. */
function tighter(one: Standing | undefined, other: Standing | undefined): Standing | undefined {
  if (!one || !other) return one ?? other;
  const difference = Math.max(-1, one.left) - Math.max(-1, other.left);
  return difference < 0 || (difference === 0 && one.seconds >= other.seconds) ? one : other;
}

/** The two header fields of the IETF draft, and the three of its earlier versions, which most clients support. */
function announce({ headers }: Call, { policy, limit, left, seconds }: Standing): void {
  const remaining = Math.max(0, left);
  headers.push('RateLimit-Policy', `"${policy}";q=${limit};w=${windowSeconds}`);
  headers.push('RateLimit', `"${policy}";r=${remaining};t=${seconds}`);
  headers.push('RateLimit-Limit', String(limit), 'RateLimit-Remaining', String(remaining));
  headers.push('RateLimit-Reset', String(seconds));
}
