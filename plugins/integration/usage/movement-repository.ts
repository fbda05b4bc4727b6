import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../../src/plugin.ts';
import type { CycleKey } from './cycle-keys.ts';

/** A threshold that a movement has crossed. */
export interface Crossed {
  threshold: number;
  /** The application of the report that crossed it. */
  application: string;
  /** Of the call with that report. */
  traceparent?: string | undefined;
  /** Places of the webhooks to call in the movement's list. */
  webhooks: readonly number[];
}

/** A movement of a counter across thresholds, with all that was decided at that moment. */
export interface Movement extends CycleKey {
  id: string;
  organization: string;
  target: bigint;
  webhooks: readonly string[];
  /** Sorted by threshold. */
  crossed: readonly Crossed[];
  /** Number of firings that are settled, in the order of thresholds and their webhooks. */
  done: number;
  /** Microseconds since 1970. */
  crossedAt: number;
}

interface Row {
  id: string;
  organization: string;
  subscription_id: string;
  cycle: number;
  content: string;
  done: number;
  due_at: number;
  crossed_at: number;
}

interface Content {
  /** Text: it may exceed the range of a number. */
  target: string;
  webhooks: string[];
  crossed: Crossed[];
}

/** Movements up to `now` are due. A time beyond `latest` comes from another clock: that movement is due, too. */
export interface DueTimes {
  now: number;
  latest: number;
}

const table = 'integration_movements';

/** Movements whose callbacks are not all enqueued. */
export function createMovementRepository(db: Knex, database: Pick<Database, 'skipLocked' | 'rows'>) {
  return {
    /**
     * Inserts a movement after all earlier ones of its subscription, whose counter the caller has locked. Times in ids come from
     * several processes, and ids of one millisecond are in no order.
     */
    async insert(movement: Omit<Movement, 'id'>): Promise<void> {
      const { organization, subscriptionId, cycle, target, webhooks, crossed, done, crossedAt } = movement;
      const latest = await db<Row>(table).where({ subscription_id: subscriptionId }).orderBy('id', 'desc').first('id');
      const id = idAfter(latest?.id);
      await db<Row>(table).insert({
        ...{ id, organization, subscription_id: subscriptionId, cycle, done, due_at: 0, crossed_at: crossedAt },
        content: JSON.stringify({ target: String(target), webhooks, crossed }),
      });
    },

    /** The organizations that have due movements. */
    async findTurns(due: DueTimes): Promise<string[]> {
      return db(table).where(isDue(due)).distinct('organization').orderBy('organization').pluck('organization');
    },

    /**
     * Locks the organization's oldest due movement that no other process has; undefined if there is none. Movements of one
     * subscription go one after the other, so that an ordered webhook gets thresholds as they were crossed.
     */
    async lockNext(organization: string, { now, latest }: DueTimes): Promise<string | undefined> {
      const isEarlier = `e.subscription_id = m.subscription_id and e.id < m.id and ${isDueIn('e')}`;
      const isFirst = `not exists (select 1 from ${table} e where ${isEarlier})`;
      const where = `m.organization = ? and ${isDueIn('m')} and ${isFirst}`;
      const sql = `select m.id from ${table} m where ${where} order by m.id limit 1${database.skipLocked}`;
      const rows = await db.raw(sql, [organization, now, latest, now, latest]);
      return database.rows<{ id: string }>(rows)[0]?.id;
    },

    /** Reads a movement; undefined if it is settled. */
    async find(id: string): Promise<Movement | undefined> {
      const row = await db<Row>(table).where({ id }).first();
      return row && toMovement(row);
    },

    async advance(id: string, done: number): Promise<void> {
      await db<Row>(table).where({ id }).update({ done });
    },

    async postpone(id: string, dueAt: number): Promise<void> {
      await db<Row>(table).where({ id }).update({ due_at: dueAt });
    },

    async delete(id: string): Promise<void> {
      await db<Row>(table).where({ id }).delete();
    },
  };
}

const isDueIn = (alias: string): string => `(${alias}.due_at <= ? or ${alias}.due_at > ?)`;

const isDue =
  ({ now, latest }: DueTimes) =>
  (query: Knex.QueryBuilder): void =>
    void query.where('due_at', '<=', now).orWhere('due_at', '>', latest);

/** A new id, which is greater than `latest`. */
function idAfter(latest = ''): string {
  const id = randomUUIDv7();
  if (id > latest) return id;
  const next = (Number.parseInt(latest.slice(0, 8) + latest.slice(9, 13), 16) + 1).toString(16).padStart(12, '0');
  return `${next.slice(0, 8)}-${next.slice(8)}${id.slice(13)}`;
}

function toMovement(row: Row): Movement {
  const { target, webhooks, crossed } = JSON.parse(row.content) as Content;
  return {
    id: row.id,
    organization: row.organization,
    subscriptionId: row.subscription_id,
    cycle: row.cycle,
    target: BigInt(target),
    webhooks,
    crossed,
    done: row.done,
    crossedAt: row.crossed_at,
  };
}
