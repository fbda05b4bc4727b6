import type { Database, Knex } from '../../database/database.ts';
import { gateTable } from './gate-repository.ts';
import { notInFlight } from './lease-token.ts';
import { queueTable } from './queue-repository.ts';

export interface QueueState {
  /** Due deliveries that are not in flight, 10,001 at most, without the ones of endpoints with a gate: they wait for their turn. */
  due: number;
  /** Microseconds since the oldest of them fell due; 0 when there is none. */
  oldestDueAge: number;
}

const mostCounted = 10_000;
const mostGates = 1000;
/** Gates without an attempt for this time are of endpoints that have had no deliveries, or have no gate any more. */
const gateInUseMicros = 8 * 86_400_000_000;

/**
 * Reads a range of the index over the due time, in which leased rows are few; counts up to 10,001 rows, which stands for
 * more than 10,000. `now` in microseconds.
 */
export async function readQueueState(database: Database, now: number): Promise<QueueState> {
  const queued = await database.read(async (db) => {
    const gated: number[] = await db(gateTable)
      .where('next_at', '>', now - gateInUseMicros)
      .orderBy('next_at', 'desc')
      .limit(mostGates)
      .pluck('endpoint_key');
    const oldest = db(queueTable)
      .where('due_at', '<=', now)
      .whereRaw(notInFlight(), now)
      .whereNotIn('endpoint_key', gated)
      .select('due_at')
      .orderBy('due_at')
      .limit(mostCounted + 1);
    const [row] = await db.from(oldest.as('oldest')).count({ due: '*' }).min({ oldest: 'due_at' });
    return row as { due: number; oldest: number | null } | undefined;
  });
  return { due: Number(queued?.due ?? 0), oldestDueAge: now - Math.min(now, Number(queued?.oldest ?? now)) };
}

/** Whether a row was due before this time (microseconds): one seek in the index over the due time. */
export async function isDueBefore(db: Knex, before: number): Promise<boolean> {
  return (await db(queueTable).where('due_at', '<=', before).orderBy('due_at').first('due_at')) !== undefined;
}

const endpointsAtOnce = 50;

/**
 * The first of these endpoints with a row that was due and without a lease before this time. Held rows are never due.
 */
export async function findWaiting(
  db: Knex,
  database: Pick<Database, 'rows'>,
  endpoints: readonly number[],
  before: number,
): Promise<number | undefined> {
  const one = `select * from (select endpoint_key from ${queueTable} where endpoint_key = ? and due_at <= ? and lease_until <= ? order by due_at limit 1) one`;
  for (let from = 0; from < endpoints.length; from += endpointsAtOnce) {
    const some = endpoints.slice(from, from + endpointsAtOnce);
    const sql = some.map(() => one).join(' union all ');
    const bindings = some.flatMap((key) => [key, before, before]);
    const [found] = database.rows<{ endpoint_key: number }>(await db.raw(sql, bindings));
    if (found) return found.endpoint_key;
  }
  return undefined;
}
