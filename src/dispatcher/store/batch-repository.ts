import type { Database, Knex } from '../../database/database.ts';
import { insertBinary } from '../../database/insert-rows.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed, HeldBatch } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { type Batched, packBatch, unpackBatch } from './batch-content.ts';
import { batchedOf, insertOpen, ownRowsOf } from './delivery-rows.ts';
import { noLease } from './lease-token.ts';
import { deliveryTable } from './queue-repository.ts';

export const batchTable = 'dispatcher_batches';
export const contentTable = 'dispatcher_batch_contents';

/** A batch as long as some of its deliveries have no rows of their own. Times are microseconds. */
export interface BatchRow {
  /** The least of its deliveries' ids, and the greatest. */
  id: string;
  last_id: string;
  organization: string;
  created_at: number;
  deliveries: number;
  /** Some of its deliveries have rows of their own. */
  has_rows: number;
  lease_token: number;
  lease_until: number;
}

export interface OpenBatch {
  row: BatchRow;
  deliveries: Batched[];
}

/** A batch may have 2 MB, and is in memory as a whole. */
const mostAtOnce = 8;

/** Which of the open batches' deliveries are meant. */
export type Within = { endpoint: EndpointRef } | { organization: string; id: string };

/**
 * Batches: deliveries that were enqueued together and need no rows and no indexes until they are settled, so that
 * writing them takes a fifth of the time. A delivery that has to wait gets a row and a queue row, and is then like any
 * other. A process that sends from a batch holds a lease on it.
 */
export function createBatchRepository(
  db: Knex,
  database: Pick<Database, 'skipLocked' | 'rows' | 'lockShared' | 'byKey'>,
) {
  const { skipLocked, rows: rowsOf, lockShared, byKey } = database;

  async function contentsOf(rows: readonly BatchRow[]): Promise<OpenBatch[]> {
    if (rows.length === 0) return [];
    const found: { id: string; content: Uint8Array }[] = await db(contentTable)
      .whereRaw(`id in (${idList(rows.map(({ id }) => id))})`)
      .select('id', 'content');
    const contents = new Map(found.map(({ id, content }) => [id, content]));
    return rows.map((row) => {
      const content = contents.get(row.id);
      return { row, deliveries: content ? unpackBatch(content) : [] };
    });
  }

  /** The deliveries without rows of their own. */
  async function withoutRows({ deliveries }: OpenBatch): Promise<Batched[]> {
    const own = await ownRowsOf(
      db,
      deliveries.map(({ id }) => id),
    );
    return deliveries.filter(({ id }) => !own.has(id));
  }

  /** Gives deliveries rows of their own. A lapsed lease is kept in them: the outcome of the attempt is unknown. */
  async function writeOut({ row }: OpenBatch, deliveries: readonly Batched[]): Promise<void> {
    const { organization, created_at: createdAt, lease_token: token } = row;
    await insertOpen(
      db,
      deliveries.map((one) => ({ ...one, organization, createdAt, dueAt: createdAt, lease: { token, until: 0 } })),
    );
  }

  return {
    contentsOf,
    withoutRows,

    async insert(organization: string, deliveries: readonly Batched[], now: number): Promise<void> {
      const [id = '', ...others] = deliveries.map((one) => one.id).sort();
      const lastId = others.at(-1) ?? id;
      await Promise.all([
        db<BatchRow>(batchTable).insert({
          id,
          last_id: lastId,
          organization,
          created_at: now,
          deliveries: deliveries.length,
          has_rows: 0,
          lease_token: noLease,
          lease_until: 0,
        }),
        insertBinary(db, contentTable, { id, last_id: lastId, content: packBatch(deliveries) }),
      ]);
    },

    /** Whether there is a batch without a lease. */
    async hasWaiting(now: number): Promise<boolean> {
      return (await db<BatchRow>(batchTable).where('lease_until', '<=', now).first('id')) !== undefined;
    },

    /**
     * Locks and returns batches without a lease, skipping locked ones: the oldest batches of the next organization by
     * name after this one. The first is always returned, further ones only while their deliveries are not more than
     * `room`.
     */
    async lockWaiting(now: number, after: string, room: number): Promise<OpenBatch[]> {
      for (const which of ['>', '<=']) {
        const sql = `select * from ${batchTable} where organization ${which} ? and lease_until <= ? order by organization, id limit ${mostAtOnce}${skipLocked}`;
        const rows = rowsOf<BatchRow>(await db.raw(sql, [after, now]));
        if (rows.length > 0) return contentsOf(beginningOf(rows, room));
      }
      return [];
    },

    async lease(ids: readonly string[], token: number, until: number): Promise<void> {
      await db<BatchRow>(batchTable).whereIn('id', ids).update({ lease_token: token, lease_until: until });
    },

    async unlease(id: string, token: number): Promise<void> {
      await db<BatchRow>(batchTable).where({ id, lease_token: token }).update({ lease_token: noLease, lease_until: 0 });
    },

    /** Which of these batches are still under these very leases; they stay so until the transaction ends. */
    async stillHeld(batches: Iterable<HeldBatch>): Promise<ReadonlySet<string>> {
      const held = [...new Set(batches)];
      if (held.length === 0) return new Set();
      const each = held.map(() => '(id = ? and lease_token = ?)').join(' or ');
      const sql = `select id from ${batchTable}${byKey} where ${each}${lockShared}`;
      const found = rowsOf<{ id: string }>(
        await db.raw(
          sql,
          held.flatMap(({ id, leaseToken }) => [id, leaseToken]),
        ),
      );
      return new Set(found.map(({ id }) => id));
    },

    /**
     * Gives all deliveries of a locked batch rows of their own, after its process has ended or was away for too long.
     */
    async dissolve(batch: OpenBatch): Promise<Batched[]> {
      const left = await withoutRows(batch);
      await writeOut(batch, left);
      await db<BatchRow>(batchTable).where({ id: batch.row.id }).delete();
      return left;
    },

    /** Removes batches whose deliveries all have rows of their own. */
    async removeHeld(batches: readonly HeldBatch[]): Promise<void> {
      for (const { id, leaseToken } of batches)
        await db<BatchRow>(batchTable).where({ id, lease_token: leaseToken }).delete();
    },

    /**
     * Gives deliveries of batches without a lease rows of their own, so that they can be held, settled or sent again.
     * Resolves to their number. Batches under a lease are left alone.
     */
    async single(within: Within, now: number): Promise<number> {
      let written = 0;
      const ids = await idsWith(within, now);
      for (const id of ids) {
        // Waits for a process that is about to lease it.
        const rows = await db<BatchRow>(batchTable).where({ id }).where('lease_until', '<=', now).forUpdate();
        const [batch] = await contentsOf(rows as BatchRow[]);
        if (!batch) continue;
        const meant = (await withoutRows(batch)).filter(isWithin(within));
        await writeOut(batch, meant);
        await db<BatchRow>(batchTable)
          .where({ id })
          .update({ has_rows: 1, deliveries: batch.row.deliveries - meant.length });
        written += meant.length;
      }
      return written;
    },

    /** Ids of the open batches that may have such deliveries, leased or not. */
    idsWith: (within: Within) => idsWith(within, undefined),

    /** For the embedded database's only process. */
    async endAllLeases(): Promise<void> {
      await db<BatchRow>(batchTable).where('lease_until', '>', 0).update({ lease_until: 0 });
    },

    /** Contents of batches that ended before `upTo`, in the order of their ids, after this one. */
    async endedContents(after: string, upTo: string, limit: number): Promise<{ id: string; last_id: string }[]> {
      return db(`${contentTable} as c`)
        .where('c.id', '>', after)
        .where('c.id', '<', upTo)
        .where('c.last_id', '<', upTo)
        .whereNotExists(db(batchTable).whereRaw(`${batchTable}.id = c.id`))
        .orderBy('c.id')
        .limit(limit)
        .select('c.id', 'c.last_id');
    },

    /**
     * Whether a delivery has its payload in this content. A stretch of the primary key: the ids of a
     * batch begin alike.
     */
    async isReferredTo({ id, last_id: lastId }: { id: string; last_id: string }): Promise<boolean> {
      const deliveries = db(deliveryTable).where('id', '>=', id).where('id', '<=', lastId).where('batch_id', id);
      return (await deliveries.first('id')) !== undefined;
    },

    async removeContents(ids: readonly string[]): Promise<void> {
      await db(contentTable).whereIn('id', ids).delete();
    },
  };

  async function idsWith(within: Within, now: number | undefined): Promise<string[]> {
    const query = db(`${batchTable} as b`).orderBy('b.id');
    if (now !== undefined) query.where('b.lease_until', '<=', now);
    if ('id' in within) {
      const { organization, id } = within;
      query.where('b.organization', organization).where('b.id', '<=', id).where('b.last_id', '>=', id);
    } else {
      // The id as it stands in the head of a content; an endpoint of another kind may have the same.
      const needle = Buffer.from(JSON.stringify(within.endpoint.id));
      query.join(`${contentTable} as c`, 'c.id', 'b.id').whereRaw('instr(c.content, ?) > 0', [needle]);
    }
    return query.pluck('b.id');
  }
}

