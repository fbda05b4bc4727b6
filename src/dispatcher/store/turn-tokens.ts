import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed } from '../model/delivery.ts';
import { waitingToken } from './lease-token.ts';
import { type QueueRow, queueTable } from './queue-repository.ts';

export interface TurnedTokens {
  readonly turned: ReadonlySet<Claimed>;
  /** Rows that are under their leases as before: another transaction had locked them. */
  readonly locked: ReadonlySet<Claimed>;
}

/**
 * Stores with one statement that the attempts of rows begin that wait under their leases, or that they wait although their tokens
 * say otherwise; the tokens in `claimed` change as well. It waits for no lock, because one locked row must not hold up the others.
 * A row in neither set is under another lease, or gone.
 */
export async function turnTokens(database: Database, claimed: readonly Claimed[]): Promise<TurnedTokens> {
  const ids = idList(claimed.map(({ id }) => id));
  const mine = `delivery_id in (${ids}) and lease_token = ${tokenOfEach(claimed)}`;
  const answer = await database.statement((db) =>
    db.raw(database.skipLocked ? joined(database, mine, claimed.length) : plain(mine)),
  );
  const areAll = database.changes(answer) === claimed.length;
  const stored = areAll ? undefined : await tokensOf(database, ids);
  const turned = claimed.filter(({ id, leaseToken }) => !stored || stored.get(id) === waitingToken(leaseToken));
  const locked = claimed.filter(({ id, leaseToken }) => stored?.get(id) === leaseToken);
  for (const row of turned) row.leaseToken = waitingToken(row.leaseToken);
  return { turned: new Set(turned), locked: new Set(locked) };
}

async function tokensOf(database: Database, ids: string): Promise<ReadonlyMap<string, number>> {
  const rows: Pick<QueueRow, 'delivery_id' | 'lease_token'>[] = await withDeadline(
    database.read((db) =>
      db<QueueRow>(queueTable).whereRaw(`delivery_id in (${ids})`).select('delivery_id', 'lease_token'),
    ),
  );
  return new Map(rows.map((row) => [row.delivery_id, row.lease_token]));
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
