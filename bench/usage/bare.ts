// Single-row updates, each a transaction of its own, from as many callers and over as many connections as the gateway has.
import { createPool } from 'mysql2/promise';
import { callers, readTask } from './callers.ts';

/** Read from standard input, as JSON. */
export interface BareTask {
  databaseUrl: string;
  rows: number;
  seconds: number;
}

const connections = 20;

if (process.argv[1] === import.meta.filename) {
  const { databaseUrl, rows, seconds } = await readTask<BareTask>();
  const pool = createPool({ uri: databaseUrl, connectionLimit: connections });
  const start = performance.now();
  const end = start + seconds * 1000;
  let updates = 0;
  const caller = async (_: unknown, index: number): Promise<void> => {
    for (let row = Math.floor((index * rows) / callers); performance.now() < end; row = (row + 1) % rows) {
      await pool.query('UPDATE bare_counters SET used = used + ? WHERE id = ?', [1, row]);
      updates += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  process.stdout.write(JSON.stringify({ perSecond: updates / ((performance.now() - start) / 1000) }));
  await pool.end();
}
