import type { Database, Knex } from '../../database/database.ts';
import { timeSql } from '../../database/sql-text.ts';
import { queueTable } from './queue-repository.ts';

const dayMicros = 86_400_000_000;

/** Number of deliveries that a process has leased, by the clock of the database. A lease beyond a day is of a wrong clock. */
export async function leasesInForce(db: Knex, engine: Database['engine']): Promise<number> {
  if (!(await db.schema.hasTable(queueTable))) return 0;
  const now = timeSql(engine);
  const leased = db(queueTable).whereRaw(`lease_until > ${now} and lease_until < ${now} + ${dayMicros}`);
  const [row] = await leased.count({ leased: '*' });
  return Number(row?.leased ?? 0);
}
