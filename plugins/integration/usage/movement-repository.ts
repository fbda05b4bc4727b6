import type { Database, Knex } from '../../../src/plugin.ts';
import type { CycleKey } from './cycle-keys.ts';

/** A threshold that a movement has crossed. */
export interface Crossed {
  threshold: number;
  /** The application of the report that crossed it. */
  application: string;
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
  failures: number;
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
  failures: number;
  due_at: number;
  crossed_at: number;
}

interface Content {
  /** Text: it may exceed the range of a number. */
  target: string;
  webhooks: string[];
  crossed: Crossed[];
}

const table = 'integration_movements';

/** Movements whose callbacks are not all enqueued. */
export function createMovementRepository(db: Knex, database: Pick<Database, 'skipLocked' | 'rows'>) {
  return {
    async insert(movement: Movement): Promise<void> {
      const { id, organization, subscriptionId, cycle, target, webhooks, crossed, done, failures, crossedAt } =
        movement;
      await db<Row>(table).insert({
        ...{
          id,
          organization,
          subscription_id: subscriptionId,
          cycle,
          done,
          failures,
          due_at: 0,
          crossed_at: crossedAt,
        },
        content: JSON.stringify({ target: String(target), webhooks, crossed }),
      });
    },

    /** The id of each organization's oldest due movement. A time behind `latest` comes from another clock: it is due. */
    async findTurns(now: number, latest: number): Promise<string[]> {
      const rows: { id: string }[] = await db(table)
        .where((due) => due.where('due_at', '<=', now).orWhere('due_at', '>', latest))
        .groupBy('organization')
        .orderBy('organization')
        .select('organization')
        .min({ id: 'id' });
      return rows.map(({ id }) => id);
    },

    /** Locks a movement; undefined when it is settled, or when another process has it. */
    async lock(id: string): Promise<Movement | undefined> {
      const sql = `select * from ${table} where id = ?${database.skipLocked}`;
      const [row] = database.rows<Row>(await db.raw(sql, [id]));
      return row && toMovement(row);
    },

    async advance(id: string, done: number): Promise<void> {
      await db<Row>(table).where({ id }).update({ done, failures: 0 });
    },

    async postpone(id: string, dueAt: number): Promise<void> {
      await db(table)
        .where({ id })
        .update({ due_at: dueAt, failures: db.raw('failures + 1') });
    },

    async delete(id: string): Promise<void> {
      await db<Row>(table).where({ id }).delete();
    },
  };
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
    failures: row.failures,
    crossedAt: row.crossed_at,
  };
}
