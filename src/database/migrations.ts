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
const settingsOf = (owner: MigrationOwner) => ({
  migrationSource: source(owner.directory),
  tableName: `${owner.name.replace(/\W/g, '_')}_migrations`,
  // MySQL commits DDL implicitly; on the embedded database `exclusively` has one transaction around all migrations.
  disableTransactions: true,
});

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

/** Rolls back the newest batch of every owner, the last owner first. Throws `StartError`. */
export async function rollback(database: Database, owners: readonly MigrationOwner[]): Promise<void> {
  await exclusively(database, async (knex) => {
    for (const owner of owners.toReversed()) {
      await running(owner, async () => {
        await knex.migrate.forceFreeMigrationsLock(settingsOf(owner));
        await knex.migrate.rollback(settingsOf(owner));
      });
    }
  });
}

/** Names of the migrations that have not run yet, as `<owner>/<migration>`. Creates nothing. */
export async function pendingMigrations(database: Database, owners: readonly MigrationOwner[]): Promise<string[]> {
  const pending: string[] = [];
  for (const owner of owners) {
    const { migrationSource, tableName } = settingsOf(owner);
    const all = await migrationSource.getMigrations([]);
    const done = new Set(await recorded(database, tableName));
    pending.push(
      ...all
        .map((file) => migrationSource.getMigrationName(file))
        .filter((name) => !done.has(name))
        .map((name) => `${owner.name}/${name}`),
    );
  }
  return pending;
}

async function recorded(database: Database, tableName: string): Promise<string[]> {
  return database.read(async (db) => ((await db.schema.hasTable(tableName)) ? db(tableName).pluck('name') : []));
}

/** Rejects a new migration numbered below one that has run: it would run in an order that was never tested. */
async function requireOrder(knex: Knex, owner: MigrationOwner): Promise<void> {
  const { migrationSource, tableName } = settingsOf(owner);
  if (!(await knex.schema.hasTable(tableName))) return;
  const done: string[] = await knex(tableName).pluck('name');
  const names = (await migrationSource.getMigrations([])).map((file) => migrationSource.getMigrationName(file));
  const newest = done.toSorted().at(-1) ?? '';
  const late = names.filter((name) => !done.includes(name) && name < newest);
  if (late.length > 0)
    throw new Error(`${late.join(', ')} would run after ${newest}. Give new migrations higher numbers.`);
}

async function running(owner: MigrationOwner, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new StartError(`Migration of "${owner.name}" (${owner.directory}) failed: ${(error as Error).message}`);
  }
}

/** Runs `work` in one process at a time. */
async function exclusively(database: Database, work: (knex: Knex) => Promise<void>): Promise<void> {
  if (database.engine === 'sqlite') return database.knex.transaction((trx) => work(trx));
  return underLease(database, work);
}
