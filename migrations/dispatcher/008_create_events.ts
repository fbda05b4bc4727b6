import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { ensureColumn, ensureTable } from '../../src/database/schema.ts';

const events = 'dispatcher_events';
const deliveries = 'dispatcher_deliveries';
const queue = 'dispatcher_queue';
const batches = 'dispatcher_batches';
const contents = 'dispatcher_batch_contents';

const rowsAtOnce = 1000;

/**
 * Stores each payload once: events have the payloads, deliveries point to them, and every delivery has a row. Open
 * batches become rows. Each step is a transaction that ends with its own traces removed, so an interrupted migration
 * continues behind the last committed step.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, events, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('last_id', 36).notNullable();
    columns.string('organization', 100).notNullable();
    columns.string('type', 128).notNullable();
    columns.text('payload', 'mediumtext').notNullable();
    columns.bigInteger('accepted_at').notNullable();
  });
  await ensureColumn(
    knex,
    deliveries,
    'event_id',
    (columns) => void columns.string('event_id', 36).notNullable().defaultTo(''),
  );
  if (await knex.schema.hasTable(contents)) await adoptBatches(knex);
  if (await knex.schema.hasColumn(deliveries, 'payload')) await adoptPayloads(knex);
  await knex.schema.dropTableIfExists(contents);
  await knex.schema.dropTableIfExists(batches);
  for (const column of ['batch_id', 'payload'])
    if (await knex.schema.hasColumn(deliveries, column))
      await knex.raw(`alter table ${deliveries} drop column ${column}`);
}

/** Payloads return to their deliveries. No batch is made: rows are a valid form of the earlier version, too. */
export async function down(knex: Knex): Promise<void> {
  await ensureColumn(knex, deliveries, 'payload', (columns) => void columns.text('payload', 'mediumtext').nullable());
  await ensureColumn(knex, deliveries, 'batch_id', (columns) => void columns.string('batch_id', 36).nullable());
  if (await knex.schema.hasTable(events)) await returnPayloads(knex);
  await knex.schema.alterTable(deliveries, (columns) => columns.text('payload', 'mediumtext').notNullable().alter());
  await ensureTable(knex, batches, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('last_id', 36).notNullable();
    columns.string('organization', 100).notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.integer('deliveries').notNullable();
    columns.tinyint('has_rows').notNullable();
    columns.bigInteger('lease_token').notNullable();
    columns.bigInteger('lease_until').notNullable();
    columns.index(['organization', 'id'], `${batches}_organization_id`);
  });
  await ensureTable(knex, contents, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('last_id', 36).notNullable();
    columns.specificType('content', knex.client.driverName === 'mysql2' ? 'mediumblob' : 'blob').notNullable();
  });
  if (await knex.schema.hasColumn(deliveries, 'event_id'))
    await knex.raw(`alter table ${deliveries} drop column event_id`);
  await knex.schema.dropTableIfExists(events);
}

/** A delivery with a payload of its own becomes an event with one delivery, under the same id. */
async function adoptPayloads(knex: Knex): Promise<void> {
  for (let after = ''; ; ) {
    const ids: string[] = await knex(deliveries)
      .where('id', '>', after)
      .where({ event_id: '' })
      .orderBy('id')
      .limit(rowsAtOnce)
      .pluck('id');
    const last = ids.at(-1);
    if (last === undefined) return;
    await knex.transaction(async (trx) => {
      const own = trx(deliveries).where('id', '>', after).where('id', '<=', last).where({ event_id: '' });
      await trx.raw(
        `insert into ${events} (id, last_id, organization, type, payload, accepted_at)
           select id, id, organization, type, payload, created_at from ${deliveries}
           where id > ? and id <= ? and event_id = ''`,
        [after, last],
      );
      await own.update({ event_id: trx.ref('id') });
    });
    after = last;
  }
}

interface Batched {
  id: string;
  kind: string;
  endpointId: string;
  type: string;
  payload: string;
}

interface BatchRow {
  organization: string;
  created_at: number;
  lease_token: number;
  lease_until: number;
}

/** One transaction for each batch: events, rows for the deliveries without one, and the end of the batch. */
async function adoptBatches(knex: Knex): Promise<void> {
  for (;;) {
    const content = (await knex(contents).orderBy('id').first()) as { id: string; content: Uint8Array } | undefined;
    if (!content) return;
    await knex.transaction(async (trx) => {
      const batch = (await trx(batches).where({ id: content.id }).first()) as BatchRow | undefined;
      await adoptBatch(trx, unpack(content.content), batch);
      await trx(batches).where({ id: content.id }).delete();
      await trx(contents).where({ id: content.id }).delete();
    });
  }
}

