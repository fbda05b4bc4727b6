import type { Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { idList } from '../../database/sql-text.ts';

export const eventTable = 'dispatcher_events';

/** An event: the payload that one or more deliveries send. */
export interface NewEvent {
  /** The smallest id of its deliveries. */
  id: string;
  /** The greatest id of its deliveries. */
  lastId: string;
  organization: string;
  type: string;
  payload: string;
  traceparent: string | undefined;
}

/** The part of an event that every attempt sends. */
export interface EventContent {
  payload: string;
  traceparent: string | undefined;
}

const columns = ['id', 'last_id', 'organization', 'type', 'payload', 'accepted_at', 'traceparent'];

/** Events, and the payloads that are stored once for all their deliveries. */
export function createEventRepository(db: Knex) {
  return {
    /** `acceptedAt` in microseconds. */
    async insert(events: readonly NewEvent[], acceptedAt: number): Promise<void> {
      if (events.length === 0) return;
      const rows = events.map(({ id, lastId, organization, type, payload, traceparent }) => [
        id,
        lastId,
        organization,
        type,
        payload,
        acceptedAt,
        traceparent ?? null,
      ]);
      await insertRows(db, eventTable, columns, rows);
    },

    /** Contents by event id. */
    async contents(ids: Iterable<string>): Promise<ReadonlyMap<string, EventContent>> {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return new Map();
      const rows: { id: string; payload: string; traceparent: string | null }[] = await db(eventTable)
        .whereRaw(`id in (${idList(wanted)})`)
        .select('id', 'payload', 'traceparent');
      return new Map(
        rows.map(({ id, payload, traceparent }) => [id, { payload, traceparent: traceparent ?? undefined }]),
      );
    },

    /** Ids after `after` and below `upTo`, in their order. */
    async idsBetween(after: string, upTo: string, limit: number): Promise<string[]> {
      return db(eventTable).where('id', '>', after).where('id', '<', upTo).orderBy('id').limit(limit).pluck('id');
    },

    /** Deletes the events among these that have no delivery left. */
    async removeUnused(ids: readonly string[], deliveryTable: string): Promise<void> {
      // The ids of an event's deliveries are a range of the primary key: no index on `event_id` is needed.
      const used = db(`${deliveryTable} as d`)
        .select(db.raw('1'))
        .whereRaw(`d.id >= ${eventTable}.id and d.id <= ${eventTable}.last_id and d.event_id = ${eventTable}.id`);
      await db(eventTable).whereIn('id', ids).whereNotExists(used).delete();
    },
  };
}
