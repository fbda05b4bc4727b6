import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import { type AttemptTimes, attemptMicrosOf } from '../model/attempt-times.ts';
import type { Claimed, Result } from '../model/delivery.ts';
import type { LookedUp } from '../model/endpoint.ts';
import type { Attempts } from '../sending/attempt.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { createEndpointQueue, releaseHeld } from '../store/endpoint-queue.ts';
import type { EndpointScheduler } from './endpoint-scheduler.ts';
import type { LeaseReturns } from './lease-returns.ts';
import { createStarts } from './starts.ts';

export interface AttemptRuns {
  /** Starts an attempt for each waiting row that has a slot. */
  startWaiting(): void;
  /** Starts the attempt of a row that has a slot. */
  start(row: Claimed): void;
  /** Counts work on rows that are not in flight yet: `idle` waits for it. */
  track<T>(work: Promise<T>): Promise<T>;
  /** No attempt starts from now on. */
  stop(): void;
  readonly isStopping: boolean;
  /** Resolves when no attempt is in flight. */
  idle(): Promise<void>;
}

export interface AttemptRunsParts {
  database: Database;
  now: () => number;
  logger: Logger;
  attempts: Attempts;
  lookup: EndpointLookup;
  scheduler: EndpointScheduler;
  returns: LeaseReturns;
  settings: AttemptTimes;
  onResult: (result: Result) => void;
  /** Called once a turn of the event loop after attempts have ended and their slots are free. */
  onEnded: () => void;
}

/**
 * Maximum age of a look-up at the attempt. An older one is repeated, so that a new address or a removal
 * counts at once.
 */
const freshMs = 250;
/** Delay of an attempt whose endpoint cannot be looked up at present. */
export const postponeMicros = 30_000_000;
/** Part of an attempt's longest duration that is reserved for our own work after the response. */
const ownWorkMicros = 1_000_000;
const neededMicros: typeof attemptMicrosOf = (...parts) => attemptMicrosOf(...parts) - ownWorkMicros;

/**
 * Runs the attempts of one process: each takes a waiting row from the scheduler and ends as a result or
 * as a returned lease.
 */
export function createAttemptRuns(parts: AttemptRunsParts): AttemptRuns {
  const { now, logger, attempts, lookup, scheduler, returns, settings, onResult, onEnded } = parts;
  const holds = createHolds(parts);
  const starts = createStarts(parts.database);
  let open = 0;
  let allEnded: () => void = () => undefined;
  let isStopping = false;
  let isStartPlanned = false;

  function startWaiting(): void {
    if (isStopping) return;
    scheduler.start(start);
  }

  const start = (row: Claimed): void => void track(run(row));

  async function track<T>(work: Promise<T>): Promise<T> {
    open += 1;
    try {
      return await work;
    } finally {
      open -= 1;
      if (open === 0) allEnded();
    }
  }

  /**
   * One pass for all attempts that end in one turn of the event loop: a pass visits every endpoint with waiting rows.
   */
  function startWaitingSoon(): void {
    if (isStartPlanned) return;
    isStartPlanned = true;
    setImmediate(() => {
      isStartPlanned = false;
      startWaiting();
      onEnded();
    });
  }

  /** Never rejects. */
  async function run(claimed: Claimed): Promise<void> {
    try {
      await attempt(claimed);
    } catch (error) {
      if (!isOutage(error)) logger.warn('attempt postponed', { delivery: claimed.id, ...describeError(error) });
      scheduler.skipped(claimed);
      // An unreachable database slows down the next claims by itself; any other failure needs a delay.
      returns.add([claimed], isOutage(error) ? undefined : now() + postponeMicros);
    } finally {
      startWaitingSoon();
      if (returns.pending > 0) {
        await returns.giveBack();
        // Returned rows may be due at once.
        startWaitingSoon();
      }
    }
  }

  async function attempt(claimed: Claimed): Promise<void> {
    const known = freshLookUp(claimed);
    const { endpoint, address } = known ?? (await lookup.findOne(claimed.endpoint));
    const isLongEnough = (): boolean => claimed.leaseUntil - now() >= neededMicros(endpoint, settings);
    if (!known && !scheduler.gates.admits(claimed, { endpoint }, now()))
      returns.add([claimed, ...scheduler.withdraw(isOf(claimed))]);
    else if (endpoint.state === 'unknown') returns.add([claimed], now() + postponeMicros);
    else if (endpoint.state === 'disabled') await holds.holdBack(claimed);
    else if (isLongEnough() && (await starts.begin(claimed)) && isLongEnough()) {
      const startedAt = performance.now();
      return ended(await attempts.make(claimed, endpoint, { address, time: now() }), startedAt);
    }
    // The lease is too short, another process has taken it over, or another transaction has locked the row.
    else returns.add([claimed]);
    scheduler.skipped(claimed);
  }

  /** Never throws: the slot would be freed twice. */
  function ended(result: Result, startedAt: number): void {
    const { claimed, outcome } = result;
    scheduler.ended(claimed, outcome.kind === 'answered' && outcome.status < 500, performance.now() - startedAt);
    onResult(result);
  }

  return {
    startWaiting,
    start,
    track,
    stop: () => {
      isStopping = true;
    },
    get isStopping() {
      return isStopping;
    },
    idle: async () => {
      while (open > 0)
        await new Promise<void>((resolve) => {
          allEnded = resolve;
        });
    },
  };
}

const freshLookUp = ({ lookedUp }: Claimed): LookedUp | undefined =>
  lookedUp && performance.now() - lookedUp.at <= freshMs ? lookedUp : undefined;

/** Whether a row is of the same endpoint. */
const isOf =
  ({ endpoint: { kind, id } }: Claimed) =>
  ({ endpoint }: Claimed): boolean =>
    endpoint.kind === kind && endpoint.id === id;

/** Holds the queued rows of endpoints that turn out to be disabled at the attempt. */
function createHolds({ database, now, lookup, scheduler, returns }: AttemptRunsParts) {
  const hold = ({ endpoint }: Claimed): Promise<void> =>
    withDeadline(database.transaction((trx) => createEndpointQueue(trx, database).hold(endpoint)));

  async function release({ endpointKey, endpoint }: Claimed): Promise<void> {
    const time = now();
    await releaseHeld(database, endpoint, time);
    scheduler.hint(endpointKey, time, time);
  }

  return {
    /** Gives back the leases of all waiting rows of this endpoint and holds its rows. */
    async holdBack(claimed: Claimed): Promise<void> {
      const others = scheduler.withdraw(isOf(claimed));
      returns.add([claimed, ...others]);
      await hold(claimed);
      await returns.giveBack();
      // The endpoint may have been enabled and released since the look-up: these rows would stay held.
      const { endpoint } = await lookup.findOne(claimed.endpoint);
      if (endpoint.state !== 'disabled') await release(claimed);
    },
  };
}