async function adoptBatch(trx: Knex, all: readonly Batched[], batch: BatchRow | undefined): Promise<void> {
  const stored = await storedOf(
    trx,
    all.map(({ id }) => id),
  );
  const organization = batch?.organization ?? [...stored.values()][0]?.organization;
  const createdAt = batch?.created_at ?? [...stored.values()][0]?.created_at;
  // A batch whose deliveries are all purged leaves nothing behind.
  if (organization === undefined || createdAt === undefined) return;
  // Deliveries that were sent from the batch, and the ones without a row; the others have payloads of their own.
  const mine = all.filter(({ id }) => stored.get(id)?.isOfBatch ?? batch !== undefined);
  const groups = [...Map.groupBy(mine, ({ type, payload }) => `${type}\n${payload}`).values()];
  const eventOf = new Map<string, string>();
  for (const group of groups) {
    const ids = group.map(({ id }) => id).sort();
    const [first] = group;
    const [id = ''] = ids;
    for (const one of ids) eventOf.set(one, id);
    const own = { id, last_id: ids.at(-1), organization, type: first?.type, payload: first?.payload };
    await trx(events).insert({ ...own, accepted_at: createdAt });
    const sent = ids.filter((one) => stored.has(one));
    if (sent.length > 0) await trx(deliveries).whereIn('id', sent).update({ event_id: id, batch_id: null });
  }
  const fresh = all.filter(({ id }) => !stored.has(id));
  if (batch) for (const part of parts(fresh)) await insertOpen(trx, part, batch, eventOf);
}

async function storedOf(trx: Knex, ids: readonly string[]) {
  const found = new Map<string, { organization: string; created_at: number; isOfBatch: boolean }>();
  for (const part of parts(ids)) {
    const rows: { id: string; organization: string; created_at: number; batch_id: string | null }[] = await trx(
      deliveries,
    )
      .whereIn('id', part)
      .select('id', 'organization', 'created_at', 'batch_id');
    for (const { id, organization, created_at, batch_id } of rows)
      found.set(id, { organization, created_at, isOfBatch: batch_id !== null });
  }
  return found;
}

/** A row under a lease stays under it: when it lapses, the outcome of its attempt counts as unknown. */
async function insertOpen(
  trx: Knex,
  rows: readonly Batched[],
  { organization, created_at, lease_token, lease_until }: BatchRow,
  eventOf: ReadonlyMap<string, string>,
): Promise<void> {
  await trx(deliveries).insert(
    rows.map(({ id, kind, endpointId, type }) => ({
      id,
      event_id: eventOf.get(id),
      organization,
      endpoint_kind: kind,
      endpoint_id: endpointId,
      type,
      payload: '',
      status: 0,
      attempt_count: 0,
      created_at,
    })),
  );
  await trx(queue).insert(
    rows.map(({ id, kind, endpointId }) => ({
      delivery_id: id,
      endpoint_key: endpointKey(kind, endpointId),
      endpoint_kind: kind,
      endpoint_id: endpointId,
      due_at: created_at,
      held: 0,
      lease_token,
      lease_until,
      attempt_count: 0,
      retries: 0,
      unknowns: 0,
    })),
  );
}

async function returnPayloads(knex: Knex): Promise<void> {
  for (let after = ''; ; ) {
    const ids: string[] = await knex(deliveries)
      .where('id', '>', after)
      .whereNull('payload')
      .orderBy('id')
      .limit(rowsAtOnce)
      .pluck('id');
    const last = ids.at(-1);
    if (last === undefined) return;
    await knex(deliveries)
      .where('id', '>', after)
      .where('id', '<=', last)
      .whereNull('payload')
      .update({
        payload: knex.raw(`coalesce((select e.payload from ${events} e where e.id = ${deliveries}.event_id), '')`),
      });
    after = last;
  }
}

const idsAtOnce = 500;

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += idsAtOnce) yield all.slice(at, at + idsAtOnce);
}

/** The content of a batch: a line of JSON, then the payloads one after the other. */
function unpack(bytes: Uint8Array): Batched[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const headEnd = buffer.indexOf('\n');
  const { lines, lengths } = JSON.parse(buffer.toString('utf8', 0, headEnd)) as {
    lines: [id: string, kind: string, endpointId: string, type: string, payload: number][];
    lengths: number[];
  };
  let end = headEnd + 1;
  const payloads = lengths.map((length) => {
    end += length;
    return buffer.toString('utf8', end - length, end);
  });
  return lines.map(([id, kind, endpointId, type, payload]) => ({
    id,
    kind,
    endpointId,
    type,
    payload: payloads[payload] ?? '',
  }));
}

/** The endpoint's number in the queue, as the dispatcher computes it. */
function endpointKey(kind: string, id: string): number {
  const digest = createHash('sha256').update(`${kind}\n${id}`).digest();
  return digest.readUIntBE(0, 6) * 16 + ((digest[6] ?? 0) & 15);
}
