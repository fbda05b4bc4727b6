import { hash } from 'node:crypto';
import type { Clock, Principal } from '../plugin.ts';

export interface TokenCache {
  get(token: string): Principal | undefined;
  /** Remembers for 60 s, or until `expiresAt` (epoch seconds) if that is earlier. */
  set(token: string, principal: Principal, expiresAt: number): void;
  clear(): void;
}

const maxEntries = 10_000;
const keptMicros = 60 * 1_000_000;

/** Who the tokens verified lately stand for. Keyed by a hash of the whole token, so that memory holds no credentials. */
export function createTokenCache(now: Clock): TokenCache {
  const entries = new Map<string, { principal: Principal; until: number }>();
  const keyOf = (token: string): string => hash('sha256', token, 'base64');
  return {
    get(token) {
      const key = keyOf(token);
      const entry = entries.get(key);
      if (entry && entry.until > now()) return entry.principal;
      entries.delete(key);
      return undefined;
    },
    set(token, principal, expiresAt) {
      if (entries.size >= maxEntries) entries.delete(entries.keys().next().value as string);
      entries.set(keyOf(token), { principal, until: Math.min(expiresAt * 1_000_000, now() + keptMicros) });
    },
    clear: () => entries.clear(),
  };
}
