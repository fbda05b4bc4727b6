import { availableParallelism } from 'node:os';
import { createConnection } from 'mysql2/promise';
import { startDatabaseServer } from '../../test/support/database-server.ts';
import { compete, ratio, toTable } from '../support/contest.ts';
import type { Findings } from '../support/findings.ts';
import { atLeast } from '../support/report.ts';
import { type Stage, shotThrough } from './stage.ts';

const rounds = 5;
const secondsPerRound = 2;
const warmUpSeconds = 3;
/** Two cores for the workers, and two for load generator and backend. */
const coresForBound = 4;

/** Measures the gain of a second process, on a database server because SQLite has a single writer. */
export async function measureWorkers(stage: Stage): Promise<Findings> {
  const database = await startDatabaseServer({ durable: true });
  try {
    const connection = await createConnection(database.url);
    await connection.query('create database bench');
    await connection.end();
    const contenders = [];
    for (const workers of ['1', '2']) {
      const key = { ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };
      const gateway = await stage.startGateway({}, { ...key, DATABASE_URL: `${database.url}/bench`, WORKERS: workers });
      contenders.push({ name: `WORKERS=${workers}`, server: gateway.server, shot: shotThrough(gateway) });
    }
    const options = { rounds, secondsPerRound, warmUpSeconds, load: stage.load.busy };
    const contest = await compete('Workers', contenders, options);
    for (const { server } of contenders) await server.stop();
    const cores = availableParallelism();
    const isEnough = cores > coresForBound;
    return {
      circumstances: [
        `Workers: as throughput, ${rounds} rounds of ${secondsPerRound} s each, on MariaDB.${isEnough ? '' : ` There is no bound: load generator and backend share the machine's ${cores} cores with the workers, so little is left for a second one.`}`,
      ],
      tables: [toTable(contest, 'WORKERS=1', 1)],
      bounds: isEnough ? [atLeast('WORKERS=2, of one', ratio(contest, 'WORKERS=2', 'WORKERS=1'), 1.7)] : [],
    };
  } finally {
    await database.stop();
  }
}
