// Single-row updates with Knex, with as many callers and connections as the gateway has.
import createKnex, { type Knex } from 'knex';
import { callers, readTask } from './callers.ts';

/** The task, read from standard input as JSON. */
export interface BareTask {
  databaseUrl: string;
  rows: number;
  seconds: number;
  /** One autocommitted statement for each update; otherwise BEGIN, UPDATE, COMMIT. */
  isAutocommit: boolean;
}

const connections = 20;

const update = (db: Knex, id: number) => db('bare_counters').where({ id }).increment('used', 1);

if (process.argv[1] === import.meta.filename) {
  const { databaseUrl, rows, seconds, isAutocommit } = await readTask<BareTask>();
  const db = createKnex({ client: 'mysql2', connection: databaseUrl, pool: { min: 0, max: connections } });
  const start = performance.now();
  const end = start + seconds * 1000;
  let updates = 0;
  const caller = async (_: unknown, index: number): Promise<void> => {
    for (let row = Math.floor((index * rows) / callers); performance.now() < end; row = (row + 1) % rows) {
      if (isAutocommit) await update(db, row);
      else await db.transaction((trx) => update(trx, row));
      updates += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  process.stdout.write(JSON.stringify({ perSecond: updates / ((performance.now() - start) / 1000) }));
  await db.destroy();
}
