import type { Knex } from '../../database/database.ts';
import type { Claimed } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import { type DirectLeases, type Lease, mostAsRows } from '../store/enqueue.ts';
import { newLeaseToken } from '../store/lease-token.ts';
import type { Worker } from './worker.ts';

/** Of all slots, at most so many for what has not been committed yet. */
const boundedShare = 0.25;

/**
 * What is enqueued here while its endpoint has a free slot gets its lease with its row, so that it can be sent as soon as it
 * is committed: a claim would take another transaction. Nothing overtakes what its endpoint has waiting.
 */
export function createDirectLeasing(parts: {
  worker: Worker;
  now: () => number;
  settings: { concurrency: number; leaseMicros: number };
  /** Whether this process sends at present. */
  isOpen: () => boolean;
}) {
  const { worker, now, settings, isOpen } = parts;
  const most = Math.max(1, Math.floor(settings.concurrency * boundedShare));
  /** By endpoint, rows that the scheduler does not have yet. */
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
    /** For a transaction that enqueues so many deliveries. */
    begin(trx: Knex.Transaction, deliveries: number): DirectLeases {
      const rows: Claimed[] = [];
      const left = new Set<number>();
      const lease = { token: newLeaseToken(), until: now() + settings.leaseMicros };
      const mayLease = isOpen() && deliveries <= mostAsRows && isOutermost(trx);
      return {
        left,
        leaseFor({ id, endpoint, payload }) {
          const key = endpointKey(endpoint);
          if (!mayLease || !isOpen() || total >= most || worker.scheduler.freeSlots(key) <= (open.get(key) ?? 0)) {
            left.add(key);
            return undefined;
          }
          count(key, 1);
          if (rows.length === 0) track(takeUpAfter(trx, rows));
          rows.push(toClaimed({ id, endpoint, payload, key, lease, dueAt: now() }));
          return lease;
        },
      };
    },

    /** Resolves when no transaction with a lease is open and its rows are with the worker. No new ones may be leased. */
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
      // The answer to the commit may have got lost, so the rows may be there.
      worker.giveUp(rows);
    }
    for (const { endpointKey: key } of rows) count(key, -1);
  }
}

/** What is within another transaction is not committed when it ends. */
const isOutermost = (trx: Knex.Transaction): boolean => trx.parentTransaction === undefined;

function toClaimed(row: {
  id: string;
  endpoint: Claimed['endpoint'];
  payload: string;
  key: number;
  lease: Lease;
  dueAt: number;
}): Claimed {
  const { id, endpoint, payload, key, lease, dueAt } = row;
  return {
    id,
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
