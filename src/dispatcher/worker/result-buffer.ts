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
  /** Number of results that are not stored yet. */
  readonly pending: number;
  /** Whether results are waiting because the database was unreachable at the last try. */
  readonly isBehind: boolean;
  /** Resolves when all results added so far are stored or dropped; results added later do not count. */
  caughtUp(): Promise<void>;
  /** Stores all results without delay and resolves when none is left. For shutdown, when no more are added. */
  flush(): Promise<void>;
  /** Drops the results that are not stored; their leases lapse. */
  close(): void;
}

/** Maximum number of results per transaction. */
const maxBatch = 400;
/**
 * While attempts are in flight, results wait this long for others: a large write takes little longer than a small one.
 */
const gatherMs = 25;
/** Concurrent writes: the next one is built while the server runs the other. */
const maxWriters = 2;
const retryPauseMs = 200;

/**
 * Stores the results of attempts, many per transaction. While the database is unreachable they are kept in memory: at
 * most as many as were in flight, because without the database no more rows are claimed.
 */
export function createResultBuffer(parts: {
  database: Database;
  logger: Logger;
  now: () => number;
  /** Number of attempts in flight. */
  inFlight: () => number;
  onWritten: (results: readonly Result[]) => void;
}): ResultBuffer {
  const { database, logger, now, inFlight } = parts;
  const failures = createFailureLog(logger, 'storing results failed, retrying');
  let queue: Result[] = [];
  const open = createOpenResults();
  const gathering = createGathering();
  let batchSize = maxBatch;
  let isBehind = false;
  let isClosed = false;
  /** Set while `flush` waits for all results. */
  let isHurried = false;
  let writers = 0;
  let tidying = Promise.resolve();
  const running = new Set<Promise<void>>();

  /** True when there is no point in waiting for further results. */
  const isTime = (): boolean => isHurried || queue.length >= maxBatch || inFlight() === 0;

  function startWriter(): void {
    writers += 1;
    const writer = write().finally(() => running.delete(writer));
    running.add(writer);
  }

  async function write(): Promise<void> {
    while (queue.length > 0 && (writers === 1 || isTime())) {
      if (!isTime()) await gathering.wait();
      const batch = queue.splice(0, batchSize);
      if (batch.length > 0) await writeBatch(batch);
    }
    // In the turn of the last check: with a later decrement, a result that is added in between would get no writer.
    writers -= 1;
  }

  async function writeBatch(batch: readonly Result[]): Promise<void> {
    try {
      const counted = await withDeadline(writeResults(database, batch, now()));
      failures.worked();
      open.close(batch);
      const written = batch.map(({ claimed }) => claimed);
      tidying = tidying.then(() => closeBatches(database, written));
      batchSize = maxBatch;
      isBehind = false;
      parts.onWritten(counted);
    } catch (error) {
      await afterFailure(batch, error);
    }
  }

  async function afterFailure(batch: readonly Result[], error: unknown): Promise<void> {
    if (isClosed) return;
    failures.failed(error, { results: batch.length });
    isBehind = error instanceof ApiError;
    queue.unshift(...batch);
    if (!isBehind && batch.length > 1) {
      // Halve the batch: a result that cannot be stored must not hold up the others.
      batchSize = Math.ceil(batch.length / 2);
      return;
    }
    if (!isBehind) queue = setAside(queue, now(), drop);
    await sleep(retryPauseMs);
  }

  function drop(result: Result): void {
    logger.error('result dropped, not stored within its lease', { delivery: result.claimed.id });
    open.close([result]);
  }

  async function flush(): Promise<void> {
    isHurried = true;
    gathering.end();
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
      if (isTime()) gathering.end();
      if (writers === 0 || (writers < maxWriters && queue.length >= maxBatch)) startWriter();
    },
    caughtUp: open.caughtUp,
    flush,
    close() {
      isClosed = true;
      queue = [];
      open.closeAll();
    },
  };
}

/**
 * Moves the first result to the end of the queue, or drops it if its lease has lapsed: another process
 * may have the row.
 */
function setAside(queue: readonly Result[], time: number, drop: (result: Result) => void): Result[] {
  const [first, ...others] = queue;
  if (!first) return [];
  if (first.claimed.leaseUntil > time) return [...others, first];
  drop(first);
  return others;
}

/** Results that are waiting or being stored. */
function createOpenResults() {
  const open = new Set<Result>();
  let progress = Promise.withResolvers<void>();

  function close(results: Iterable<Result>): void {
    for (const result of results) open.delete(result);
    progress.resolve();
    progress = Promise.withResolvers();
  }

  return {
    get size() {
      return open.size;
    },
    add: (result: Result) => void open.add(result),
    close,
    closeAll: () => close([...open]),
    /** Resolves when all results that are open now are closed. */
    async caughtUp(): Promise<void> {
      const late = [...open];
      while (late.some((result) => open.has(result))) await progress.promise;
    },
  };
}

/** A pause of `gatherMs` that can be ended early. */
function createGathering() {
  let end: () => void = () => undefined;
  return {
    end: () => end(),
    wait: () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, gatherMs);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
