import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import { ApiError, notFound } from '../../errors.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { DeliveryFilter } from './delivery-view.ts';

export interface RedeliveryJob {
  id: string;
  state: 'running' | 'done' | 'cancelled';
  redelivered: number;
  /** In flight, held, or gone when their turn came. */
  skipped: number;
  createdAt: number;
  updatedAt: number;
}

interface Row {
  id: string;
  organization: string;
  filter: string;
  state: RedeliveryJob['state'];
  next_before: string;
  redelivered: number;
  skipped: number;
  created_at: number;
  updated_at: number;
}

const table = 'dispatcher_jobs';
const batch = 100;
const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export type RedeliveryJobs = ReturnType<typeof createRedeliveryJobs>;

/**
 * Redelivers everything that a filter finds, some at a time, the newest first. Each step commits its deliveries together with
 * how far it has come, so a job goes on where it was, in whichever process, and can be cancelled between two steps.
 */
export function createRedeliveryJobs(parts: {
  database: Database;
  log: DeliveryLog;
  lookup: EndpointLookup;
  now: () => number;
}) {
  const { database, log, lookup, now } = parts;

  /** Resolves to false when somebody else is at the job, or has taken this step. */
  async function step(seen: Row): Promise<boolean> {
    const filter = JSON.parse(seen.filter) as DeliveryFilter;
    const all = { ...filter, organization: seen.organization, to: filter.to ?? seen.created_at };
    const { deliveries, next } = await log.list(all, batch, seen.next_before);
    const endpoints = await lookup.find(deliveries.map(({ endpoint }) => endpoint));
    const ids = deliveries.filter((_, index) => endpoints[index]?.endpoint.state !== 'gone').map(({ id }) => id);
    return database.transaction(async (trx) => {
      const sql = `select * from ${table} where id = ? and state = 'running' and next_before = ?${database.skipLocked}`;
      const [job] = database.rows<Row>(await trx.raw(sql, [seen.id, seen.next_before]));
      if (!job) return false;
      const redelivered = await redeliver(trx, job.organization, ids);
      await trx<Row>(table)
        .where({ id: job.id })
        .update({
          next_before: next ?? job.next_before,
          state: next === undefined ? 'done' : 'running',
          redelivered: job.redelivered + redelivered,
          skipped: job.skipped + deliveries.length - redelivered,
          updated_at: now(),
        });
      return true;
    });
  }

  async function redeliver(trx: Knex.Transaction, organization: string, ids: readonly string[]): Promise<number> {
    let redelivered = 0;
    for (const id of ids) {
      try {
        await log.redeliver(trx, organization, id);
        redelivered += 1;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
    return redelivered;
  }

  return {
    async create(trx: Knex, { organization, ...filter }: DeliveryFilter): Promise<RedeliveryJob> {
      const time = now();
      const row: Row = {
        id: randomUUIDv7(),
        organization,
        filter: JSON.stringify(filter),
        state: 'running',
        next_before: last,
        redelivered: 0,
        skipped: 0,
        created_at: time,
        updated_at: time,
      };
      await trx<Row>(table).insert(row);
      return toJob(row);
    },

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<RedeliveryJob> {
      const row: Row | undefined = await database.read((db) => db<Row>(table).where({ organization, id }).first());
      if (!row) throw notFound('There is no such job.');
      return toJob(row);
    },

    /** Throws `NOT_FOUND`. What has been sent again stays sent; a job that is over stays as it is. */
    async cancel(trx: Knex, organization: string, id: string): Promise<void> {
      const row = await trx<Row>(table).where({ organization, id }).forUpdate().first();
      if (!row) throw notFound('There is no such job.');
      if (row.state === 'running')
        await trx<Row>(table).where({ id }).update({ state: 'cancelled', updated_at: now() });
    },

    /** Takes one step of one running job that nobody else is at. Resolves to false when there is none. */
    async runStep(): Promise<boolean> {
      const candidates: Row[] = await database.read((db) =>
        db<Row>(table).where({ state: 'running' }).orderBy('id').limit(10),
      );
      for (const job of candidates) if (await step(job)) return true;
      return false;
    },
  };
}

const toJob = (row: Row): RedeliveryJob => ({
  id: row.id,
  state: row.state,
  redelivered: row.redelivered,
  skipped: row.skipped,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
