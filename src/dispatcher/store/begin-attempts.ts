import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed } from '../model/delivery.ts';
import { waitingToken } from './lease-token.ts';
import { type QueueRow, queueTable } from './queue-repository.ts';

export interface BegunAttempts {
  readonly begun: ReadonlySet<Claimed>;
  /** Rows that wait under their leases still: another transaction had locked them. */
  readonly locked: ReadonlySet<Claimed>;
}

/**
 * Stores with one statement that the attempts of waiting rows begin. It waits for no lock, because one locked row must not hold
 * up the others. A row in neither set is under another lease, or gone.
 */
export async function beginAttempts(database: Database, claimed: readonly Claimed[]): Promise<BegunAttempts> {
  const ids = idList(claimed.map(({ id }) => id));
  const mine = `delivery_id in (${ids}) and lease_token = ${tokenOfEach(claimed)}`;
  const answer = await database.statement((db) =>
    db.raw(database.skipLocked ? joined(database, mine, claimed.length) : plain(mine)),
  );
  if (database.changes(answer) === claimed.length) return { begun: new Set(claimed), locked: new Set() };
  const rows: Pick<QueueRow, 'delivery_id' | 'lease_token'>[] = await withDeadline(
    database.read((db) =>
      db<QueueRow>(queueTable).whereRaw(`delivery_id in (${ids})`).select('delivery_id', 'lease_token'),
    ),
  );
  const stored = new Map(rows.map((row) => [row.delivery_id, row.lease_token]));
  return {
    begun: new Set(claimed.filter(({ id, leaseToken }) => stored.get(id) === waitingToken(leaseToken))),
    locked: new Set(claimed.filter(({ id, leaseToken }) => stored.get(id) === leaseToken)),
  };
}

/** A process may have a row twice: under a lease that it has lost, and claimed again. */
function tokenOfEach(claimed: readonly Claimed[]): string | number {
  const leases = [...Map.groupBy(claimed, ({ leaseToken }) => leaseToken)];
  const [only] = leases;
  // The rows of most statements are of one claim, and a comparison with each id takes a fifth of the time.
  if (only && leases.length === 1) return only[0];
  const cases = leases.map(
    ([token, rows]) => `when delivery_id in (${idList(rows.map(({ id }) => id))}) then ${token}`,
  );
  return `case ${cases.join(' ')} end`;
}

const plain = (mine: string): string => `update ${queueTable} set lease_token = -lease_token where ${mine}`;

/** The limit keeps the servers from merging the inner SELECT into the statement, which would then wait for locks. */
const joined = ({ skipLocked, byKey }: Database, mine: string, limit: number): string =>
  `update (select delivery_id from ${queueTable}${byKey} where ${mine} limit ${limit}${skipLocked}) mine
   straight_join ${queueTable} q${byKey} on q.delivery_id = mine.delivery_id set q.lease_token = -q.lease_token`;