/** The first of these batches, and those after it that are like it and for which there is room. */
function beginningOf([first, ...others]: readonly BatchRow[], room: number): BatchRow[] {
  if (!first) return [];
  const beginning = [first];
  let left = room - first.deliveries;
  for (const row of others) {
    left -= row.deliveries;
    if (row.organization !== first.organization || row.lease_token !== first.lease_token || left < 0) break;
    beginning.push(row);
  }
  return beginning;
}

export const isWithin =
  (within: Within) =>
  ({ id, endpoint }: Batched): boolean =>
    'id' in within ? id === within.id : endpoint.kind === within.endpoint.kind && endpoint.id === within.endpoint.id;

/**
 * Divides claimed deliveries into unwritten ones, whose batches are still under these leases, and queued ones, which
 * have rows. A delivery in neither part has been claimed by another process.
 */
export async function partByRows(
  trx: Knex,
  database: Database,
  claimed: readonly Claimed[],
): Promise<{ unwritten: Claimed[]; queued: Claimed[] }> {
  const batched = claimed.filter((one) => one.batched);
  const held = await createBatchRepository(trx, database).stillHeld(batched.map((one) => batchedOf(one).batch));
  const own = await ownRowsOf(
    trx,
    batched.map(({ id }) => id),
  );
  return {
    unwritten: batched.filter((one) => !own.has(one.id) && held.has(batchedOf(one).batch.id)),
    queued: claimed.filter((one) => !one.batched || own.has(one.id)),
  };
}

/** The payload of a delivery that was sent from this batch. */
export async function readPayload(db: Knex, batchId: string, deliveryId: string): Promise<string> {
  const row: { content: Uint8Array } | undefined = await db(contentTable).where({ id: batchId }).first('content');
  const delivery = row && unpackBatch(row.content).find(({ id }) => id === deliveryId);
  if (!delivery) throw new Error('a delivery whose batch is gone');
  return delivery.payload;
}
