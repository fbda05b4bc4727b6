import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Knex } from '../database/database.ts';
import { ApiError } from '../errors.ts';
import { describeError, type Logger } from '../logger.ts';
import { type Result, storedStatus } from './delivery.ts';
import { inTime } from './in-time.ts';
import { insertRows } from './insert-rows.ts';
import { createQueueRepository, deliveryTable, never, queueTable } from './queue-repository.ts';
import { attemptColumns, attemptRow, attemptTable } from './recording.ts';

export interface ResultWriter {
  add(result: Result): void;
  /** Results that are not written yet. */
  readonly pending: number;
  /** The database was away at the last try. */
  readonly isBehind: boolean;
  /** Resolves when everything added so far has been written or given up. */
  flush(): Promise<void>;
  /** Gives up what is not written: its leases lapse. */
  close(): void;
}

/** Some of the rows have passed to somebody else, or are gone. */
class LeaseLost extends Error {}

const maxBatch = 400;
const retryPauseMs = 200;

/**
 * Writes what came of attempts, many at once. A result whose lease has passed to somebody else is dropped: they write theirs.
 * While the database is away results are kept; there are never more than were in flight, as nothing can be claimed meanwhile.
 */
export function createResultWriter(parts: {
  database: Database;
  logger: Logger;
  now: () => number;
  onWritten?: (results: readonly Result[]) => void;
}): ResultWriter {
  const { database, logger, now } = parts;
  let queue: Result[] = [];
  let writing: Promise<void> | undefined;
  let batchSize = maxBatch;
  let isBehind = false;
  let isClosed = false;

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchSize);
      try {
        const written = await inTime(writeBatch(batch));
        queue.splice(0, batch.length);
        batchSize = maxBatch;
        isBehind = false;
        parts.onWritten?.(written);
      } catch (error) {
        await afterFailure(batch, error);
      }
    }
    // Not in a `finally` of the promise: what was added before that ran would be waiting for nobody.
    writing = undefined;
  }

  async function afterFailure(batch: readonly Result[], error: unknown): Promise<void> {
    logger.warn('results could not be written yet', { results: batch.length, ...describeError(error) });
    isBehind = error instanceof ApiError;
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
    queue = isOver ? others : [...others, first];
  }

  async function flush(): Promise<void> {
    if (queue.length > 0) writing ??= writeAll();
    await writing;
  }

  return {
    get pending() {
      return queue.length;
    },
    get isBehind() {
      return isBehind && queue.length > 0;
    },
    add(result) {
      if (isClosed) return;
      queue.push(result);
      void flush();
    },
    flush,
    close() {
      isClosed = true;
      queue = [];
    },
  };

  /** Nearly always every lease is still ours, which one statement finds out while it does the work; else each row is asked. */
  async function writeBatch(batch: readonly Result[]): Promise<readonly Result[]> {
    if (batch.every(({ decision }) => decision.state !== 'pending')) {
      try {
        return await database.transaction((trx) => writeSettled(trx, batch));
      } catch (error) {
        if (!(error instanceof LeaseLost)) throw error;
      }
    }
    return database.transaction((trx) => write(trx, batch));
  }

  async function writeSettled(trx: Knex, results: readonly Result[]): Promise<readonly Result[]> {
    const removed = await createQueueRepository(trx, database).removeLeased(results.map(({ claimed }) => claimed));
    if (removed !== results.length) throw new LeaseLost();
    await Promise.all([
      settle(trx, results, now()),
      insertRows(trx, attemptTable, attemptColumns, results.map(attemptRow)),
    ]);
    return results;
  }

  async function write(trx: Knex, results: readonly Result[]): Promise<readonly Result[]> {
    const repository = createQueueRepository(trx, database);
    const holders = await repository.holders(results.map(({ claimed }) => claimed.id));
    const mine = results.filter(({ claimed }) => holders.get(claimed.id)?.lease_token === claimed.leaseToken);
    if (mine.length === 0) return [];
    const settled = mine.filter(({ decision }) => decision.state !== 'pending');
    const again = mine.filter(({ decision }) => decision.state === 'pending');
    if (settled.length > 0) {
      await repository.remove(settled.map(({ claimed }) => claimed.id));
      await settle(trx, settled, now());
    }
    if (again.length > 0) await reschedule(trx, again, (id) => holders.get(id)?.held === 1);
    await insertRows(trx, attemptTable, attemptColumns, mine.map(attemptRow));
    return mine;
  }
}

async function settle(trx: Knex, results: readonly Result[], time: number): Promise<void> {
  // Rows that end alike are written together; nearly all of them do.
  const groups = Map.groupBy(
    results,
    (result) => `${result.decision.state} ${result.claimed.attemptCount} ${statusOf(result) ?? ''}`,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    await trx(deliveryTable)
      .whereIn(
        'id',
        group.map(({ claimed }) => claimed.id),
      )
      .update({
        status: storedStatus[first.decision.state as 'delivered' | 'failed' | 'cancelled'],
        attempt_count: first.claimed.attemptCount + 1,
        last_status: statusOf(first) ?? null,
        finished_at: time,
      });
  }
}

async function reschedule(trx: Knex, results: readonly Result[], isHeld: (id: string) => boolean): Promise<void> {
  const ids = results.map(({ claimed }) => claimed.id);
  const due = results.flatMap(({ claimed, endedAt, decision }) => [
    claimed.id,
    isHeld(claimed.id) ? never : endedAt + decision.afterMicros,
  ]);
  const statuses = results.flatMap((result) => [result.claimed.id, statusOf(result) ?? null]);
  const retried = results.filter(({ decision }) => decision.usesRetry).map(({ claimed }) => claimed.id);
  const cases = ids.map(() => 'when ? then ?').join(' ');
  const marks = (list: readonly unknown[]): string => (list.length > 0 ? list.map(() => '?').join(',') : 'null');
  await trx.raw(
    `update ${queueTable} set lease_token = null, lease_until = 0, attempt_count = attempt_count + 1,
       retries = retries + case when delivery_id in (${marks(retried)}) then 1 else 0 end,
       unknowns = unknowns + case when delivery_id in (${marks(retried)}) then 0 else 1 end,
       due_at = case delivery_id ${cases} end, last_status = case delivery_id ${cases} end
     where delivery_id in (${marks(ids)})`,
    [...retried, ...retried, ...due, ...statuses, ...ids] as Knex.RawBinding[],
  );
}

const statusOf = ({ outcome }: Result): number | undefined =>
  outcome.kind === 'answered' ? outcome.status : undefined;
