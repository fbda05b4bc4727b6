import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock, Principal } from '../../plugin.ts';

/** The principal of a verified token. */
export interface Verified {
  readonly principal: Principal;
  /** Time of the next verification, in microseconds of the clock; 0 once keys have changed. */
  until: number;
}

export interface TokenCache {
  get(token: string): Verified | undefined;
  /** Keeps the principal for 60 s, or until `validUntil` (epoch seconds) if that is earlier. */
  set(token: string, principal: Principal, validUntil: number): Verified;
  /** Invalidates the entry of a token, also where it has been handed out. */
  delete(token: string): void;
  /** Invalidates every entry, including entries already handed out. */
  clear(): void;
}

const maxEntries = 10_000;
const keptMicros = 60 * 1_000_000;

/** Principals of the 10,000 tokens used last, keyed by a hash of the whole token: memory holds no credentials. */
export function createTokenCache(now: Clock): TokenCache {
  const entries = new LRUCache<string, Verified>({
    max: maxEntries,
    // Also of an entry that a concurrent verification replaces: `clear()` could not invalidate it.
    dispose: (entry) => {
      entry.until = 0;
    },
  });
  const keyOf = (token: string): string => hash('sha256', token, 'base64');
  return {
    get(token) {
      const key = keyOf(token);
      const entry = entries.get(key);
      if (entry && entry.until > now()) return entry;
      entries.delete(key);
      return undefined;
    },
    set(token, principal, validUntil) {
      const entry = { principal, until: Math.min(validUntil * 1_000_000, now() + keptMicros) };
      entries.set(keyOf(token), entry);
      return entry;
    },
    delete: (token) => void entries.delete(keyOf(token)),
    clear: () => entries.clear(),
  };
}
