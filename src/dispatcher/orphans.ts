import type { Database } from '../database/database.ts';
import type { Claimed } from './delivery.ts';
import { inTime } from './in-time.ts';
import { createQueueRepository, deliveryTable } from './queue-repository.ts';

/**
 * Removes those of the leased rows that have no delivery: there is nothing to send, and an attempt on record would never be
 * purged. Resolves to the ids of the others: what was committed during the claim may only be seen by this second look.
 */
export async function removeOrphans(database: Database, suspects: readonly Claimed[]): Promise<ReadonlySet<string>> {
  const ids = suspects.map(({ id }) => id);
  return inTime(
    database.transaction(async (trx) => {
      const found = new Set<string>(await trx(deliveryTable).whereIn('id', ids).pluck('id'));
      await createQueueRepository(trx, database).removeLeased(suspects.filter(({ id }) => !found.has(id)));
      return found;
    }),
  );
}
