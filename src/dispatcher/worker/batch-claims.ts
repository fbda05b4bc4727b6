import type { Database, Knex } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { databaseUnavailable } from '../../errors.ts';
import type { Claimed, HeldBatch } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import { createBatchRepository, type OpenBatch } from '../store/batch-repository.ts';
import { newLeaseToken, noLease } from '../store/lease-token.ts';

export interface Intake {
  organization: string;
  /** Deliveries that may be sent from their batches. */
  claimed: Claimed[];
  /** Endpoints of deliveries that now have queue rows, because the lease of their batch lapsed. */
  queued: number[];
}

export interface BatchClaims {
  /** Notes that a batch without a lease may exist. */
  note(): void;
  readonly mayHaveSome: boolean;
  /**
   * Leases the oldest batches of the organization whose turn it is: one, and further ones while their deliveries are
   * not more than `room`. Undefined when there is no batch at all.
   */
  take(room: number): Promise<Intake | undefined>;
}

/** Claims batches, and dissolves batches of processes that have ended. `now` and leases in microseconds. */
export function createBatchClaims(database: Database, now: () => number, leaseMicros: number): BatchClaims {
  let mayHaveSome = false;
  /** The organization of the last claim: organizations take turns. */
  let turnOf = '';
  /** Leases that may have been committed although the response got lost. */
  let doubtful: { id: string; token: number; isOver: boolean }[] = [];

  async function take(room: number): Promise<Intake | undefined> {
    const time = now();
    const lease = { token: newLeaseToken(), until: time + leaseMicros };
    const unheard = [...doubtful];
    const over = new Set(unheard.filter(({ isOver }) => isOver));
    let ids: readonly string[] = [];
    let isGivenUp = false;
    const taken = database.transaction(async (trx) => {
      const batches = createBatchRepository(trx, database);
      for (const { id, token } of unheard) await batches.unlease(id, token);
      const found = await batches.lockWaiting(time, turnOf, room);
      const [first] = found;
      if (!first) return undefined;
      const { organization } = first.row;
      turnOf = organization;
      const isLapsed = first.row.lease_token !== noLease;
      const kept: string[] = [];
      const claimed: Claimed[] = [];
      const queued: number[] = [];
      for (const batch of found) {
        const rest = isLapsed ? [] : await claimedOf(trx, batch, lease);
        if (rest.length > 0) {
          kept.push(batch.row.id);
          claimed.push(...rest);
        } else {
          const left = await batches.dissolve(batch);
          queued.push(...left.map(({ endpoint }) => endpointKey(endpoint)));
        }
      }
      // A claim that was given up must not lease batches afterwards: no process would know of them.
      if (isGivenUp) throw databaseUnavailable('the claim was given up');
      ids = kept;
      if (ids.length > 0) await batches.lease(ids, lease.token, lease.until);
      return { organization, claimed, queued };
    });
    try {
      const intake = await withDeadline(taken);
      doubtful = doubtful.filter((one) => !over.has(one));
      return intake;
    } catch (error) {
      isGivenUp = true;
      for (const id of ids) doubt(id, lease.token, taken);
      throw error;
    }
  }

  /** Until the transaction is over, it may still commit the lease, even after the lease was ended. */
  function doubt(id: string, token: number, taken: Promise<unknown>): void {
    const one = { id, token, isOver: false };
    const end = (): void => {
      one.isOver = true;
    };
    taken.then(end, end);
    doubtful.push(one);
  }

  async function claimedOf(trx: Knex, batch: OpenBatch, lease: { token: number; until: number }): Promise<Claimed[]> {
    const { id, organization, created_at: createdAt, has_rows: hasRows } = batch.row;
    const deliveries = hasRows ? await createBatchRepository(trx, database).withoutRows(batch) : batch.deliveries;
    const held: HeldBatch = { id, leaseToken: lease.token, open: new Set(deliveries.map((one) => one.id)) };
    return deliveries.map(({ id: deliveryId, endpoint, type, payload }) => ({
      id: deliveryId,
      endpointKey: endpointKey(endpoint),
      endpoint,
      lookedUp: undefined,
      payload,
      leaseToken: lease.token,
      leaseUntil: lease.until,
      dueAt: createdAt,
      attemptCount: 0,
      retries: 0,
      unknowns: 0,
      batched: { batch: held, organization, type, createdAt },
    }));
  }

  return {
    note() {
      mayHaveSome = true;
    },
    get mayHaveSome() {
      return mayHaveSome;
    },
    async take(room) {
      // Cleared first: a batch that arrives during the claim is noted again.
      mayHaveSome = false;
      try {
        const intake = await take(room);
        if (intake) mayHaveSome = true;
        return intake;
      } catch (error) {
        mayHaveSome = true;
        throw error;
      }
    },
  };
}

/**
 * Records that these deliveries have rows of their own now, and removes batches without further deliveries. A batch
 * that cannot be removed now is removed after its lease has lapsed.
 */
export async function closeBatches(database: Database, written: readonly Claimed[]): Promise<void> {
  const closed: HeldBatch[] = [];
  for (const { id, batched } of written)
    if (batched?.batch.open.delete(id) && batched.batch.open.size === 0) closed.push(batched.batch);
  if (closed.length === 0) return;
  await withDeadline(database.statement((db) => createBatchRepository(db, database).removeHeld(closed))).catch(
    () => undefined,
  );
}
