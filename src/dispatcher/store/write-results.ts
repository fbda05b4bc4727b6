import type { Database, Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { idList } from '../../database/sql-text.ts';
import { type DeliveryState, noStatus, type Result, storedStatus } from '../model/delivery.ts';
import { givenUp } from '../model/endpoint-change.ts';
import { longWaitMicros } from '../model/policy.ts';
import { tallyResults } from '../model/tally.ts';
import { attemptColumns, attemptRow, attemptTable } from './attempt-rows.ts';
import { noteChanges } from './change-outbox.ts';
import { noLease } from './lease-token.ts';
import { createQueueRepository, deliveryTable, never, queueTable } from './queue-repository.ts';
import { noteTallies } from './tally-journal.ts';

export interface WrittenResults {
  stored: readonly Result[];
  /** Results whose rows another transaction has locked: to be stored later. */
  locked: readonly Result[];
}

/**
 * Stores results in one transaction: the attempts, and the new states of their deliveries. It waits for no lock: one locked
 * row must not hold up the others. A result whose lease has passed to another process is dropped: that process stores its
 * own. `time` in microseconds; `isHeard`: deliveries that are given up are reported.
 */
export async function writeResults(
  database: Database,
  results: readonly Result[],
  time: number,
  isHeard: boolean,
): Promise<WrittenResults> {
  return database.transaction(async (trx) => {
    const queue = createQueueRepository(trx, database);
    const { held, locked } = await queue.lockLeased(results.map(({ claimed }) => claimed));
    const mine = results.filter(({ claimed }) => held.has(claimed.id));
    const written = { stored: mine, locked: results.filter(({ claimed }) => locked.has(claimed.id)) };
    if (mine.length === 0) return written;
    const settled = mine.filter(({ decision }) => decision.state !== 'pending');
    const again = mine.filter(({ decision }) => decision.state === 'pending');
    // Each statement is built while the server runs the previous one.
    await Promise.all([
      queue.remove(settled.map(({ claimed }) => claimed.id)),
      settle(trx, settled, time),
      again.length > 0 && reschedule(trx, again, (id) => held.get(id) === 1),
      insertRows(trx, attemptTable, attemptColumns, mine.map(attemptRow)),
      noteTallies(trx, tallyResults(mine)),
      isHeard && noteChanges(trx, settled.filter(isReported).map(givenUp)),
    ]);
    return written;
  });
}

const isReported = ({ decision, isQuiet }: Result): boolean => decision.state === 'failed' && !isQuiet;

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
  const waits = results.flatMap(({ claimed, decision: { afterMicros } }) =>
    afterMicros > longWaitMicros ? `when ${idList([claimed.id])} then ${afterMicros}` : [],
  );
  const wait = waits.length > 0 ? `case delivery_id ${waits.join(' ')} else 0 end` : '0';
  const marks = (list: readonly unknown[]): string => (list.length > 0 ? list.map(() => '?').join(',') : 'null');
  await trx.raw(
    `update ${queueTable} set lease_token = ${noLease}, lease_until = 0, attempt_count = attempt_count + 1,
       retries = retries + case when delivery_id in (${marks(retried)}) then 1 else 0 end,
       unknowns = unknowns + case when delivery_id in (${marks(retried)}) then 0 else 1 end,
       due_at = case delivery_id ${cases} end, last_status = case delivery_id ${cases} end, wait_us = ${wait}
     where delivery_id in (${marks(ids)})`,
    [...retried, ...retried, ...due, ...statuses, ...ids] as Knex.RawBinding[],
  );
}

const statusOf = ({ outcome }: Result): number | undefined =>
  outcome.kind === 'answered' ? outcome.status : undefined;
