import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Logger } from '../../logger.ts';
import type { Result } from '../model/delivery.ts';
import { createGathering, createOpenResults } from './open-results.ts';
import { createResultStore } from './result-store.ts';

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
  /** The end (microseconds) after which a lease has not lapsed. */
  leasedAfter: () => number;
  /** Number of attempts in flight. */
  inFlight: () => number;
  /** Whether deliveries that are given up are reported. */
  isHeard: () => boolean;
  onWritten: (results: readonly Result[]) => void;
}): ResultBuffer {
  const { inFlight } = parts;
  let queue: Result[] = [];
  const open = createOpenResults();
  const store = createResultStore({ ...parts, open, maxBatch });
  const gathering = createGathering();
  let isClosed = false;
  /** Set while `flush` waits for all results. */
  let isHurried = false;
  let writers = 0;
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
      await storeNext();
    }
    // In the turn of the last check: with a later decrement, a result that is added in between would get no writer.
    writers -= 1;
  }

  async function storeNext(): Promise<void> {
    const batch = queue.splice(0, store.batchSize);
    if (batch.length === 0) return;
    const { isDone, first, last } = await store.store(batch);
    if (isClosed) return;
    queue.unshift(...first);
    queue.push(...last);
    // Nothing else to do: a pause before the same results are tried again.
    if (!isDone && (first.length > 0 || queue.length === last.length)) await sleep(retryPauseMs);
  }

  async function flush(): Promise<void> {
    isHurried = true;
    gathering.end();
    if (queue.length > 0 && writers === 0) startWriter();
    while (running.size > 0) await Promise.all(running);
    isHurried = false;
  }

  return {
    get pending() {
      return open.size;
    },
    get isBehind() {
      return store.isBehind && queue.length > 0;
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
