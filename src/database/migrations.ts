import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import { StartError } from '../errors.ts';
import type { Database } from './database.ts';
import { underLease } from './migration-lease.ts';

/** A part of the system that has tables: the gateway or a plugin. */
export interface MigrationOwner {
  name: string;
  /** Folder with its migrations, which run in the order of their file names. */
  directory: string;
}

/** Recorded migrations of the database compared with the files of this version; names are `<owner>/<migration>`. */
export interface MigrationState {
  /** Files that have not run yet. */
  pending: string[];
  /**
   * Recorded, without a file, and behind every file of their owner: a newer version has run. Migrations only add, so this
   * version works on its tables.
   */
  newer: string[];
  /** Sentences about an order in which `migrate` refuses to run. */
  problems: string[];
}

const migrationFile = /^\d+_[\w-]+\.(ts|js|mjs)$/;

const source = (directory: string): Knex.MigrationSource<string> => ({
  getMigrations: async () =>
    existsSync(directory)
      ? readdirSync(directory)
          .filter((file) => migrationFile.test(file))
          .sort()
      : [],
  getMigrationName: (file) => file.replace(/\.\w+$/, ''),
  getMigration: (file) => import(pathToFileURL(join(directory, file)).href),
});

/** Each owner has a migrations table of its own, so plugins can be added and removed independently. */
export const settingsOf = (owner: MigrationOwner) => ({
  migrationSource: source(owner.directory),
  tableName: `${owner.name.replace(/\W/g, '_')}_migrations`,
  // MySQL commits DDL implicitly; on the embedded database `exclusively` has one transaction around all migrations.
  disableTransactions: true,
  // `requireOrder` tells the migrations of a newer version, which are no mistake, from files that are gone.
  disableMigrationsListValidation: true,
});

/** Names of an owner's migrations, oldest first. */
export async function namesOf(owner: MigrationOwner): Promise<string[]> {
  const { migrationSource } = settingsOf(owner);
  return (await migrationSource.getMigrations([])).map((file) => migrationSource.getMigrationName(file));
}

/**
 * Brings every owner's tables up to date. Concurrent processes wait for one another, for as long as the other is alive.
 * Throws `StartError` with the owner's name.
 */
export async function migrate(database: Database, owners: readonly MigrationOwner[]): Promise<void> {
  await exclusively(database, async (knex) => {
    for (const owner of owners) {
      await running(owner, async () => {
        await requireOrder(knex, owner);
        // Only a killed process can have left Knex's lock behind: the lock of `exclusively` is held here.
        await knex.migrate.forceFreeMigrationsLock(settingsOf(owner));
        await knex.migrate.latest(settingsOf(owner));
      });
    }
  });
}

/** Compares the database with the files, which are read once: an upgrade may replace them while this process runs. */
export async function createMigrationWatch(
  database: Database,
  owners: readonly MigrationOwner[],
): Promise<() => Promise<MigrationState>> {
  const known = await Promise.all(owners.map(async (owner) => ({ owner, names: await namesOf(owner) })));
  return async () => {
    const state: MigrationState = { pending: [], newer: [], problems: [] };
    for (const { owner, names } of known) {
      const done = await recorded(database, settingsOf(owner).tableName);
      const { pending, newer, problem } = compare(names, done);
      state.pending.push(...pending.map((name) => `${owner.name}/${name}`));
      state.newer.push(...newer.map((name) => `${owner.name}/${name}`));
      if (problem !== undefined) state.problems.push(problemOf(owner, problem));
    }
    return state;
  };
}

/** The state of the database now. Creates nothing. */
export async function migrationState(database: Database, owners: readonly MigrationOwner[]): Promise<MigrationState> {
  return (await createMigrationWatch(database, owners))();
}

/** Names of the migrations that have not run yet, as `<owner>/<migration>`. Creates nothing. */
export async function pendingMigrations(database: Database, owners: readonly MigrationOwner[]): Promise<string[]> {
  return (await migrationState(database, owners)).pending;
}

/** Names of an owner's migrations that have run, as `<owner>/<migration>`, in their order. Creates nothing. */
export async function recordedMigrations(database: Database, owner: MigrationOwner): Promise<string[]> {
  return (await recorded(database, settingsOf(owner).tableName)).map((name) => `${owner.name}/${name}`);
}

async function recorded({ reserved }: Database, tableName: string): Promise<string[]> {
  const read = async (db: Knex): Promise<string[]> =>
    (await db.schema.hasTable(tableName)) ? db(tableName).orderBy('id').pluck('name') : [];
  return reserved.read(read);
}

/** `names`: files, oldest first; `done`: recorded migrations. */
function compare(names: readonly string[], done: readonly string[]) {
  const [last, newest = ''] = [names.at(-1), done.toSorted().at(-1)];
  const pending = names.filter((name) => !done.includes(name));
  const unknown = done.filter((name) => !names.includes(name));
  const isNewer = (name: string): boolean => last !== undefined && name > last;
  // It would run in an order that was never tested.
  const late = pending.filter((name) => name < newest);
  const gone = unknown.filter((name) => !isNewer(name));
  let problem: string | undefined;
  if (late.length > 0) problem = `${late.join(', ')} would run after ${newest}. Give new migrations higher numbers.`;
  else if (gone.length > 0) problem = `${gone.join(', ')} has run, and its file is missing. Restore it.`;
  return { pending, newer: unknown.filter(isNewer), problem };
}

const problemOf = (owner: MigrationOwner, problem: string): string =>
  `Migration of "${owner.name}" (${owner.directory}) failed: ${problem}`;

async function requireOrder(knex: Knex, owner: MigrationOwner): Promise<void> {
  const { tableName } = settingsOf(owner);
  if (!(await knex.schema.hasTable(tableName))) return;
  const { problem } = compare(await namesOf(owner), await knex(tableName).pluck('name'));
  if (problem !== undefined) throw new Error(problem);
}

export async function running(owner: MigrationOwner, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new StartError(problemOf(owner, (error as Error).message));
  }
}

/** Runs `work` in one process at a time. With `onBusy`, it does not wait for another process: `onBusy` throws. */
export async function exclusively(
  database: Database,
  work: (knex: Knex) => Promise<void>,
  onBusy?: () => never,
): Promise<void> {
  if (database.engine === 'sqlite') return database.knex.transaction((trx) => work(trx));
  return underLease(database, work, onBusy);
}
