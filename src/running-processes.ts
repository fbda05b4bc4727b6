import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { settledWithin } from './answered-within.ts';
import type { Database, Knex } from './database/database.ts';
import { timeSql } from './database/sql-text.ts';
import { repeat } from './lifecycle/repeating.ts';
import type { Logger } from './logger.ts';
import { version } from './version.ts';

/** A process that serves on this database. */
export interface RunningProcess {
  host: string;
  pid: number;
  role: string;
  version: string;
  /** Time since its last sign of life, by the clock of the database. */
  seenMicros: number;
}

const table = 'gateway_processes';
const beatMs = 15_000;
/** A process without a sign of life for longer counts as gone. */
const goneMicros = 60_000_000;
/** Rows of killed processes are deleted after this time. */
const keepMicros = 600_000_000;
const leaveWithinMs = 1000;
const mostListed = 20;

/**
 * Records this process in the database until the returned function is called, so that `migrate --rollback` spares its tables and
 * `keys reencrypt` its keys (`keyIds`, the newest first). One
 * statement every 15 s keeps the record fresh; a failure is logged and changes nothing else.
 */
export async function joinProcesses(
  database: Pick<Database, 'engine' | 'reserved'>,
  role: string,
  logger: Logger,
  keyIds: readonly string[] = [],
): Promise<() => Promise<void>> {
  const { engine, reserved } = database;
  const id = randomUUID();
  const now = timeSql(engine);
  const write = async (db: Knex): Promise<void> => {
    const time = db.raw(now);
    const row = {
      id,
      host: hostname().slice(0, 255),
      pid: process.pid,
      role,
      version: version.slice(0, 100),
      key_ids: keyIds.join(),
    };
    // The row is written again where another process has deleted it, for instance after a suspension of this machine.
    const insert = db(table).insert({ ...row, started_at: time, seen_at: time });
    await insert.onConflict('id').merge({ seen_at: time });
  };
  const beat = (): Promise<void> => reserved.statement(write);
  const clear = (): Promise<unknown> =>
    reserved.statement((db) => db(table).whereRaw(`seen_at < ${now} - ${keepMicros}`).delete());

  try {
    await beat();
    await clear();
  } catch (error) {
    logger.warn('process not recorded in the database', { reason: (error as Error).message });
  }
  const stop = repeat(beatMs, beat, logger);
  return async () => {
    await stop();
    const leave = reserved.statement((db) => db(table).where({ id }).delete());
    // The record ages by itself where the database is away.
    await settledWithin(leaveWithinMs, leave).catch(() => undefined);
  };
}

/**
 * The processes that have been seen within a minute, the latest first, 20 at most. Undefined if the database has no record
 * of processes: its migration has not run, or was rolled back.
 */
export async function runningProcesses(
  db: Knex,
  engine: Database['engine'],
): Promise<readonly RunningProcess[] | undefined> {
  if (!(await db.schema.hasTable(table))) return undefined;
  const now = timeSql(engine);
  const rows: RunningProcess[] = await db(table)
    .whereRaw(`seen_at > ${now} - ${goneMicros}`)
    .orderBy('seen_at', 'desc')
    .limit(mostListed)
    .select('host', 'pid', 'role', 'version', db.raw(`${now} - seen_at as ??`, ['seenMicros']));
  return rows.map((row) => ({ ...row, pid: Number(row.pid), seenMicros: Number(row.seenMicros) }));
}

/** Processes that were seen within a minute and encrypt with another key than `keyId`, 20 at most. */
export async function processesWithOtherKey(
  db: Knex,
  engine: Database['engine'],
  keyId: string,
): Promise<readonly Pick<RunningProcess, 'host' | 'pid' | 'role' | 'version'>[]> {
  return db(table)
    .whereRaw(`seen_at > ${timeSql(engine)} - ${goneMicros}`)
    .whereRaw("coalesce(key_ids, '') not like ?", [`${keyId}%`])
    .orderBy('host')
    .limit(mostListed)
    .select('host', 'pid', 'role', 'version');
}
