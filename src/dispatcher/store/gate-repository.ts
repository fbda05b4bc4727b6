import type { Database, Knex } from '../../database/database.ts';

export const gateTable = 'dispatcher_gates';
const purgedAtOnce = 500;

export interface GateRow {
  endpoint_key: number;
  /** Time in microseconds from which the next attempt is allowed. */
  next_at: number;
  /** Position of the delivery that was attempted last, of an ordered endpoint. */
  turn: number;
}

type Dialect = Pick<Database, 'skipLocked' | 'byKey' | 'rows'>;

/** Gates of endpoints with a rate limit or an order. A claim locks them, so that processes grant attempts one after the other. */
export function createGateRepository(db: Knex, { skipLocked, byKey, rows }: Dialect) {
  const among = (keys: readonly number[]): string => `endpoint_key in (${keys.join(',')})`;

  return {
    /** Locks the gates of these endpoints, except locked ones: a claim waits for no other. */
    async lock(keys: readonly number[]): Promise<GateRow[]> {
      return rows(await db.raw(`select * from ${gateTable}${byKey} where ${among(keys)}${skipLocked}`));
    },

    async missing(keys: readonly number[]): Promise<number[]> {
      const found = rows<GateRow>(await db.raw(`select endpoint_key from ${gateTable} where ${among(keys)}`));
      const existing = new Set(found.map((row) => row.endpoint_key));
      return keys.filter((key) => !existing.has(key));
    },

    async insert(keys: readonly number[], now: number): Promise<void> {
      const created = keys.map((key): GateRow => ({ endpoint_key: key, next_at: now, turn: 0 }));
      await db<GateRow>(gateTable).insert(created).onConflict('endpoint_key').ignore();
    },

    /** Writes gates that are locked. */
    async write(gates: readonly GateRow[]): Promise<void> {
      if (gates.length === 0) return;
      const keys = gates.map((gate) => gate.endpoint_key);
      const cases = (column: 'next_at' | 'turn'): string =>
        gates.map((gate) => `when ${gate.endpoint_key} then ${gate[column]}`).join(' ');
      await db.raw(
        `update ${gateTable} set next_at = case endpoint_key ${cases('next_at')} end, turn = case endpoint_key ${cases('turn')} end where ${among(keys)}`,
      );
    },

    /** Deletes gates, without locked ones. */
    async remove(keys: readonly number[]): Promise<void> {
      for (const { endpoint_key } of await this.lock(keys))
        await db<GateRow>(gateTable).where({ endpoint_key }).delete();
    },

    /** Deletes some gates without an attempt since `before` (microseconds); resolves to their number. */
    async purge(before: number): Promise<number> {
      const keys: number[] = await db<GateRow>(gateTable)
        .where('next_at', '<', before)
        .orderBy('next_at')
        .limit(purgedAtOnce)
        .pluck('endpoint_key');
      if (keys.length === 0) return 0;
      return db<GateRow>(gateTable).whereIn('endpoint_key', keys).where('next_at', '<', before).delete();
    },
  };
}
