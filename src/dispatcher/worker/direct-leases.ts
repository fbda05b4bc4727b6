import type { Knex } from '../../database/database.ts';
import type { Claimed, NewDelivery } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import type { DirectLeases, Lease } from '../store/enqueue.ts';
import { newLeaseToken, waitingToken } from '../store/lease-token.ts';
import type { LeasedRow } from './leased-intake.ts';
import type { Worker } from './worker.ts';

/** Maximum share of the slots for rows that are not committed yet; half as many uncommitted rows as there are slots may wait for one. */
const boundedShare = 0.25;
/** Longest payload, in characters, of a row that waits: it is kept in memory meanwhile. */
const longestWaiting = 16_384;

/**
 * Leases rows as they are enqueued: they are sent right after the commit, or as soon as a slot is free, without the
 * second transaction of a claim. No row overtakes waiting rows of its endpoint.
 */
export function createDirectLeasing(parts: {
  worker: Worker;
  now: () => number;
  settings: { concurrency: number; leaseMicros: number };
  /** Whether this process sends at present. */
  isOpen: () => boolean;
}) {
  const { worker, now, settings, isOpen } = parts;
  const { scheduler } = worker;
  const mostReserved = Math.max(1, Math.floor(settings.concurrency * boundedShare));
  let reserved = 0;
  const waiting = new OpenRows(Math.ceil(settings.concurrency / 2));
  const running = new Set<Promise<void>>();

  /** Room for a row: a reserved slot, or a place to wait for one. Undefined when the row has to wait for a claim. */
  function roomFor(key: number, payload: string): Pick<LeasedRow, 'reservation'> | undefined {
    const maySend = reserved < mostReserved && waiting.of(key) === 0;
    const reservation = maySend ? scheduler.reserve(key) : undefined;
    if (reservation) reserved += 1;
    else if (payload.length <= longestWaiting && waiting.fits(key, scheduler.roomAhead(key))) waiting.add(key);
    else return undefined;
    return { reservation };
  }

  return {
    /** Leases for one transaction. */
    begin(trx: Knex.Transaction): DirectLeases {
      const rows: LeasedRow[] = [];
      const left = new Set<number>();
      const token = newLeaseToken();
      const until = now() + settings.leaseMicros;
      const mayLease = isOpen() && isOutermost(trx);
      return {
        left,
        leaseFor(delivery) {
          const { organization, endpoint, payload, ordered } = delivery;
          const key = endpointKey(endpoint);
          scheduler.belongs(key, organization);
          if (ordered) scheduler.gates.learnOrder(key, endpoint);
          const room = mayLease && isOpen() ? roomFor(key, payload) : undefined;
          if (!room) {
            left.add(key);
            return undefined;
          }
          if (rows.length === 0) track(takeUpAfter(trx, rows));
          const lease = { token: room.reservation ? token : waitingToken(token), until };
          rows.push({
            ...room,
            claimed: toClaimed({ ...delivery, key, lease, dueAt: now() }),
          });
          return lease;
        },
      };
    },

    /**
     * Resolves when no transaction with leases is open and the worker has the rows. To be called once
     * `isOpen` is false.
     */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };

  function track(taken: Promise<void>): void {
    const tracked = taken.finally(() => running.delete(tracked));
    running.add(tracked);
  }

  async function takeUpAfter(trx: Knex.Transaction, rows: readonly LeasedRow[]): Promise<void> {
    try {
      await trx.executionPromise;
      await worker.accept(rows);
    } catch {
      // The commit may have succeeded although its response got lost.
      worker.giveUp(rows);
    }
    for (const { reservation, claimed } of rows) {
      if (reservation) reserved -= 1;
      else waiting.remove(claimed.endpointKey);
    }
  }
}

/** Counts leased rows that the scheduler does not have yet. */
class OpenRows {
  readonly #most: number;
  readonly #byKey = new Map<number, number>();
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  of(key: number): number {
    return this.#byKey.get(key) ?? 0;
  }

  /** Whether one more row of the endpoint fits, which has room for this number. */
  fits(key: number, room: number): boolean {
    return this.#total < this.#most && this.of(key) < room;
  }

  add(key: number): void {
    this.#total += 1;
    this.#byKey.set(key, this.of(key) + 1);
  }

  remove(key: number): void {
    this.#total -= 1;
    const left = this.of(key) - 1;
    if (left === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }
}

/** The end of a nested transaction does not commit its rows. */
const isOutermost = (trx: Knex.Transaction): boolean => trx.parentTransaction === undefined;

function toClaimed(
  row: NewDelivery & { id: string; key: number; lease: Lease; createdAt: number; dueAt: number },
): Claimed {
  const { id, organization, endpoint, type, payload, traceparent, key, lease, createdAt, dueAt } = row;
  return {
    id,
    organization,
    endpointKey: key,
    endpoint,
    type,
    lookedUp: undefined,
    payload,
    traceparent,
    leaseToken: lease.token,
    leaseUntil: lease.until,
    createdAt,
    dueAt,
    attemptCount: 0,
    retries: 0,
    unknowns: 0,
  };
}
