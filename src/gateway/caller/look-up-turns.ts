import { databaseUnavailable, rateLimited } from '../../errors.ts';
import type { Call } from '../call/target.ts';
import { LookUpQueue, type Waiting } from './look-up-queue.ts';

export interface LookUpBounds {
  /** Look-ups at work of one network. */
  readonly perNetwork: number;
  /** Look-ups at work of all networks. */
  readonly together: number;
  /** Look-ups that wait for a turn. */
  readonly waiting: number;
  /** Milliseconds that a look-up waits at most. */
  readonly waitMs: number;
}

export interface LookUpOrigin extends Pick<Waiting, 'network' | 'party'> {
  readonly call: Pick<Call, 'onClosed'>;
}

export interface LookUpTurns {
  /** Rejects with `RATE_LIMITED` when too many wait, and with `DATABASE_UNAVAILABLE` when the wait is too long. */
  run<T>(origin: LookUpOrigin, lookUp: () => T | Promise<T>): Promise<T>;
}

const retryAfterSeconds = 1;

/**
 * Lets a bounded number of look-ups work at once; the others wait. When too many wait, the longest queue loses one, so
 * that a flood crowds out itself.
 */
export function createLookUpTurns(bounds: LookUpBounds): LookUpTurns {
  const queue = new LookUpQueue();
  const atWork = new Map<string, number>();
  let together = 0;

  const countOf = (network: string): number => atWork.get(network) ?? 0;
  const mayStart = (network: string): boolean => together < bounds.together && countOf(network) < bounds.perNetwork;

  function begin(network: string): void {
    together += 1;
    atWork.set(network, countOf(network) + 1);
  }

  function end(network: string): void {
    together -= 1;
    const left = countOf(network) - 1;
    if (left > 0) atWork.set(network, left);
    else atWork.delete(network);
    for (let next = queue.take(mayStart); next; next = queue.take(mayStart)) next.start();
  }

  function add(one: Waiting): void {
    if (queue.length < bounds.waiting) {
      queue.add(one);
      return;
    }
    const other = queue.takeLongest(one);
    if (other) queue.add(one);
    (other ?? one).refuse(rateLimited(retryAfterSeconds));
  }

  /** Resolves when it is the turn of a look-up, which has begun by then. */
  function turn({ network, party, call }: LookUpOrigin): Promise<void> {
    return new Promise((resolve, reject) => {
      const drop = (): void => {
        if (queue.delete(one)) one.refuse(databaseUnavailable('credentials waited too long'));
      };
      const timer = setTimeout(drop, bounds.waitMs);
      const one: Waiting = {
        network,
        party,
        start: () => {
          clearTimeout(timer);
          begin(network);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      add(one);
      // A client that has left needs no look-up.
      call.onClosed(drop);
    });
  }

  return {
    async run(origin, lookUp) {
      const { network } = origin;
      if (mayStart(network) && !queue.has(network)) begin(network);
      else await turn(origin);
      try {
        return await lookUp();
      } finally {
        end(network);
      }
    },
  };
}
