import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { databaseUnavailable } from '../../errors.ts';
import type { Claimed } from '../model/delivery.ts';
import type { Gate } from '../model/gate.ts';
import { type DueRow, lockDueRows, type Want } from './due-rows.ts';
import { createEventRepository, type EventContent, eventTable } from './event-repository.ts';
import { mayHaveBegun, newLeaseToken, waitingToken } from './lease-token.ts';
import { createQueueRepository, deliveryTable, type LeaseWindow, never, type QueueRow } from './queue-repository.ts';
import { openGates, type Turn } from './turns.ts';

export interface Claim {
  readonly token: number;
  readonly leaseUntil: number;
  /** Leased rows; possibly leased ones when the claim failed. */
  rows: DueRow[];
  /** Contents by event id. */
  contents: ReadonlyMap<string, EventContent>;
  /** Gates under which the rows are leased, by endpoint key. */
  gates: ReadonlyMap<number, Gate>;
  /** Answers to the endpoints with a gate. */
  turns: readonly Turn[];
}

/** A claim without rows, with a new token. Times are microseconds. */
export const newClaim = (leaseUntil: number): Claim => ({
  token: newLeaseToken(),
  leaseUntil,
  rows: [],
  contents: new Map(),
  gates: new Map(),
  turns: [],
});

/**
 * Leases due rows in one short transaction. After a failure the claim's rows may be leased all the same, because the
 * response to a commit can get lost. A claim that was given up at its deadline leases no rows afterwards: no process
 * would know of them.
 */
export async function takeLeases(
  database: Database,
  claim: Claim,
  wants: readonly Want[],
  time: number,
  leases: LeaseWindow = { from: time, to: never },
): Promise<void> {
  let isGivenUp = false;
  claim.gates = new Map(wants.flatMap(({ endpointKey, gate }) => (gate ? [[endpointKey, gate]] : [])));
  const leased = database.transaction(async (trx) => {
    const queue = createQueueRepository(trx, database);
    const opened = await openGates(trx, database, wants, time, leases);
    const due = await lockDueRows(trx, database, { wants: opened.wants, ids: opened.heads, now: time, leases });
    // A lease that was written while the clock moved looks lapsed in a window from before. The rows stay for the next claim.
    const rows = leases.isCurrent?.() === false ? [] : due;
    if (isGivenUp) throw databaseUnavailable('the claim was given up');
    claim.rows = rows;
    await opened.close(rows);
    claim.turns = opened.turns;
    if (rows.length === 0) return;
    for (const [token, leased] of Map.groupBy(rows, (row) => tokenOf(row, claim)))
      await queue.lease(
        leased.map((row) => row.delivery_id),
        token,
        claim.leaseUntil,
      );
    claim.contents = await createEventRepository(trx).contents(rows.flatMap(({ event_id: id }) => id ?? []));
  });
  try {
    await withDeadline(leased);
  } catch (error) {
    isGivenUp = true;
    throw error;
  }
}

/** Whether an attempt began and was never settled: its process ended, or was away for longer than the lease. */
export const isLapsed = (row: QueueRow): boolean => mayHaveBegun(row.lease_token);

/** Rows wait until their attempts begin; a lapsed row keeps its unknown outcome until that is stored. */
const tokenOf = (row: QueueRow, { token }: Claim): number => (isLapsed(row) ? token : waitingToken(token));

/** Whether there is nothing to send: the delivery or its event has been deleted. */
export const isOrphan = ({ event_id: id }: DueRow, { contents }: Claim): boolean => id === null || !contents.has(id);

export function toClaimed(row: DueRow, claim: Claim): Claimed {
  const { leaseUntil, contents } = claim;
  // Missing only for an orphan, which is never sent.
  const { payload = '', traceparent } = contents.get(row.event_id ?? '') ?? {};
  return {
    id: row.delivery_id,
    organization: row.organization ?? '',
    endpointKey: row.endpoint_key,
    endpoint: { kind: row.endpoint_kind, id: row.endpoint_id },
    type: row.type ?? '',
    lookedUp: undefined,
    payload,
    traceparent,
    leaseToken: tokenOf(row, claim),
    leaseUntil,
    createdAt: row.created_at ?? 0,
    dueAt: row.due_at,
    attemptCount: row.attempt_count,
    retries: row.retries,
    unknowns: row.unknowns,
    gate: claim.gates.get(row.endpoint_key),
  };
}

/**
 * Deletes leased queue rows that have no delivery: there is nothing to send, and a recorded attempt would never be
 * purged. Resolves to the ids of the other rows: a delivery committed during the claim may only be visible to this
 * second read.
 */
export async function removeOrphans(database: Database, suspects: readonly Claimed[]): Promise<ReadonlySet<string>> {
  const ids = suspects.map(({ id }) => id);
  return withDeadline(
    database.transaction(async (trx) => {
      const found = new Set<string>(
        await trx(`${deliveryTable} as d`)
          .join(`${eventTable} as e`, 'e.id', 'd.event_id')
          .whereIn('d.id', ids)
          .pluck('d.id'),
      );
      await createQueueRepository(trx, database).removeLeased(suspects.filter(({ id }) => !found.has(id)));
      return found;
    }),
  );
}
