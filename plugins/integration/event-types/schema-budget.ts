import { LRUCache } from 'lru-cache';
import { rateLimited } from '../../../src/errors.ts';

/** Time that an organization's schemas may block the process at once, and for each second that passes. */
const burstMs = 5000;
const perSecondMs = 250;
const keptOrganizations = 10_000;

interface Spent {
  milliseconds: number;
  at: number;
}

export type SchemaBudget = ReturnType<typeof createSchemaBudget>;

/**
 * Limits the time for which the schemas of one organization block the process: compiling and applying them is synchronous, and an
 * organization with many costly ones would otherwise take all of it. `now` in milliseconds, monotonic.
 */
export function createSchemaBudget(now: () => number = () => performance.now()) {
  const organizations = new LRUCache<string, Spent>({ max: keptOrganizations });

  function spentBy(organization: string, time: number): number {
    const spent = organizations.get(organization);
    return spent ? Math.max(0, spent.milliseconds - ((time - spent.at) / 1000) * perSecondMs) : 0;
  }

  return {
    /** Runs synchronous work at the expense of an organization. Throws `RATE_LIMITED` when it has spent its time. */
    spend<T>(organization: string, work: () => T): T {
      const start = now();
      const spent = spentBy(organization, start);
      if (spent >= burstMs) throw rateLimited(Math.ceil((spent - burstMs) / perSecondMs) + 1);
      try {
        return work();
      } finally {
        const end = now();
        organizations.set(organization, { milliseconds: spent + end - start, at: end });
      }
    },
  };
}
