import type { Database, Knex } from '../../database/database.ts';
import { createOrderRepository, type Entry } from './order-repository.ts';
import { type LeaseWindow, never } from './queue-repository.ts';

/** The delivery of an ordered endpoint that is attempted next, at the time of a claim. Times are microseconds. */
export interface Head {
  /** Undefined while it may not be attempted. */
  readonly entry: Entry | undefined;
  /** Time from which it may be attempted, as far as that is known. */
  readonly freeAt: number;
  /** Entries of deliveries that are settled. */
  readonly settled: readonly Entry[];
  /** Whether the order is empty as far as it was read. */
  readonly isEmpty: boolean;
  /** Whether the head is held: its release will be noticed. */
  readonly isHeld: boolean;
}

/**
 * The heads of ordered endpoints; `turns` are the positions of the deliveries that were attempted last. To be called while the
 * gates are locked: until then, no other process leases a head.
 */
export async function readHeads(
  trx: Knex,
  database: Database,
  turns: ReadonlyMap<number, number>,
  now: number,
  leases: LeaseWindow,
): Promise<Map<number, Head>> {
  if (turns.size === 0) return new Map();
  const positions = [...turns.values()].filter((position) => position > 0);
  const found = await createOrderRepository(trx, database).first([...turns.keys()], positions);
  const unique = [...new Map(found.map((entry) => [entry.position, entry])).values()];
  const byEndpoint = Map.groupBy(unique, (entry) => entry.endpoint_key);
  return new Map([...turns].map(([key, turn]) => [key, headOf(byEndpoint.get(key) ?? [], turn, now, leases)]));
}

/**
 * The delivery that was attempted last stays the head until it is settled: one with a smaller position may have been committed
 * later. While any other one is leased, which happens when an endpoint becomes ordered, the head waits.
 */
export function headOf(entries: readonly Entry[], turn: number, now: number, leases: LeaseWindow): Head {
  const settled = entries.filter((entry) => entry.due_at === null);
  const open = entries.filter((entry) => entry.due_at !== null).sort((one, other) => one.position - other.position);
  const head = open.find(({ position }) => position === turn) ?? open[0];
  if (!head) return { entry: undefined, freeAt: never, settled, isEmpty: true, isHeld: false };
  const leasedUntil = open
    .map((entry) => Number(entry.lease_until))
    .filter((end) => end > leases.from && end <= leases.to);
  const freeAt = Math.max(Number(head.due_at), ...leasedUntil);
  return { entry: freeAt <= now ? head : undefined, freeAt, settled, isEmpty: false, isHeld: head.due_at === never };
}
