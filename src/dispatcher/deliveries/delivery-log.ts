import type { Database, Knex } from '../../database/database.ts';
import type { DeliveryFilter } from '../model/delivery.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { readAttempts } from '../store/attempt-rows.ts';
import { type EndpointBacklog, readBacklog } from '../store/backlog.ts';
import { type BoundedCount, createDeliveryRepository } from '../store/delivery-repository.ts';
import { organizationsAfter } from '../store/organizations.ts';
import { createDeliveryChanges, missing } from './delivery-changes.ts';
import { type AttemptView, type DeliveryView, toAttempt, toView } from './delivery-view.ts';

export type { AttemptView, DeliveryView } from './delivery-view.ts';

export interface DeliveryPage {
  deliveries: DeliveryView[];
  /** The cursor of the next page; undefined on the last one. */
  next: string | undefined;
}

export type DeliveryLog = ReturnType<typeof createDeliveryLog>;

const maxBacklogEndpoints = 1000;

/**
 * Lists, counts, reads, redelivers and cancels accepted deliveries. `allOrganizations` in place of an organization reads across
 * all of them; changes are of one.
 */
export function createDeliveryLog(parts: {
  database: Database;
  lookup: EndpointLookup;
  now: () => number;
  wake: (trx: Knex.Transaction, key: number, dueAt: number) => void;
}) {
  const { database, now } = parts;
  const { requireEndpoint, redeliver, cancel } = createDeliveryChanges(parts);

  return {
    requireEndpoint,
    redeliver,
    cancel,

    /** A page of deliveries, newest first, older than `cursor`. With a filter it may be short although a next one follows. */
    async list(filter: DeliveryFilter, limit: number, cursor?: string): Promise<DeliveryPage> {
      const page = await database.read((db) =>
        createDeliveryRepository(db, database).newest(filter, limit, cursor, now()),
      );
      return { deliveries: page.rows.map((row) => toView(row, now())), next: page.next };
    },

    /** The number of deliveries that match a filter, 10,000 at most. */
    count: (db: Knex, filter: DeliveryFilter): Promise<BoundedCount> =>
      createDeliveryRepository(db, database).count(filter, now()),

    /** Endpoints with their numbers of waiting deliveries, the largest backlog first; at most 1,000. */
    backlog: (organization: string): Promise<{ endpoints: EndpointBacklog[]; more: boolean }> =>
      database.read((db) => readBacklog(db, database, organization, maxBacklogEndpoints)),

    /** Names of the organizations with deliveries or statistics, in the order of their bytes, behind `after`. */
    organizations: (limit: number, after = ''): Promise<string[]> =>
      database.read((db) => organizationsAfter(db, database, after, limit)),

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<DeliveryView & { payload: string; attempts: AttemptView[] }> {
      return database.read(async (db) => {
        const row = await createDeliveryRepository(db, database).find(organization, id);
        if (!row) throw missing();
        const attempts = await readAttempts(db, id);
        return {
          ...toView(row, now()),
          payload: row.payload,
          attempts: attempts.map((attempt) => toAttempt(attempt, row.traceparent)),
        };
      });
    },
  };
}
