import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Sandbox } from '../support/process.ts';

const schemaFile = join(import.meta.dirname, '..', '..', 'src', 'database', 'schema.ts');
const count = 24;
const rounds = 2;

const plugin = (directory: string): string => `export const sample = {
  name: 'sample', apiVersion: 1, migrations: ${JSON.stringify(directory)}, setup: () => ({ routes: [] }),
};`;

/** Prints each point it passes, and waits at the point in `PAUSE_AT`, so that a kill is never too late. */
const migration = (number: number): string => `import { ensureIndex, ensureTable } from ${JSON.stringify(schemaFile)};
async function at(point) {
  console.log(point);
  if (process.env.PAUSE_AT === point) await new Promise((resolve) => setTimeout(resolve, 60_000));
}
export async function up(knex) {
  await at('begin ${number}.');
  await ensureTable(knex, 'sample_${number}', (columns) => void columns.string('text', 20));
  await at('table ${number}.');
  await ensureIndex(knex, 'sample_${number}', ['text'], { unique: true });
  await at('index ${number}.');
}
export async function down(knex) {
  // Before the question, a rollback is tried in memory.
  if (knex.client.config.connection.filename !== ':memory:') await at('drop ${number}.');
  await knex.schema.dropTableIfExists('sample_${number}');
}`;

onEveryEngine('a process killed during a migration', ({ createDatabase, testOnServer }) => {
  let sandbox: Sandbox;
  let own: TestDatabase;
  let env: Record<string, string>;
  let database: Database;
  let folder: string;

  beforeEach(async () => {
    sandbox = createSandbox();
    own = await createDatabase();
    env = { ...(own.env as Record<string, string>), ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    database = openDatabase(loadConfig(env));
    folder = join(sandbox.folder, 'migrations');
    mkdirSync(folder);
    writeFileSync(join(sandbox.folder, 'sample.mjs'), plugin(folder));
  });
  afterEach(async () => {
    await sandbox.remove();
    await database.close();
    await own.drop();
  });

  const withSample = (): Record<string, string> => ({
    ...env,
    PLUGINS: pathToFileURL(join(sandbox.folder, 'sample.mjs')).href,
  });
  const writeMany = (): void => {
    for (let number = 1; number <= count; number += 1) {
      writeFileSync(join(folder, `${String(number).padStart(3, '0')}_many.mjs`), migration(number));
    }
  };
  const choose = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

  async function assertComplete(): Promise<void> {
    const names: string[] = await database.knex('sample_migrations').pluck('name');
    assert.equal(names.length, count);
    assert.equal(new Set(names).size, count);
    for (let number = 1; number <= count; number += 1) {
      await database.knex(`sample_${number}`).insert({ text: 'once' });
      await assert.rejects(Promise.resolve(database.knex(`sample_${number}`).insert({ text: 'once' })));
    }
  }

  test('the next run completes a migration that was killed at any point, up or down', async () => {
    writeMany();
    for (let round = 1; round <= rounds; round += 1) {
      const point = `${choose(['begin', 'table', 'index'])} ${round * 5}.`;
      const program = sandbox.start(['migrate', '--create'], { ...withSample(), PAUSE_AT: point });
      await program.until(new RegExp(point));
      assert.equal((await program.end('SIGKILL')).signal, 'SIGKILL');
    }
    const finished = await sandbox.run(['migrate', '--create'], withSample());
    assert.equal(finished.code, 0, finished.stderr);
    await assertComplete();

    const undoing = sandbox.start(['migrate', '--rollback', '--yes'], {
      ...withSample(),
      PAUSE_AT: `drop ${count}.`,
    });
    await undoing.until(new RegExp(`drop ${count}\\.`));
    await undoing.end('SIGKILL');
    const again = await sandbox.run(['migrate', '--create'], withSample());
    assert.equal(again.code, 0, again.stderr);
    const check = await sandbox.run(['check'], withSample());
    assert.equal(check.code, 0, check.stdout);
  });

  test('the next start completes the real migrations after a kill', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const program = sandbox.start(['migrate', '--create'], env);
      const wanted = await traces();
      let isRunning = true;
      void program.ended.then(() => {
        isRunning = false;
      });
      while (isRunning && (await traces()) <= wanted) await sleep(5);
      await program.end('SIGKILL');
    }
    const gateway = sandbox.start([], { ...env, SHUTDOWN_TIMEOUT_MS: '1000' });
    const url = await gateway.ready();
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal((await gateway.end()).code, 0);
  });

  /** Progress of the migrations as seen from outside: size of the WAL, or number of tables. */
  async function traces(): Promise<number> {
    if (database.file) return statSync(`${database.file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const [row] = await database
      .knex('information_schema.tables')
      .whereRaw('table_schema = database()')
      .count({ count: '*' });
    return Number(row?.count);
  }

  testOnServer('a kill during a long statement keeps the lock until the server has ended the statement', async () => {
    const slow = `export async function up(knex) {
  if (!(await knex.schema.hasTable('sample_slow'))) await knex.raw('create table sample_slow as select sleep(1.5) as text');
}
export async function down() {}`;
    writeFileSync(join(folder, '001_slow.mjs'), slow);
    const program = sandbox.start(['migrate'], withSample());
    const isCreating = () =>
      database.knex('information_schema.processlist').where('info', 'like', 'create table sample_slow as%').first();
    await eventually(async () => (await isCreating()) !== undefined);
    await program.end('SIGKILL');
    const next = await sandbox.run(['migrate', '--create'], withSample());
    assert.equal(next.code, 0, next.stderr);
    assert.equal((await database.knex('sample_slow')).length, 1);
  });
});
