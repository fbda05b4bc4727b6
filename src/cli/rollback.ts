import type { Database, Knex } from '../database/database.ts';
import { isConflict } from '../database/database-errors.ts';
import { databasePlace } from '../database/database-place.ts';
import type { MigrationOwner } from '../database/migrations.ts';
import {
  type Loss,
  lossesOf,
  mostCounted,
  type NewestMigration,
  newestMigration,
  rollBack,
} from '../database/rollback.ts';
import { lockServer } from '../database/server-lock.ts';
import { leasesInForce } from '../dispatcher/store/leases-in-force.ts';
import { isStartError, StartError } from '../errors.ts';
import type { Foundation } from '../foundation.ts';
import { type RunningProcess, runningProcesses } from '../running-processes.ts';
import { version } from '../version.ts';
import type { CommandLine } from './command-line.ts';

/**
 * `migrate --rollback`: reverts the migration that has run last, after a question on the terminal or with `--yes`. Throws
 * `StartError` while a process serves on the database, holds a lease or migrates.
 */
export async function rollbackCommand(
  { database, owners, config }: Pick<Foundation, 'database' | 'owners' | 'config'>,
  { print, ask }: Pick<CommandLine, 'print' | 'ask'>,
  isConfirmed: boolean,
): Promise<number> {
  // Held to the end: no server starts on the file in between.
  const unlock = database.file ? await lockFile(database) : () => undefined;
  try {
    const newest = await read(database, (db) => newestMigration(db, owners));
    if (!newest) {
      print('Nothing to do.');
      return 0;
    }
    requireKnown(newest);
    const isRecorded = await read(database, (db) => requireUnused(db, database));
    print(await description(database, newest, databasePlace(config.DATABASE_URL)));
    if (!isRecorded) print(unrecorded);
    if (!isConfirmed && !(await confirms(ask))) {
      print('Nothing was rolled back.');
      return 1;
    }
    await exclusiveRollback(database, owners, newest);
    print(`Rolled back: ${newest.title}`);
    return 0;
  } finally {
    unlock();
  }
}

const read = <T>(database: Database, work: (db: Knex) => Promise<T>): Promise<T> => database.reserved.read(work);

async function exclusiveRollback(
  database: Database,
  owners: readonly MigrationOwner[],
  newest: NewestMigration,
): Promise<void> {
  const check = async (knex: Knex): Promise<void> => void (await requireUnused(knex, database));
  try {
    await rollBack(database, owners, newest, { check, onBusy });
  } catch (error) {
    // The embedded database has no lease for migrations: another process is writing.
    if (database.file && isConflict(error)) onBusy();
    throw error;
  }
}

function onBusy(): never {
  throw new StartError('Not rolled back: another process migrates this database. Wait until it has ended.');
}

async function lockFile(database: Database): Promise<() => void> {
  const { file = '' } = database;
  try {
    return await lockServer(file, 0);
  } catch (error) {
    if (!isStartError(error)) throw error;
    const running = (await read(database, (db) => runningProcesses(db, database.engine))) ?? [];
    throw new StartError(
      [`Not rolled back: a server is running on ${file}. Stop it first.`, ...listed(running)].join('\n'),
    );
  }
}

function requireKnown({ isKnown, title }: NewestMigration): void {
  if (isKnown) return;
  throw new StartError(
    `Not rolled back: ${title} is the newest migration, and this version (${version}) does not have it. Roll it back with the version that has applied it.`,
  );
}

/** Returns whether the database has a record of processes. */
async function requireUnused(db: Knex, { engine }: Database): Promise<boolean> {
  const running = await runningProcesses(db, engine);
  const leases = await leasesInForce(db, engine);
  if (running && running.length > 0) {
    const lines = ['Not rolled back: processes use this database. Stop them first.', ...listed(running)];
    throw new StartError([...lines, 'A process that was killed counts for a minute.'].join('\n'));
  }
  if (leases > 0) {
    throw new StartError(
      `Not rolled back: a dispatcher has leased ${amount(leases, 'delivery', 'deliveries')}. Stop it; the leases of a killed one end after DISPATCH_LEASE_MS.`,
    );
  }
  return running !== undefined;
}

const listed = (running: readonly RunningProcess[]): string[] =>
  running.map(
    ({ host, pid, role, version, seenMicros }) =>
      `  host ${host}, pid ${pid}, role ${role}, version ${version}, seen ${Math.max(0, Math.round(seenMicros / 1_000_000))} s ago`,
  );

const unrecorded = 'This database has no record of running processes (gateway_processes): make sure that none runs.';

async function description(database: Database, newest: NewestMigration, place: string): Promise<string> {
  const losses = await lossesOf(database, newest);
  const lost = losses?.map((loss) => `  ${lossText(loss)}`) ?? [
    '  unknown: the migration could not be tried in memory',
  ];
  return [
    `Migration:  ${newest.title}`,
    `Database:   ${place}`,
    ...(lost.length === 0 ? ['Lost:       no table, no column'] : ['Lost:', ...lost]),
  ].join('\n');
}

function lossText({ table, column, rows }: Loss): string {
  const counted =
    rows === undefined ? 'rows not counted' : rows > mostCounted ? 'over 1,000,000 rows' : amount(rows, 'row', 'rows');
  return column === undefined ? `table ${table} (${counted})` : `column ${column} of table ${table} (${counted})`;
}

const amount = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

async function confirms(ask: CommandLine['ask']): Promise<boolean> {
  if (!ask)
    throw new StartError('Not rolled back: there is no terminal to ask on. Add --yes to roll back without a question.');
  return /^y(es)?$/i.test((await ask('Roll back? [y/N] ')).trim());
}
