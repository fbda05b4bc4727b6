import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed } from '../model/delivery.ts';
import { waitingToken } from './lease-token.ts';
import { type QueueRow, queueTable } from './queue-repository.ts';

/**
 * Stores with one statement that the attempts of waiting rows begin. Resolves to the ids of the rows that are still leased and
 * not locked by another transaction: it waits for no lock, because one locked row must not hold up the others.
 */
export async function beginAttempts(database: Database, claimed: readonly Claimed[]): Promise<ReadonlySet<string>> {
  const ids = claimed.map(({ id }) => id);
  const tokens = [...new Set(claimed.map(({ leaseToken }) => leaseToken))];
  const mine = `delivery_id in (${idList(ids)}) and lease_token in (${tokens.join()})`;
  const answer = await database.statement((db) =>
    db.raw(database.skipLocked ? joined(database, mine, ids.length) : plain(mine)),
  );
  if (database.changes(answer) === ids.length) return new Set(ids);
  const begun: string[] = await withDeadline(
    database.read((db) =>
      db<QueueRow>(queueTable)
        .whereRaw(`delivery_id in (${idList(ids)})`)
        .whereIn('lease_token', tokens.map(waitingToken))
        .pluck('delivery_id'),
    ),
  );
  return new Set(begun);
}

const plain = (mine: string): string => `update ${queueTable} set lease_token = -lease_token where ${mine}`;

/** The limit keeps the servers from merging the inner SELECT into the statement, which would then wait for locks. */
const joined = ({ skipLocked, byKey }: Database, mine: string, limit: number): string =>
  `update (select delivery_id from ${queueTable}${byKey} where ${mine} limit ${limit}${skipLocked}) mine
   straight_join ${queueTable} q${byKey} on q.delivery_id = mine.delivery_id set q.lease_token = -q.lease_token`;
