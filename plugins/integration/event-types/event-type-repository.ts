import { randomUUIDv7 } from 'node:crypto';
import { findOne, isUniqueViolation, type Knex } from '../../../src/plugin.ts';
import { countRows } from '../apigee/apigee-lists.ts';
import type { EventType } from './event-type.ts';

const table = 'integration_event_types';

interface Row {
  organization: string;
  name: string;
  description: string | null;
  example: string | null;
  schema: string | null;
  has_schema: boolean | number;
  version: string;
  bytes: number;
  created_at: number;
  updated_at: number;
}

export interface EventTypePage {
  readonly eventTypes: readonly EventType[];
  /** Name of the last one, if more follow. */
  readonly next: string | undefined;
}

/** Texts of one page: 64 KiB of schema and of example in each of 100 would be 12 MiB. */
const pageBytes = 1024 * 1024;

/** The catalogue of event types, by organization and name. */
export function createEventTypeRepository(db: Knex) {
  return {
    find: (organization: string, name: string): Promise<EventType | undefined> =>
      findOne(db(table), { organization, name }, toEventType),

    findForUpdate: (organization: string, name: string): Promise<EventType | undefined> =>
      findOne(db(table).forUpdate(), { organization, name }, toEventType),

    /** Resolves to false when there is one of this name. */
    insertUnlessThere: async (eventType: EventType): Promise<boolean> => {
      const { organization, name, createdAt } = eventType;
      try {
        await db<Row>(table).insert({ organization, name, created_at: createdAt, ...toColumns(eventType) });
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    update: async (eventType: EventType): Promise<void> => {
      const { organization, name } = eventType;
      await db<Row>(table).where({ organization, name }).update(toColumns(eventType));
    },

    /** Resolves to false when there is none. */
    delete: async (organization: string, name: string): Promise<boolean> =>
      (await db<Row>(table).where({ organization, name }).delete()) === 1,

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** In the order of names, after `cursor`. A page with large texts is short. */
    async list(organization: string, limit: number, cursor = ''): Promise<EventTypePage> {
      const sizes: Pick<Row, 'name' | 'bytes'>[] = await db<Row>(table)
        .where({ organization })
        .where('name', '>', cursor)
        .orderBy('name')
        .limit(limit + 1)
        .select('name', 'bytes');
      let bytes = 0;
      const taken = sizes.slice(0, limit).filter((each, index) => {
        bytes += each.bytes;
        return index === 0 || bytes <= pageBytes;
      });
      const rows: Row[] = await db<Row>(table)
        .where({ organization })
        .whereIn(
          'name',
          taken.map(({ name }) => name),
        )
        .orderBy('name');
      return { eventTypes: rows.map(toEventType), next: taken.length < sizes.length ? taken.at(-1)?.name : undefined };
    },

    hasSchemas: async (organization: string): Promise<boolean> =>
      (await db<Row>(table).where({ organization, has_schema: true }).first(db.raw('1 as found'))) !== undefined,

    /** The version of the type's schema; undefined if it has none. */
    schemaVersion: async (organization: string, name: string): Promise<string | undefined> => {
      const row = await db<Row>(table).where({ organization, name, has_schema: true }).first('name', 'version');
      return row?.name === name ? row.version : undefined;
    },

    schema: async (organization: string, name: string): Promise<{ version: string; schema: string } | undefined> => {
      const row = await db<Row>(table)
        .where({ organization, name, has_schema: true })
        .first('name', 'version', 'schema');
      return row?.name === name && row.schema !== null ? { version: row.version, schema: row.schema } : undefined;
    },
  };
}

function toEventType(row: Row): EventType {
  return {
    organization: row.organization,
    name: row.name,
    description: row.description ?? undefined,
    example: row.example ?? undefined,
    schema: row.schema ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns({ description, example, schema, updatedAt }: EventType) {
  const texts = [description ?? '', example ?? '', schema ?? ''];
  return {
    ...{ description: description ?? null, example: example ?? null, schema: schema ?? null },
    ...{ has_schema: schema !== undefined, version: randomUUIDv7() },
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    updated_at: updatedAt,
  };
}
