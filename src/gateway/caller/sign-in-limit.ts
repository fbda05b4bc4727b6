import type { RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../../errors.ts';
import { RateLimiterMemory } from '../../packages/rate-limiter.ts';
import { networkOf } from '../entry/client-address.ts';

const failuresAllowed = 20;
const windowSeconds = 60;

export interface SignInLimit {
  /** Rejects with `RATE_LIMITED` while the address has too many failures. */
  check(address: string): Promise<void>;
  /** Counts a failure. Rejects with `RATE_LIMITED` when parallel failures have exhausted the limit in the meantime. */
  fail(address: string): Promise<void>;
}

/** At most 20 failed sign-ins a minute from one IPv4 address or IPv6 /64, the usual allocation of one customer. */
export function createSignInLimit(): SignInLimit {
  const limiter = new RateLimiterMemory({ points: failuresAllowed, duration: windowSeconds });
  return {
    async check(address) {
      const state = await limiter.get(networkOf(address));
      if (state && state.consumedPoints >= failuresAllowed) throw tooMany(state);
    },
    async fail(address) {
      const state = await limiter.penalty(networkOf(address));
      if (state.consumedPoints > failuresAllowed) throw tooMany(state);
    },
  };
}

const tooMany = (state: RateLimiterRes): Error => rateLimited(Math.max(1, Math.ceil(state.msBeforeNext / 1000)));
