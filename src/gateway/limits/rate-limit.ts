import { hash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { rateLimited } from '../../errors.ts';
import type { Principal } from '../../plugin.ts';
import type { Rest } from '../call/and-then.ts';
import type { Call } from '../call/target.ts';
import { networkOf } from '../entry/client-address.ts';
import { createLocalRateCounts } from './local-rate-counts.ts';
import { type RateCount, windowSeconds } from './rate-count.ts';
import type { SharedRateCounts } from './shared-rate-counts.ts';

export interface RateLimitParts {
  /** Calls of one principal to all targets together; 0 is no limit. */
  perMinute: number;
  /** Where nothing is shared, each of so many processes allows its part. */
  processes: number;
  now: Clock;
  shared?: SharedRateCounts | undefined;
}

/**
 * Lets each principal make so many calls a minute: to all targets together, and to a target that has a limit of its own. Callers of
 * public targets are told apart by their network. Throws or rejects with `RATE_LIMITED`. Gives back nothing to wait for where
 * the answer is at hand.
 */
export type LimitRate = (call: Call) => Rest;

/** What one limit says of a call. */
interface Standing {
  readonly policy: 'default' | 'target';
  readonly limit: number;
  /** Calls that are left; negative when this one is too many. */
  readonly left: number;
  readonly seconds: number;
}

export function createRateLimit({ perMinute, processes, now, shared }: RateLimitParts): LimitRate {
  const countHere = createLocalRateCounts();
  const keyOf = createPrincipalKeys();

  // What is looked at later must not have been counted up by other calls in the meantime.
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
    const key = principal ? keyOf(principal) : networkOf(call.clientAddress);
    const at = now();
    const general = isLimited ? count(key, at) : undefined;
    const own = hasOwn ? count(`${call.target?.name} ${key}`, at) : undefined;
    if (general instanceof Promise || own instanceof Promise)
      return Promise.all([general, own]).then((counts) => judge(call, at, ...counts));
    judge(call, at, general, own);
    return undefined;
  };
}

/** The one that the caller meets first; of two that it has met, the one that it has to wait for longer. */
function tighter(one: Standing | undefined, other: Standing | undefined): Standing | undefined {
  if (!one || !other) return one ?? other;
  const difference = Math.max(-1, one.left) - Math.max(-1, other.left);
  return difference < 0 || (difference === 0 && one.seconds >= other.seconds) ? one : other;
}

/** The two fields of the IETF's draft, and the three of its earlier versions, which most clients know. */
function announce({ headers }: Call, { policy, limit, left, seconds }: Standing): void {
  const remaining = Math.max(0, left);
  headers.push('RateLimit-Policy', `"${policy}";q=${limit};w=${windowSeconds}`);
  headers.push('RateLimit', `"${policy}";r=${remaining};t=${seconds}`);
  headers.push('RateLimit-Limit', String(limit), 'RateLimit-Remaining', String(remaining));
  headers.push('RateLimit-Reset', String(seconds));
}

/**
 * Principals by issuer and subject, whatever they call themselves in no more than 43 characters, so that neither memory nor Redis
 * holds names. Worked out once for a principal, which lives as long as its token is remembered.
 */
function createPrincipalKeys(): (principal: Principal) => string {
  const known = new WeakMap<Principal, string>();
  return (principal) => {
    let key = known.get(principal);
    if (key === undefined) {
      key = hash('sha256', JSON.stringify([principal.issuer, principal.subject]), 'base64url');
      known.set(principal, key);
    }
    return key;
  };
}
