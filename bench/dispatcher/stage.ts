import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { freePort, startDatabaseServer } from '../../test/support/database-server.ts';
import type { Contestant } from '../support/contestant.ts';
import { requireProgram } from '../support/debian-program.ts';
import { startContestant } from './runner.ts';

/** MariaDB and Redis with their default durability, and a sink for deliveries. */
export interface Stage {
  readonly databaseVersion: string;
  readonly redisVersion: string;
  readonly env: Readonly<Record<string, string>>;
  /** Process of the database server. */
  readonly databasePid: number;
  /** Redis that flushes once a second. */
  readonly redis: Redis;
  readonly sink: Contestant;
  readonly target: string;
  /** The database that `env` names. */
  readonly database: Database;
  /** Empties the dispatcher's tables, except what is known of endpoints. */
  reset(): Promise<void>;
}

export interface Redis {
  readonly port: number;
  readonly pid: number;
}

/** In MiB: holds a million rows with their payloads and indexes. */
export const bufferPoolMb = 2048;
/** All but what is known of endpoints: a service has sent to most of its endpoints before. */
const tables = 'events deliveries queue attempts counts health gates order jobs keys'.split(' ');
const migrations = join(import.meta.dirname, '..', '..', 'migrations', 'dispatcher');

export async function setStage(releases: Releases): Promise<Stage> {
  const server = await startDatabaseServer({ durable: true, bufferPoolMb });
  releases.add(() => server.stop());
  const connection = await createConnection(server.url);
  await connection.query('create database bench');
  const [rows] = await connection.query('select version() as version, @@pid_file as pidFile');
  const [about] = rows as { version: string; pidFile: string }[];
  await connection.end();
  const redis = await startRedis(releases, 'everysec');
  const env = { DATABASE_URL: `${server.url}/bench`, REDIS_PORT: String(redis.port) };
  const database = openDatabase(loadConfig({ ...env, ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') }));
  releases.add(() => database.close());
  await migrate(database, [{ name: 'dispatcher', directory: migrations }]);
  const sink = startContestant('sink.ts', {}, releases);
  const [{ port }] = (await once(sink.process, 'message')) as [{ port: number }];
  return {
    databaseVersion: about?.version ?? '',
    databasePid: Number(readFileSync(about?.pidFile ?? '', 'utf8')),
    redis,
    redisVersion:
      execFileSync(requireProgram('redis-server'), ['--version'], { encoding: 'utf8' }).match(/v=(\S+)/)?.[1] ?? '',
    env,
    sink,
    target: `http://127.0.0.1:${port}`,
    database,
    reset: async () => {
      for (const table of tables) await database.knex.raw(`truncate dispatcher_${table}`);
      // The row with the empty id is the lock of the process that reads the others.
      for (const table of ['tallies', 'changes'])
        await database.knex(`dispatcher_${table}`).where('id', '>', '').delete();
    },
  };
}

/** Starts a Redis whose append-only file is flushed every second or on every write. */
export async function startRedis(releases: Releases, appendfsync: 'everysec' | 'always'): Promise<Redis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-redis-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
  options.push('--appendfsync', appendfsync);
  const redis = spawn(requireProgram('redis-server'), options, { stdio: 'ignore' });
  releases.add(async () => {
    const exited = once(redis, 'exit');
    redis.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  await sleep(500);
  return { port, pid: redis.pid ?? 0 };
}
