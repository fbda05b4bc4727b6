import type { Database, Knex } from '../database/database.ts';
import { noStatus, type Result, storedStatus } from './delivery.ts';
import { insertRows } from './insert-rows.ts';
import { noLease } from './lease-token.ts';
import { createQueueRepository, deliveryTable, never, queueTable } from './queue-repository.ts';
import { attemptColumns, attemptRow, attemptTable } from './recording.ts';
import { idList } from './sql-text.ts';

/** Some of the rows have passed to somebody else, or are gone. */
class LeaseLost extends Error {}

/**
 * Writes what came of attempts in one transaction: the attempts, and what follows for their deliveries. Resolves to the
 * results that counted; one whose lease has passed to somebody else is dropped: they write theirs. `time` in microseconds.
 */
export async function writeResults(
  database: Database,
  results: readonly Result[],
  time: number,
): Promise<readonly Result[]> {
  // Nearly always every lease is still ours, which one statement finds out while it does the work; else each row is asked.
  if (results.every(({ decision }) => decision.state !== 'pending')) {
    try {
      return await database.transaction((trx) => writeSettled(trx, database, results, time));
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
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
  const removed = await createQueueRepository(trx, database).removeLeased(results.map(({ claimed }) => claimed));
  if (removed !== results.length) throw new LeaseLost();
  // The second statement is put together while the server is at the first one.
  await Promise.all([
    settle(trx, results, time),
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
  const holders = await repository.holders(results.map(({ claimed }) => claimed.id));
  const mine = results.filter(({ claimed }) => holders.get(claimed.id)?.lease_token === claimed.leaseToken);
  if (mine.length === 0) return [];
  const settled = mine.filter(({ decision }) => decision.state !== 'pending');
  const again = mine.filter(({ decision }) => decision.state === 'pending');
  if (settled.length > 0) {
    await repository.remove(settled.map(({ claimed }) => claimed.id));
    await settle(trx, settled, time);
  }
  if (again.length > 0) await reschedule(trx, again, (id) => holders.get(id)?.held === 1);
  await insertRows(trx, attemptTable, attemptColumns, mine.map(attemptRow));
  return mine;
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
      .whereRaw(`id in (${idList(group.map(({ claimed }) => claimed.id))})`)
      .update({
        status: storedStatus[first.decision.state as 'delivered' | 'failed' | 'cancelled'],
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
