import { isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../errors.ts';

const failuresAllowed = 20;
const windowSeconds = 60;

export interface SignInLimit {
  /** Throws `RATE_LIMITED` while the address has too many failures behind it. */
  check(address: string): Promise<void>;
  fail(address: string): Promise<void>;
}

/** At most 20 failed sign-ins a minute from one address (for IPv6 from one /64, which is what one customer gets). */
export function createSignInLimit(): SignInLimit {
  const limiter = new RateLimiterMemory({ points: failuresAllowed, duration: windowSeconds });
  return {
    async check(address) {
      const state = await limiter.get(networkOf(address));
      if (state && state.consumedPoints >= failuresAllowed) throw tooMany(state);
    },
    async fail(address) {
      await limiter.penalty(networkOf(address));
    },
  };
}

const tooMany = (state: RateLimiterRes): Error => rateLimited(Math.max(1, Math.ceil(state.msBeforeNext / 1000)));

function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, 4).join(':');
}
