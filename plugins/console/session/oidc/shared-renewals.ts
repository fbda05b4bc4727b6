import { createHash } from 'node:crypto';
import type { OpenSession } from '../../../../src/plugin.ts';

type Renewal = Promise<OpenSession | undefined>;

const keptMs = 10_000;
const maxKept = 1000;

/**
 * Renewals by refresh token, for 10 s: tabs that renew at the same moment, and repetitions of a lost answer, share one, because
 * the token may work once.
 */
export function createSharedRenewals() {
  const renewals = new Map<string, Renewal>();
  return {
    run(token: string, renew: () => Renewal): Renewal {
      const key = keyOf(token);
      const known = renewals.get(key);
      if (known !== undefined) return known;
      const [oldest] = renewals.size >= maxKept ? renewals.keys() : [];
      if (oldest !== undefined) renewals.delete(oldest);
      const renewal = renew();
      renewals.set(key, renewal);
      renewal.then(
        () => setTimeout(() => renewals.delete(key), keptMs).unref(),
        () => renewals.delete(key),
      );
      return renewal;
    },
    forget: (token: string): void => void renewals.delete(keyOf(token)),
  };
}

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64');
