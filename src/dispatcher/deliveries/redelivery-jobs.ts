import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import { ApiError, notFound } from '../../errors.ts';
import type { DeliveryFilter } from '../model/delivery.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { createJobRepository, type JobRow } from '../store/job-repository.ts';
import type { DeliveryLog } from './delivery-log.ts';

export interface RedeliveryJob {
  id: string;
  state: 'running' | 'done' | 'cancelled';
  redelivered: number;
  /** In flight, held, or gone when their turn came. */
  skipped: number;
  createdAt: number;
  updatedAt: number;
}

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
  async function step(seen: JobRow): Promise<boolean> {
    const filter = JSON.parse(seen.filter) as DeliveryFilter;
    const all = { ...filter, organization: seen.organization, to: filter.to ?? seen.created_at };
    const { deliveries, next } = await log.list(all, batch, seen.next_before);
    const endpoints = await lookup.find(deliveries.map(({ endpoint }) => endpoint));
    const ids = deliveries.filter((_, index) => endpoints[index]?.endpoint.state !== 'gone').map(({ id }) => id);
    return database.transaction(async (trx) => {
      const jobs = createJobRepository(trx, database);
      const job = await jobs.lockStep(seen.id, seen.next_before);
      if (!job) return false;
      const redelivered = await redeliver(trx, job.organization, ids);
      await jobs.update(job.id, {
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
      const row: JobRow = {
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
      await createJobRepository(trx, database).insert(row);
      return toJob(row);
    },

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<RedeliveryJob> {
      const row = await database.read((db) => createJobRepository(db, database).find(organization, id));
      if (!row) throw notFound('There is no such job.');
      return toJob(row);
    },

    /** Throws `NOT_FOUND`. What has been sent again stays sent; a job that is over stays as it is. */
    async cancel(trx: Knex, organization: string, id: string): Promise<void> {
      const jobs = createJobRepository(trx, database);
      const row = await jobs.lock(organization, id);
      if (!row) throw notFound('There is no such job.');
      if (row.state === 'running') await jobs.update(id, { state: 'cancelled', updated_at: now() });
    },

    /** Takes one step of one running job that nobody else is at. Resolves to false when there is none. */
    async runStep(): Promise<boolean> {
      const candidates = await database.read((db) => createJobRepository(db, database).running());
      for (const job of candidates) if (await step(job)) return true;
      return false;
    },
  };
}

const toJob = (row: JobRow): RedeliveryJob => ({
  id: row.id,
  state: row.state,
  redelivered: row.redelivered,
  skipped: row.skipped,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
