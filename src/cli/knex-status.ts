import type { DatabaseSync } from 'node:sqlite';
import type { Knex } from 'knex';
import { loadConfig } from '../config.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { requireDatabaseFile } from '../database/database-place.ts';
import { type MigrationOwner, namesOf, recordedMigrations } from '../database/migrations.ts';
import { scratchOf } from '../database/open-sqlite.ts';
import { StartError } from '../errors.ts';
import { ownersOf } from '../foundation.ts';
import { programName } from '../program-name.ts';
import type { Environment } from '../settings.ts';
import { originOf, readEnvironment } from './environment.ts';
import { explain } from './explain.ts';
import { installedPlugins } from './installed-plugins.ts';
import { noteDatabase } from './note-database.ts';

const tableName = 'hookgate_migrations';

/**
 * Configuration of Knex's own command line: the migrations of all owners as one list, as `<owner>/<migration>`, and the records
 * of the database. Knex gets a copy of these in memory, since it knows one table of records and would write to it; it shows
 * them, and refuses to run a migration.
 */
export async function knexStatus(
  processEnv: Environment,
  warn: (text: string) => void = (text) => void process.stderr.write(`${text}\n`),
): Promise<Knex.Config> {
  const env = readEnvironment(processEnv);
  try {
    const config = loadConfig(env);
    const loaded = await installedPlugins(env);
    const sources = new Map(loaded.map(({ plugin, source }) => [plugin, source]));
    const owners = ownersOf([...sources.keys()], sources);
    const database = openDatabase(config);
    const origin = originOf('DATABASE_URL', env, processEnv);
    requireDatabaseFile(database.file, config.DATABASE_URL, origin);
    noteDatabase(config, { warn, origin: () => origin });
    try {
      return await statusOf(database, owners);
    } finally {
      await database.close();
    }
  } catch (error) {
    throw plain(explain(error, env));
  }
}

async function statusOf(database: Database, owners: readonly MigrationOwner[]): Promise<Knex.Config> {
  const files: { file: string }[] = [];
  const records: string[] = [];
  for (const owner of owners) {
    files.push(...(await namesOf(owner)).map((name) => ({ file: `${owner.name}/${name}` })));
    records.push(...(await recordedMigrations(database, owner)));
  }
  const migrationSource: Knex.MigrationSource<{ file: string }> = {
    getMigrations: async () => files,
    getMigrationName: ({ file }) => file,
    getMigration: async () => {
      throw plain(new StartError(`Run migrations with "${programName} migrate", and revert them with its --rollback.`));
    },
  };
  const fill = (copy: DatabaseSync): void => {
    copy.exec(`create table ${tableName} (id integer primary key, name text, batch integer, migration_time text)`);
    const insert = copy.prepare(`insert into ${tableName} (name, batch) values (?, 1)`);
    for (const name of records) insert.run(name);
  };
  return { ...scratchOf(fill), migrations: { migrationSource, tableName, disableTransactions: true } };
}

/** Knex's command line prints the stack of an error. */
function plain(error: unknown): unknown {
  if (error instanceof Error) error.stack = error.message;
  return error;
}
