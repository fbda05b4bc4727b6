import type { Database, Knex } from '../../database/database.ts';
import { notFound } from '../../errors.ts';
import type { DeliveryState } from '../model/delivery.ts';
import { createDeliveryRepository } from '../store/delivery-repository.ts';
import { type EventFilter, type EventRow, findEvent, newestEvents } from '../store/event-list.ts';
import { type DeliveryView, toView } from './delivery-view.ts';

export type { EventFilter } from '../store/event-list.ts';

/** An event as plugins show it. */
export interface EventView {
  id: string;
  organization: string;
  type: string;
  /** Microseconds since 1970. */
  acceptedAt: number;
}

/** Deliveries of an event: in these states, to these endpoints. */
export interface EventDeliveries {
  organization: string;
  eventId: string;
  states?: readonly DeliveryState[] | undefined;
  endpointIds?: readonly string[] | undefined;
}

export type EventLog = ReturnType<typeof createEventLog>;

/** Lists and reads events, whether or not they have deliveries. `allOrganizations` reads across all of them. */
export function createEventLog({ database, now }: { database: Database; now: () => number }) {
  return {
    /** A page of events, newest first, older than `cursor`. With conditions it may be short although a next one follows. */
    async list(
      filter: EventFilter,
      limit: number,
      cursor?: string,
    ): Promise<{ events: EventView[]; next: string | undefined }> {
      const { rows, next } = await database.read((db) => newestEvents(db, database, filter, limit, cursor));
      return { events: rows.map(toEvent), next };
    },

    /** Throws `NOT_FOUND`. */
    async read(db: Knex, organization: string, id: string): Promise<EventView & { payload: string }> {
      const row = await findEvent(db, organization, id);
      if (!row) throw notFound('There is no such event.');
      return { ...toEvent(row), payload: row.payload };
    },

    /** Newest first, `limit` at most. */
    async deliveries(db: Knex, wanted: EventDeliveries, limit: number): Promise<DeliveryView[]> {
      const repository = createDeliveryRepository(db, database);
      const found: DeliveryView[] = [];
      let cursor: string | undefined;
      do {
        const page = await repository.newest(wanted, limit - found.length, cursor, now());
        found.push(...page.rows.map((row) => toView(row, now())));
        cursor = page.next;
      } while (cursor !== undefined && found.length < limit);
      return found;
    },
  };
}

const toEvent = ({ id, organization, type, accepted_at: acceptedAt }: EventRow): EventView => ({
  id,
  organization,
  type,
  acceptedAt: Number(acceptedAt),
});
