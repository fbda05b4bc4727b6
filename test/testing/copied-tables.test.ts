import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { type MigrationOwner, migrationState } from '../../src/database/migrations.ts';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { migrateOrCopy, readTables } from '../../src/testing/copied-tables.ts';
import { onEveryEngine } from '../support/engines.ts';

const root = join(import.meta.dirname, '..', '..');
const own: MigrationOwner[] = ['gateway', 'dispatcher', 'authentication', 'integration'].map((name) => ({
  name,
  directory: join(root, 'migrations', name),
}));
const folder = mkdtempSync(join(tmpdir(), 'hookgate-seeds-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, '001_seeds.mjs'),
  `export async function up(knex) {
  await knex.schema.createTable('seeds', (columns) => void columns.string('id', 36));
  await knex('seeds').insert({ id: crypto.randomUUID() });
}
export async function down() {}`,
);
const seeds: MigrationOwner = { name: 'seeds', directory: folder };

onEveryEngine('tables of a test gateway', ({ name, createDatabase }) => {
  const releases = createReleases();
  after(() => releases.run());

  async function migrated(owners: readonly MigrationOwner[]): Promise<Database> {
    const created = await createDatabase();
    releases.add(() => created.drop());
    const database = openDatabase(loadConfig(created.env));
    releases.add(() => database.close());
    await migrateOrCopy(database, owners);
    return database;
  }

  test('copied tables, rows and indexes are those of the migrations, and nothing is pending', async () => {
    const [first, second] = [await migrated(own), await migrated(own)];
    const [wanted, found] = [await readTables(first), await readTables(second)];
    assert.ok(wanted.statements.length > 30 && wanted.rows.size > 4);
    assert.deepEqual(found.statements, wanted.statements);
    // The rows have the time of each migration, so a second run of the migrations would differ.
    assert.deepEqual([...found.rows], [...wanted.rows]);
    assert.deepEqual(await migrationState(second, own), { pending: [], newer: [], problems: [] });
    if (name === 'sqlite') return;
    for (const others of ['triggers', 'routines', 'views']) {
      const schema = `${others.slice(0, -1)}_schema`.replace('view_', 'table_');
      const [row] = await first
        .knex(`information_schema.${others}`)
        .whereRaw(`${schema} = database()`)
        .count('* as count');
      assert.equal(Number(row?.count), 0, `${others} would not be copied`);
    }
  });

  test('with migrations of a plugin, every database is migrated', async () => {
    const owners = [...own, seeds];
    const databases = [await migrated(owners), await migrated(owners)];
    const ids = await Promise.all(databases.map(({ knex }) => knex('seeds').pluck('id')));
    assert.equal(new Set(ids.flat()).size, 2);
  });
});
