import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { type Database, type Knex, openDatabase } from '../../src/database/database.ts';
import { type MigrationOwner, migrate, migrationState, pendingMigrations } from '../../src/database/migrations.ts';
import { StartError } from '../../src/errors.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { rollBackTo } from '../support/roll-back.ts';

const root = join(import.meta.dirname, '..', '..');
const schemaFile = join(root, 'src', 'database', 'schema.ts');
const realOwners: readonly MigrationOwner[] = ['gateway', 'authentication', 'dispatcher', 'integration'].map(
  (name) => ({
    name,
    directory: join(root, 'migrations', name),
  }),
);

onEveryEngine('migrations', ({ name: engine, createDatabase }) => {
  let own: TestDatabase;
  let database: Database;
  let owner: MigrationOwner;

  beforeEach(async () => {
    own = await createDatabase();
    database = openDatabase(loadConfig(own.env));
    owner = { name: 'sample', directory: mkdtempSync(join(tmpdir(), 'hookgate-migrations-')) };
  });
  afterEach(async () => {
    await database.close();
    await own.drop();
    rmSync(owner.directory, { recursive: true, force: true });
  });

  /** Writes a migration of the sample owner that creates a table, runs `first` and adds an index. */
  function write(name: string, first = ''): void {
    const table = `sample_${name}`;
    const text = `import { ensureIndex, ensureTable } from ${JSON.stringify(schemaFile)};
export async function up(knex) {
  await ensureTable(knex, '${table}', (columns) => void columns.string('text', 20));
  ${first}
  await ensureIndex(knex, '${table}', ['text']);
}
export async function down(knex) {
  await knex.schema.dropTableIfExists('${table}');
}
`;
    writeFileSync(join(owner.directory, `${name}.mjs`), text);
  }

  const tables = async (): Promise<string[]> => {
    const query =
      engine === 'sqlite'
        ? database.knex('sqlite_master').where({ type: 'table' }).whereNot('name', 'like', 'sqlite_%')
        : database.knex('information_schema.tables').whereRaw('table_schema = database()');
    const rows: { name: string }[] = await query.select(`${engine === 'sqlite' ? 'name' : 'table_name'} as name`);
    return rows.map(({ name }) => name).sort();
  };
  const ownTables = async (): Promise<string[]> =>
    (await tables()).filter((name) => !/_migrations(_lock)?$/.test(name));

  /** Inserts a row with a value in every column of any table. */
  async function fill(db: Knex, table: string): Promise<void> {
    const columns = await db(table).columnInfo();
    const value = (type: string): string | number => (/int/.test(type) ? 7 : 'x');
    const row = Object.entries(columns).map(([name, { type }]) => [name, value(type)]);
    await db(table).insert(Object.fromEntries(row));
  }

  test('the migrations of every owner go up, down and up again with rows in place', async () => {
    await migrate(database, realOwners);
    assert.deepEqual(await pendingMigrations(database, realOwners), []);
    const made = await ownTables();
    assert.ok(made.length >= 6, made.join());
    assert.ok(made.every((table) => /^(gateway|authentication|dispatcher|integration)_/.test(table)));
    const count = async (table: string): Promise<number> => (await database.knex(table)).length;
    for (const table of made) await fill(database.knex, table);
    const counts = await Promise.all(made.map(count));

    await migrate(database, realOwners);
    assert.deepEqual(await Promise.all(made.map(count)), counts, made.join());

    await rollBackTo(database, realOwners);
    assert.deepEqual(await ownTables(), []);
    await migrate(database, realOwners);
    assert.deepEqual(await ownTables(), made);
    for (const table of made) await fill(database.knex, table);
  });

  test('migrations are applied one by one on top of rows and rolled back one by one, the newest first', async () => {
    for (const name of ['001_one', '002_two', '003_three']) {
      write(name);
      await migrate(database, [owner]);
      await fill(database.knex, `sample_${name}`);
    }
    await rollBackTo(database, [owner], 'sample/002_two');
    assert.deepEqual(await ownTables(), ['sample_001_one', 'sample_002_two']);
    assert.deepEqual(await pendingMigrations(database, [owner]), ['sample/003_three']);
    assert.equal((await database.knex('sample_001_one')).length, 1);
  });

  test('migrations of one owner do not affect another owner', async () => {
    const other = { name: 'other', directory: join(owner.directory, 'other') };
    mkdirSync(other.directory);
    write('001_one');
    await migrate(database, [owner, other]);
    await migrate(database, [other]);
    await rollBackTo(database, [other]);
    assert.deepEqual(await ownTables(), ['sample_001_one']);
  });

  test('concurrent processes run each migration once', async () => {
    write('001_one');
    write('002_two');
    const others = Array.from({ length: 3 }, () => openDatabase(loadConfig(own.env)));
    await Promise.all(others.map((one) => migrate(one, [owner])));
    await Promise.all(others.map((one) => one.close()));
    assert.deepEqual(await database.knex('sample_migrations').pluck('name').orderBy('id'), ['001_one', '002_two']);
  });

  test('migrations ignore the Knex lock of a killed process', async () => {
    write('001_one');
    await migrate(database, [owner]);
    await database.knex('sample_migrations_lock').update({ is_locked: 1 });
    write('002_two');
    await migrate(database, [owner]);
    assert.deepEqual(await pendingMigrations(database, [owner]), []);
    await database.knex('sample_migrations_lock').update({ is_locked: 1 });
    await rollBackTo(database, [owner], 'sample/001_one');
    assert.deepEqual(await pendingMigrations(database, [owner]), ['sample/002_two']);
  });

  test('the error of a failing migration names its owner, and the next run with the fix goes on', async () => {
    write('001_one');
    write('002_two', "await knex.schema.dropTable('nowhere');");
    write('003_three');
    await assert.rejects(migrate(database, [owner]), (error: Error) => {
      assert.ok(error instanceof StartError);
      assert.ok(error.message.startsWith(`Migration of "sample" (${owner.directory}) failed: `), error.message);
      return true;
    });
    assert.ok(!(await ownTables()).includes('sample_003_three'));
    // The embedded database has rolled back everything; a server keeps the migrations before the failure.
    const first = engine === 'sqlite' ? ['sample/001_one'] : [];
    assert.deepEqual(await pendingMigrations(database, [owner]), [...first, 'sample/002_two', 'sample/003_three']);

    // A module is imported once a process, so the fixed files are in another folder.
    const mended = { ...owner, directory: join(owner.directory, 'mended') };
    const broken = owner;
    mkdirSync(mended.directory);
    owner = mended;
    for (const name of ['001_one', '002_two', '003_three']) write(name);
    await migrate(database, [mended]);
    owner = broken;
    assert.deepEqual(await ownTables(), ['sample_001_one', 'sample_002_two', 'sample_003_three']);
  });

  test('a migration that is missing or in the wrong order is an error with the name of its owner', async () => {
    write('002_two');
    await migrate(database, [owner]);
    write('001_one');
    await assert.rejects(migrate(database, [owner]), /Migration of "sample" .*001_one would run after 002_two/);
    for (const file of readdirSync(owner.directory)) rmSync(join(owner.directory, file));
    await assert.rejects(migrate(database, [owner]), /Migration of "sample" .*002_two/);
    assert.deepEqual(await ownTables(), ['sample_002_two']);
  });

  test('migrations of a newer version are no mistake, and are named', async () => {
    write('001_one');
    write('002_two');
    await migrate(database, [owner]);
    rmSync(join(owner.directory, '002_two.mjs'));
    await migrate(database, [owner]);
    assert.deepEqual(await migrationState(database, [owner]), { pending: [], newer: ['sample/002_two'], problems: [] });
  });
});
