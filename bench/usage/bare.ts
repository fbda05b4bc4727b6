// Single-row updates, each in a transaction, from as many callers and over as many connections as the gateway has.
import { createPool, type Pool } from 'mysql2/promise';
import { callers, readTask } from './callers.ts';

/** Read from standard input, as JSON. */
export interface BareTask {
  databaseUrl: string;
  rows: number;
  seconds: number;
  /** The server's own transaction around each statement; otherwise BEGIN, UPDATE, COMMIT. */
  isAutocommit: boolean;
}

const connections = 20;

async function update(pool: Pool, row: number, isAutocommit: boolean): Promise<void> {
  const connection = await pool.getConnection();
  if (!isAutocommit) await connection.beginTransaction();
  await connection.query('UPDATE bare_counters SET used = used + ? WHERE id = ?', [1, row]);
  if (!isAutocommit) await connection.commit();
  connection.release();
}

if (process.argv[1] === import.meta.filename) {
  const { databaseUrl, rows, seconds, isAutocommit } = await readTask<BareTask>();
  const pool = createPool({ uri: databaseUrl, connectionLimit: connections });
  const start = performance.now();
  const end = start + seconds * 1000;
  let updates = 0;
  const caller = async (_: unknown, index: number): Promise<void> => {
    for (let row = Math.floor((index * rows) / callers); performance.now() < end; row = (row + 1) % rows) {
      await update(pool, row, isAutocommit);
      updates += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  process.stdout.write(JSON.stringify({ perSecond: updates / ((performance.now() - start) / 1000) }));
  await pool.end();
}
