import type { Database, Knex } from '../../database/database.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { idList } from '../../database/sql-text.ts';
import { type DeliveryState, noStatus, type Result, storedStatus } from '../model/delivery.ts';
import { attemptColumns, attemptRow, attemptTable } from './attempt-rows.ts';
import { createBatchRepository, partByRows } from './batch-repository.ts';
import { batchedOf, insertOpen, insertSettled, type SettledDelivery, toOpen } from './delivery-rows.ts';
import { noLease } from './lease-token.ts';
import { createQueueRepository, deliveryTable, never, queueTable } from './queue-repository.ts';

/** Some rows are deleted, or leased by another process. */
class LeaseLost extends Error {}

/**
 * Stores results in one transaction: the attempts, and the new states of their deliveries. Resolves to the stored
 * results. A result whose lease has passed to another process is dropped: that process stores its own. `time` in
 * microseconds.
 */
export async function writeResults(
  database: Database,
  results: readonly Result[],
  time: number,
): Promise<readonly Result[]> {
  // Fast path: nearly always all leases are still held, and the delete itself verifies it. Otherwise check each row.
  if (results.every(({ decision }) => decision.state !== 'pending')) {
    try {
      return await database.transaction((trx) => writeSettled(trx, database, results, time));
    } catch (error) {
      // Duplicate rows come from the process that took over the batch, or from our own commit whose response got lost.
      if (!(error instanceof LeaseLost) && !isUniqueViolation(error)) throw error;
    }
  }
  return database.transaction((trx) => writeAny(trx, database, results, time));
}

async function writeSettled(
  trx: Knex,
  database: Database,
  results: readonly Result[],
  time: number,
): Promise<readonly Result[]> {
  const [batched, queued] = split(results, ({ claimed }) => claimed.batched !== undefined);
  await requireBatches(trx, database, batched);
  const removed = await createQueueRepository(trx, database).removeLeased(queued.map(({ claimed }) => claimed));
  if (removed !== queued.length) throw new LeaseLost();
  // Each statement is built while the server runs the previous one.
  await Promise.all([
    settle(trx, queued, time),
    insertSettled(
      trx,
      batched.map((result) => toSettled(result, time)),
    ),
    insertRows(trx, attemptTable, attemptColumns, results.map(attemptRow)),
  ]);
  return results;
}

async function writeAny(
  trx: Knex,
  database: Database,
  results: readonly Result[],
  time: number,
): Promise<readonly Result[]> {
  const repository = createQueueRepository(trx, database);
  const rows = results.map(({ claimed }) => claimed);
  const { unwritten, queued } = await partByRows(trx, database, rows);
  const holders = await repository.holders(queued.map(({ id }) => id));
  const isUnwritten = new Set(unwritten);
  const fromBatch = results.filter(({ claimed }) => isUnwritten.has(claimed));
  const ofQueue = results.filter(({ claimed }) => holders.get(claimed.id)?.lease_token === claimed.leaseToken);
  const mine = [...ofQueue, ...fromBatch];
  if (mine.length === 0) return [];
  const [waiting, ended] = split(fromBatch, ({ decision }) => decision.state === 'pending');
  await insertOpen(
    trx,
    waiting.map(({ claimed }) => toOpen(claimed)),
  );
  await insertSettled(
    trx,
    ended.map((result) => toSettled(result, time)),
  );
  const settled = ofQueue.filter(({ decision }) => decision.state !== 'pending');
  const again = mine.filter(({ decision }) => decision.state === 'pending');
  if (settled.length > 0) {
    await repository.remove(settled.map(({ claimed }) => claimed.id));
    await settle(trx, settled, time);
  }
  if (again.length > 0) await reschedule(trx, again, (id) => holders.get(id)?.held === 1);
  await insertRows(trx, attemptTable, attemptColumns, mine.map(attemptRow));
  return mine;
}

/** Throws `LeaseLost` unless the batches of all these results are still under our leases. */
async function requireBatches(trx: Knex, database: Database, batched: readonly Result[]): Promise<void> {
  const batches = new Set(batched.map(({ claimed }) => batchedOf(claimed).batch));
  const held = await createBatchRepository(trx, database).stillHeld(batches);
  if (held.size < batches.size) throw new LeaseLost();
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [first: T[], second: T[]] {
  const [first, second]: [T[], T[]] = [[], []];
  for (const one of all) (isFirst(one) ? first : second).push(one);
  return [first, second];
}

function toSettled(result: Result, time: number): SettledDelivery {
  const { claimed, decision } = result;
  const { batch, organization, type, createdAt } = batchedOf(claimed);
  return {
    id: claimed.id,
    organization,
    endpoint: claimed.endpoint,
    type,
    createdAt,
    batchId: batch.id,
    status: storedStatus[decision.state as Settled],
    attemptCount: claimed.attemptCount + 1,
    lastStatus: statusOf(result) ?? noStatus,
    finishedAt: time,
  };
}

type Settled = Exclude<DeliveryState, 'open'>;

async function settle(trx: Knex, results: readonly Result[], time: number): Promise<void> {
  // One update per group of equal outcomes: nearly all results are equal.
  const groups = Map.groupBy(
    results,
    (result) => `${result.decision.state} ${result.claimed.attemptCount} ${statusOf(result) ?? ''}`,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    await trx(deliveryTable)
      .whereRaw(`id in (${idList(group.map(({ claimed }) => claimed.id))})`)
      .update({
        status: storedStatus[first.decision.state as Settled],
        attempt_count: first.claimed.attemptCount + 1,
        last_status: statusOf(first) ?? noStatus,
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
  const statuses = results.flatMap((result) => [result.claimed.id, statusOf(result) ?? noStatus]);
  const retried = results.filter(({ decision }) => decision.usesRetry).map(({ claimed }) => claimed.id);
  const cases = ids.map(() => 'when ? then ?').join(' ');
  const marks = (list: readonly unknown[]): string => (list.length > 0 ? list.map(() => '?').join(',') : 'null');
  await trx.raw(
    `update ${queueTable} set lease_token = ${noLease}, lease_until = 0, attempt_count = attempt_count + 1,
       retries = retries + case when delivery_id in (${marks(retried)}) then 1 else 0 end,
       unknowns = unknowns + case when delivery_id in (${marks(retried)}) then 0 else 1 end,
       due_at = case delivery_id ${cases} end, last_status = case delivery_id ${cases} end
     where delivery_id in (${marks(ids)})`,
    [...retried, ...retried, ...due, ...statuses, ...ids] as Knex.RawBinding[],
  );
}

const statusOf = ({ outcome }: Result): number | undefined =>
  outcome.kind === 'answered' ? outcome.status : undefined;
