import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import { isApiError, notFound } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { allOrganizations, type DeliveryFilter } from '../model/delivery.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { createJobRepository, type JobRow } from '../store/job-repository.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { createJobTurns } from './job-turns.ts';

export interface RedeliveryJob {
  id: string;
  state: 'running' | 'done' | 'cancelled';
  redelivered: number;
  /** Deliveries that were in flight, held, or without an endpoint at their turn. */
  skipped: number;
  createdAt: number;
  updatedAt: number;
}

const batch = 100;
/** Above every id. */
const maxId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Redelivery jobs as plugins see them. */
export type RedeliveryJobs = Omit<ReturnType<typeof createRedeliveryJobs>, 'runStep'>;

/**
 * Jobs that redeliver all deliveries that match a filter, in steps, newest first. Each step commits its deliveries
 * together with the job's progress, so that any process can continue a job, and it can be cancelled between two steps.
 */
export function createRedeliveryJobs(parts: {
  database: Database;
  /** On the reserved connections, as the steps. */
  log: DeliveryLog;
  lookup: EndpointLookup;
  now: () => number;
  logger: Logger;
}) {
  const { database, log, lookup, now, logger } = parts;
  const { reserved } = database;

  /** Resolves to false when another process is at work on the job, or has done this step. */
  async function step(seen: JobRow): Promise<boolean> {
    const filter = JSON.parse(seen.filter) as DeliveryFilter;
    const all = { ...filter, organization: seen.organization, to: filter.to ?? seen.created_at };
    const { deliveries, next } = await log.list(all, batch, seen.next_before);
    const endpoints = await lookup.find(deliveries.map(({ endpoint }) => endpoint));
    const ids = deliveries.filter((_, index) => endpoints[index]?.endpoint.state !== 'gone').map(({ id }) => id);
    return reserved.transaction(async (trx) => {
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

  const turns = createJobTurns({ database: reserved, logger, step });

  async function redeliver(trx: Knex.Transaction, organization: string, ids: readonly string[]): Promise<number> {
    let redelivered = 0;
    for (const id of ids) {
      try {
        await log.redeliver(trx, organization, id);
        redelivered += 1;
      } catch (error) {
        if (!isApiError(error)) throw error;
      }
    }
    return redelivered;
  }

  return {
    /** Throws `RangeError` for all organizations: a job is of one. */
    async create(trx: Knex, { organization, ...filter }: DeliveryFilter): Promise<RedeliveryJob> {
      if (organization === allOrganizations) throw new RangeError('a redelivery job is of one organization');
      const time = now();
      const row: JobRow = {
        id: randomUUIDv7(),
        organization,
        filter: JSON.stringify(filter),
        state: 'running',
        next_before: maxId,
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

    /** Stops a running job between two steps; a finished job stays as it is. Throws `NOT_FOUND`. */
    async cancel(trx: Knex, organization: string, id: string): Promise<void> {
      const jobs = createJobRepository(trx, database);
      const row = await jobs.lock(organization, id);
      if (!row) throw notFound('There is no such job.');
      if (row.state === 'running') await jobs.update(id, { state: 'cancelled', updated_at: now() });
    },

    /** Does a step of a job, of all organizations in turn; resolves to false when no job has one. */
    runStep: turns.runStep,
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
