import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type ApiError, isApiError, rateLimited } from '../../errors.ts';
import type { Clock } from '../../plugin.ts';
import type { SignInLimit } from '../call/sign-in-limit.ts';
import { networkOf } from '../entry/client-address.ts';
import { createLookUpTurns } from './look-up-turns.ts';

const failuresAllowed = 20;
const windowMicros = 60 * 1_000_000;
const maxEntries = 10_000;
/** Look-ups that wait; one for each of half the connections that a process accepts. */
const maxWaiting = 10_000;
const longestWaitMs = 5000;

/**
 * Every attempt to sign in is looked up, so that right credentials pass after any failures from the same address:
 * their secrets are too long to be guessed. Wrong ones are refused with `RATE_LIMITED` after 20 failures a minute of one
 * user name from one IPv4 address or IPv6 /64, the usual allocation of one customer. Look-ups take turns: one network has
 * half of the callers' `connections` to the database at most, all together leave a quarter to other work.
 */
export function createSignInLimit(parts: { now: Clock; connections: number }): SignInLimit {
  const { now, connections } = parts;
  const turns = createLookUpTurns({
    perNetwork: Math.max(1, Math.floor(connections / 2)),
    together: Math.max(1, connections - Math.max(1, Math.floor(connections / 4))),
    waiting: maxWaiting,
    waitMs: longestWaitMs,
  });
  // Hashed: memory holds no names, and names of any length take the same room.
  const failures = new LRUCache<string, { count: number; until: number }>({ max: maxEntries });

  function afterFailure(key: string, refusal: ApiError): ApiError {
    const known = failures.get(key);
    const isCurrent = known !== undefined && known.until > now() && known.until <= now() + windowMicros;
    const state = isCurrent ? known : { count: 0, until: now() + windowMicros };
    state.count += 1;
    failures.set(key, state);
    return state.count > failuresAllowed ? rateLimited(Math.ceil((state.until - now()) / 1_000_000)) : refusal;
  }

  return {
    async run(call, userName, lookUp) {
      const network = networkOf(call.clientAddress);
      const key = hash('sha256', JSON.stringify([network, userName.toLowerCase()]), 'base64');
      try {
        return await turns.run({ network, party: key, call }, lookUp);
      } catch (error) {
        throw isApiError(error) && error.status === 401 ? afterFailure(key, error) : error;
      }
    },
  };
}
