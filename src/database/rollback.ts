import type { Knex } from 'knex';
import { StartError } from '../errors.ts';
import type { Database } from './database.ts';
import { exclusively, type MigrationOwner, namesOf, running, settingsOf } from './migrations.ts';
import { openScratch } from './open-sqlite.ts';

/** The migration that has run last, over all owners. */
export interface NewestMigration {
  owner: MigrationOwner;
  name: string;
  /** `<owner>/<migration>` */
  title: string;
  /** False if a newer version has run it: only that version can revert it. */
  isKnown: boolean;
}

/** A table, or a column of one, that a rollback drops. */
export interface Loss {
  table: string;
  column?: string;
  /** Rows of the table; undefined if they could not be counted. */
  rows: number | undefined;
}

/** Rows are counted up to this number. */
export const mostCounted = 1_000_000;

/** Migrations of one run have the same time: the later owner ran last, and in it the last of its migrations. */
export async function newestMigration(
  db: Knex,
  owners: readonly MigrationOwner[],
): Promise<NewestMigration | undefined> {
  let newest: (NewestMigration & { time: number }) | undefined;
  for (const owner of owners) {
    const { tableName } = settingsOf(owner);
    if (!(await db.schema.hasTable(tableName))) continue;
    const row = await db(tableName).orderBy('id', 'desc').first('name', 'migration_time');
    if (row === undefined) continue;
    const time = new Date(row.migration_time).getTime();
    if (newest && newest.time > time) continue;
    const isKnown = (await namesOf(owner)).includes(row.name);
    newest = { owner, name: row.name, title: `${owner.name}/${row.name}`, isKnown, time };
  }
  return newest;
}

/**
 * Reverts `newest` unless another migration is the newest by now. `check` runs first, in the same process-wide exclusion as
 * migrations, and throws if the rollback may not run; `onBusy` throws if another process is migrating.
 */
export async function rollBack(
  database: Database,
  owners: readonly MigrationOwner[],
  { owner, name, title }: NewestMigration,
  { check, onBusy }: { check: (knex: Knex) => Promise<void>; onBusy: () => never },
): Promise<void> {
  const work = async (knex: Knex): Promise<void> => {
    if ((await newestMigration(knex, owners))?.title !== title)
      throw new StartError(`${title} is not the newest migration any more. Start again.`);
    await check(knex);
    await running(owner, async () => {
      await knex.migrate.forceFreeMigrationsLock(settingsOf(owner));
      await knex.migrate.down({ ...settingsOf(owner), name });
    });
  };
  await exclusively(database, work, onBusy);
}

/**
 * The tables and columns that a rollback of this migration drops, with their rows in the database. Found by running the
 * owner's migrations up to it, and it back, in a database in memory. Undefined if that fails.
 */
export async function lossesOf(database: Database, { owner, name }: NewestMigration): Promise<Loss[] | undefined> {
  const found = await dropped(owner, name).catch(() => undefined);
  if (!found) return undefined;
  const losses: Loss[] = [];
  for (const loss of found) losses.push({ ...loss, rows: await countRows(database, loss.table) });
  return losses;
}

async function dropped(owner: MigrationOwner, name: string): Promise<Omit<Loss, 'rows'>[]> {
  const { migrationSource } = settingsOf(owner);
  const scratch = openScratch();
  try {
    const files = await migrationSource.getMigrations([]);
    const last = files.findIndex((file) => migrationSource.getMigrationName(file) === name);
    const migrations = await Promise.all(files.slice(0, last + 1).map((file) => migrationSource.getMigration(file)));
    for (const { up } of migrations) await up(scratch);
    const before = await columnsOf(scratch);
    await migrations.at(-1)?.down?.(scratch);
    const after = await columnsOf(scratch);
    return [...before].flatMap(([table, columns]) => {
      const left = after.get(table);
      if (!left) return [{ table }];
      return columns.filter((column) => !left.includes(column)).map((column) => ({ table, column }));
    });
  } finally {
    await scratch.destroy();
  }
}

async function columnsOf(scratch: Knex): Promise<Map<string, string[]>> {
  const columns: { table: string; column: string }[] = await scratch.raw(
    `select m.name as "table", c.name as "column" from sqlite_master m join pragma_table_info(m.name) c
     where m.type = 'table' and m.name not like 'sqlite_%'`,
  );
  const tables = new Map<string, string[]>();
  for (const { table, column } of columns) tables.set(table, [...(tables.get(table) ?? []), column]);
  return tables;
}

/** Undefined if the count takes too long. */
async function countRows(database: Database, table: string): Promise<number | undefined> {
  const sql = `select count(*) as amount from (select 1 from ?? limit ${mostCounted + 1}) as counted`;
  const count = database.reserved.read(async (db) => {
    if (!(await db.schema.hasTable(table))) return 0;
    return Number(database.rows<{ amount: number }>(await db.raw(sql, [table]))[0]?.amount);
  });
  return count.catch(() => undefined);
}
