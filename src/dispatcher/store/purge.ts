import type { Database, Knex } from '../../database/database.ts';
import { storedStatus } from '../model/delivery.ts';
import { attemptTable } from './attempt-rows.ts';
import { keyTable } from './deduplication-keys.ts';
import { createEventRepository } from './event-repository.ts';
import { firstIdAt } from './id-times.ts';
import { deliveryTable } from './queue-repository.ts';

const batch = 500;

/**
 * Deletes deliveries that were settled before `before` (microseconds), with their attempts and keys, in small batches.
 * Ids begin with the time, so the oldest are a range of the primary key; open and held deliveries stay. Resolves to
 * the number of deleted deliveries.
 */
export async function purgeDeliveries(database: Database, before: number, signal?: AbortSignal): Promise<number> {
  const upTo = firstIdAt(before);
  let after = '';
  let purged = 0;
  for (;;) {
    const rows: { id: string; status: number; finished_at: number }[] = await database.read((db) =>
      db(deliveryTable)
        .select('id', 'status', 'finished_at')
        .where('id', '>', after)
        .where('id', '<', upTo)
        .orderBy('id')
        .limit(batch),
    );
    const ids = rows
      .filter(({ status, finished_at }) => status !== storedStatus.open && finished_at < before)
      .map(({ id }) => id);
    if (ids.length > 0) {
      purged += await database.transaction((trx) => purge(trx, ids, before));
    }
    const lastSeen = rows.at(-1);
    if (signal?.aborted) return purged;
    if (!lastSeen || rows.length < batch) break;
    after = lastSeen.id;
  }
  await purgeEvents(database, upTo, signal);
  return purged;
}

/** Deletes old events without deliveries. */
async function purgeEvents(database: Database, upTo: string, signal: AbortSignal | undefined): Promise<void> {
  for (let after = ''; !signal?.aborted; ) {
    const ids = await database.read((db) => createEventRepository(db).idsBetween(after, upTo, batch));
    if (ids.length > 0)
      await database.transaction((trx) => createEventRepository(trx).removeUnused(ids, deliveryTable));
    const last = ids.at(-1);
    if (last === undefined || ids.length < batch) return;
    after = last;
  }
}

/** Checks the states again under a lock: a delivery may have been redelivered since it was read. */
async function purge(trx: Knex, ids: readonly string[], before: number): Promise<number> {
  const settled: string[] = await trx(deliveryTable)
    .whereIn('id', ids)
    .where('status', '<>', storedStatus.open)
    .where('finished_at', '<', before)
    .forUpdate()
    .pluck('id');
  await trx(attemptTable).whereIn('delivery_id', settled).delete();
  await trx(keyTable).whereIn('delivery_id', settled).delete();
  await trx(deliveryTable).whereIn('id', settled).delete();
  return settled.length;
}
