import { hash } from 'node:crypto';
import type { Clock, Principal } from '../../plugin.ts';

/** The principal of a verified token. */
export interface Verified {
  readonly principal: Principal;
  /** Time of the next verification, in microseconds of the clock; 0 once keys have changed. */
  until: number;
}

export interface TokenCache {
  get(token: string): Verified | undefined;
  /** Keeps the principal for 60 s, or until `expiresAt` (epoch seconds) if that is earlier. */
  set(token: string, principal: Principal, expiresAt: number): Verified;
  /** Invalidates every entry, including entries already handed out. */
  clear(): void;
}

const maxEntries = 10_000;
const keptMicros = 60 * 1_000_000;

/** Principals of recently verified tokens, keyed by a hash of the whole token: memory holds no credentials. */
export function createTokenCache(now: Clock): TokenCache {
  const entries = new Map<string, Verified>();
  const keyOf = (token: string): string => hash('sha256', token, 'base64');
  const forget = (key: string): void => {
    const entry = entries.get(key);
    if (entry) entry.until = 0;
    entries.delete(key);
  };
  return {
    get(token) {
      const key = keyOf(token);
      const entry = entries.get(key);
      if (entry && entry.until > now()) return entry;
      forget(key);
      return undefined;
    },
    set(token, principal, expiresAt) {
      const key = keyOf(token);
      // Two concurrent verifications of one token: drop the first entry, or `clear()` could not invalidate it.
      forget(key);
      if (entries.size >= maxEntries) forget(entries.keys().next().value as string);
      const entry = { principal, until: Math.min(expiresAt * 1_000_000, now() + keptMicros) };
      entries.set(key, entry);
      return entry;
    },
    clear: () => {
      for (const key of entries.keys()) forget(key);
    },
  };
}
