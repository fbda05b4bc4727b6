import type { Knex } from '../../database/database.ts';
import type { Claimed } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import type { DirectLeases, Lease } from '../store/enqueue.ts';
import { newLeaseToken } from '../store/lease-token.ts';
import type { Worker } from './worker.ts';

/** Largest transaction whose rows are leased as they are enqueued. Claiming more of them together costs less. */
const maxLeasedAtOnce = 16;
/** Maximum share of the slots for rows that are not committed yet. */
const boundedShare = 0.25;

/**
 * Leases rows as they are enqueued, while their endpoints have free slots: they are sent right after the commit,
 * without the second transaction of a claim. No row overtakes waiting rows of its endpoint.
 */
export function createDirectLeasing(parts: {
  worker: Worker;
  now: () => number;
  settings: { concurrency: number; leaseMicros: number };
  /** Whether this process sends at present. */
  isOpen: () => boolean;
}) {
  const { worker, now, settings, isOpen } = parts;
  const maxOpen = Math.max(1, Math.floor(settings.concurrency * boundedShare));
  /** Numbers of leased rows that the scheduler does not have yet, by endpoint key. */
  const open = new Map<number, number>();
  let total = 0;
  const running = new Set<Promise<void>>();

  function count(key: number, change: number): void {
    total += change;
    const left = (open.get(key) ?? 0) + change;
    if (left === 0) open.delete(key);
    else open.set(key, left);
  }

  return {
    /** Leases for one transaction, which enqueues this number of deliveries. */
    begin(trx: Knex.Transaction, deliveries: number): DirectLeases {
      const rows: Claimed[] = [];
      const left = new Set<number>();
      const lease = { token: newLeaseToken(), until: now() + settings.leaseMicros };
      const mayLease = isOpen() && deliveries <= maxLeasedAtOnce && isOutermost(trx);
      return {
        left,
        leaseFor({ id, organization, endpoint, payload }) {
          const key = endpointKey(endpoint);
          worker.scheduler.belongs(key, organization);
          if (!mayLease || !isOpen() || total >= maxOpen || worker.scheduler.freeSlots(key) <= (open.get(key) ?? 0)) {
            left.add(key);
            return undefined;
          }
          count(key, 1);
          if (rows.length === 0) track(takeUpAfter(trx, rows));
          rows.push(toClaimed({ id, organization, endpoint, payload, key, lease, dueAt: now() }));
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

  async function takeUpAfter(trx: Knex.Transaction, rows: readonly Claimed[]): Promise<void> {
    try {
      await trx.executionPromise;
      await worker.accept(rows);
    } catch {
      // The commit may have succeeded although its response got lost.
      worker.giveUp(rows);
    }
    for (const { endpointKey: key } of rows) count(key, -1);
  }
}

/** The end of a nested transaction does not commit its rows. */
const isOutermost = (trx: Knex.Transaction): boolean => trx.parentTransaction === undefined;

function toClaimed(row: {
  id: string;
  organization: string;
  endpoint: Claimed['endpoint'];
  payload: string;
  key: number;
  lease: Lease;
  dueAt: number;
}): Claimed {
  const { id, organization, endpoint, payload, key, lease, dueAt } = row;
  return {
    id,
    organization,
    endpointKey: key,
    endpoint,
    lookedUp: undefined,
    payload,
    leaseToken: lease.token,
    leaseUntil: lease.until,
    dueAt,
    attemptCount: 0,
    retries: 0,
    unknowns: 0,
  };
}
