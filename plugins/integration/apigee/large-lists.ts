import { rateLimited } from '../../../src/errors.ts';

/** Large lists that are read at once in a process. */
const atOnce = 2;
/** Large lists that wait, each with what it has read. They are read within seconds, before the time limit of reads. */
const mostWaiting = 6;
/** Large lists of one organization that are read or wait. */
const perOrganization = 4;
const retryAfterSeconds = 1;

export interface LargeLists {
  /**
   * Waits for a place, in the order of the calls, and resolves to the function that frees it. Throws `RATE_LIMITED` when four
   * lists of the organization are read or wait, or six lists wait.
   */
  enter(organization: string): Promise<() => void>;
}

/** Bounds the memory that large lists take, and the part of one organization in it. */
export function createLargeLists(): LargeLists {
  const counts = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let places = atOnce;

  function count(organization: string, change: 1 | -1): void {
    const counted = (counts.get(organization) ?? 0) + change;
    if (counted > 0) counts.set(organization, counted);
    else counts.delete(organization);
  }

  function leave(organization: string): void {
    count(organization, -1);
    const next = waiting.shift();
    if (next) next();
    else places += 1;
  }

  return {
    async enter(organization) {
      if ((counts.get(organization) ?? 0) >= perOrganization || waiting.length >= mostWaiting)
        throw rateLimited(retryAfterSeconds);
      count(organization, 1);
      if (places > 0) places -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return () => leave(organization);
    },
  };
}
