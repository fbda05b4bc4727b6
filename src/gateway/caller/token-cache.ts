import { hash } from 'node:crypto';
import type { Clock, Principal } from '../../plugin.ts';

/** Whom a verified token stands for. */
export interface Verified {
  readonly principal: Principal;
  /** Until when nobody has to look again; microseconds. Earlier when keys change. */
  until: number;
}

export interface TokenCache {
  get(token: string): Verified | undefined;
  /** Remembers for 60 s, or until `expiresAt` (epoch seconds) if that is earlier. */
  set(token: string, principal: Principal, expiresAt: number): Verified;
  /** Ends what is remembered, and what has been handed out of it. */
  clear(): void;
}

const maxEntries = 10_000;
const keptMicros = 60 * 1_000_000;

/** Who the tokens verified lately stand for. Keyed by a hash of the whole token, so that memory holds no credentials. */
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
      // Verified twice at once: what is not in here any more could not be ended.
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
