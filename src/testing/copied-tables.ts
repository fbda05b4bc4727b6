import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, Knex } from '../database/database.ts';
import { type MigrationOwner, migrate } from '../database/migrations.ts';
import { ownMigrations } from '../foundation.ts';

/** Statements that create all tables of a database, and the rows in them. */
interface Tables {
  readonly statements: readonly string[];
  readonly rows: ReadonlyMap<string, readonly object[]>;
}

const copies = new Map<string, Tables>();

/**
 * Migrates an empty database that no other process uses. The first one of its kind in this process is migrated; later ones get its
 * tables and rows, in a quarter of the time. A plugin's own migrations may do anything: with them, every database is migrated.
 */
export async function migrateOrCopy(database: Database, owners: readonly MigrationOwner[]): Promise<void> {
  if (!owners.every(({ directory }) => dirname(directory) === ownMigrations || !existsSync(directory)))
    return migrate(database, owners);
  const place = database.file === undefined ? database.place : database.engine;
  const key = JSON.stringify([place, owners]);
  const copy = copies.get(key);
  if (copy) return writeTables(database, copy);
  await migrate(database, owners);
  copies.set(key, await readTables(database));
}

/** Reads the definitions and rows of all tables. */
export async function readTables({ engine, knex, rows: rowsOf }: Database): Promise<Tables> {
  const read = async <T>(sql: string): Promise<T[]> => rowsOf<T>(await knex.raw(sql));
  const names: string[] = [];
  const statements: string[] = [];
  if (engine === 'sqlite') {
    const parts = await read<{ type: string; name: string; sql: string }>(
      "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\' order by rowid",
    );
    names.push(...parts.filter(({ type }) => type === 'table').map(({ name }) => name));
    statements.push(...parts.map(({ sql }) => sql));
  } else {
    const found = await read<{ name: string }>(
      'select table_name as name from information_schema.tables where table_schema = database() order by table_name',
    );
    names.push(...found.map(({ name }) => name));
    for (const name of names) {
      const [made] = await read<{ 'Create Table': string }>(`show create table \`${name}\``);
      statements.push(made?.['Create Table'] ?? '');
    }
  }
  const rows = new Map<string, object[]>();
  for (const name of names) {
    const some: object[] = await knex(name);
    if (some.length > 0) rows.set(name, some);
  }
  return { statements, rows };
}

async function writeTables(database: Database, { statements, rows }: Tables): Promise<void> {
  const write = async (knex: Knex): Promise<void> => {
    for (const statement of statements) await knex.raw(statement);
    for (const [name, some] of rows) await knex(name).insert(some);
  };
  if (database.engine === 'sqlite') return database.knex.transaction(write);
  const knex = database.openSingle();
  try {
    // Tables are created in the order of their names.
    await knex.raw('set foreign_key_checks = 0');
    await write(knex);
  } finally {
    await knex.destroy();
  }
}
