import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { ApiError } from '../../errors.ts';
import { createFailureLog } from '../../lifecycle/failure-log.ts';
import type { Logger } from '../../logger.ts';
import type { Result } from '../model/delivery.ts';
import { writeResults } from '../store/write-results.ts';
import { closeBatches } from './batch-claims.ts';

export interface ResultBuffer {
  add(result: Result): void;
  /** Results that are not written yet. */
  readonly pending: number;
  /** The database was away at the last try. */
  readonly isBehind: boolean;
  /** Resolves when everything added so far has been written or given up, whatever is added meanwhile. */
  caughtUp(): Promise<void>;
  /** Writes at once, and resolves when nothing is left: for the end, when nothing more comes. */
  flush(): Promise<void>;
  /** Gives up what is not written: its leases lapse. */
  close(): void;
}

const maxBatch = 400;
/** While attempts are in flight, results wait this long for others to be written with: many are nearly as soon as few. */
const gatherMs = 25;
/** Batches that are written at the same time: one is put together while the server is at the other. */
const maxWriters = 2;
const retryPauseMs = 200;

/**
 * Hands what came of attempts to the database, many at once. While that is away results are kept; there are never more than
 * were in flight, as nothing can be claimed meanwhile.
 */
export function createResultBuffer(parts: {
  database: Database;
  logger: Logger;
  now: () => number;
  /** Attempts that have not running. */
  inFlight: () => number;
  onWritten: (results: readonly Result[]) => void;
}): ResultBuffer {
  const { database, logger, now, inFlight } = parts;
  const failures = createFailureLog(logger, 'results could not be written yet');
  let queue: Result[] = [];
  /** Waiting or being written. */
  const open = new Set<Result>();
  let progress = Promise.withResolvers<void>();
  let batchSize = maxBatch;
  let isBehind = false;
  let isClosed = false;
  /** Somebody waits for all of it. */
  let isHurried = false;
  let stopGathering: () => void = () => undefined;
  let writers = 0;
  let tidying = Promise.resolve();
  const running = new Set<Promise<void>>();

  /** Nothing that comes soon is worth waiting for. */
  const isTime = (): boolean => isHurried || queue.length >= maxBatch || inFlight() === 0;

  function startWriter(): void {
    writers += 1;
    const writer = write().finally(() => running.delete(writer));
    running.add(writer);
  }

  async function write(): Promise<void> {
    while (queue.length > 0 && (writers === 1 || isTime())) {
      if (!isTime()) await gather();
      const batch = queue.splice(0, batchSize);
      if (batch.length > 0) await writeBatch(batch);
    }
    // Not in a `finally` of the promise: what was added before that ran would be waiting for nobody.
    writers -= 1;
  }

  async function gather(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      stopGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function writeBatch(batch: readonly Result[]): Promise<void> {
    try {
      const counted = await withDeadline(writeResults(database, batch, now()));
      failures.worked();
      close(batch);
      const written = batch.map(({ claimed }) => claimed);
      tidying = tidying.then(() => closeBatches(database, written));
      batchSize = maxBatch;
      isBehind = false;
      parts.onWritten(counted);
    } catch (error) {
      await afterFailure(batch, error);
    }
  }

  function close(results: Iterable<Result>): void {
    for (const result of results) open.delete(result);
    progress.resolve();
    progress = Promise.withResolvers();
  }

  async function afterFailure(batch: readonly Result[], error: unknown): Promise<void> {
    if (isClosed) return;
    failures.failed(error, { results: batch.length });
    isBehind = error instanceof ApiError;
    queue.unshift(...batch);
    if (!isBehind && batch.length > 1) {
      // One of them is at fault; the others shall not wait for it.
      batchSize = Math.ceil(batch.length / 2);
      return;
    }
    if (!isBehind) setAside();
    await sleep(retryPauseMs);
  }

  /** The first result goes to the end of the line, or, when its lease is over and the row is another's, nowhere. */
  function setAside(): void {
    const [first, ...others] = queue;
    if (!first) return;
    const isOver = first.claimed.leaseUntil <= now();
    if (isOver) logger.error('a result cannot be written and is given up', { delivery: first.claimed.id });
    if (isOver) close([first]);
    queue = isOver ? others : [...others, first];
  }

  async function flush(): Promise<void> {
    isHurried = true;
    stopGathering();
    if (queue.length > 0 && writers === 0) startWriter();
    while (running.size > 0) await Promise.all(running);
    await tidying;
    isHurried = false;
  }

  return {
    get pending() {
      return open.size;
    },
    get isBehind() {
      return isBehind && queue.length > 0;
    },
    add(result) {
      if (isClosed) return;
      queue.push(result);
      open.add(result);
      if (isTime()) stopGathering();
      if (writers === 0 || (writers < maxWriters && queue.length >= maxBatch)) startWriter();
    },
    async caughtUp() {
      const late = [...open];
      while (late.some((result) => open.has(result))) await progress.promise;
    },
    flush,
    close() {
      isClosed = true;
      queue = [];
      close(open);
    },
  };
}
