import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';

const root = join(import.meta.dirname, '..', '..');
const knexCli = join(root, 'node_modules', 'knex', 'bin', 'cli.js');

onEveryEngine("Knex's own command line", ({ createDatabase }) => {
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    const create = { args: ['migrate', '--create'], env: own.env, print: () => {}, onSignal: () => {} };
    await runCommandLine(create);
    database = openDatabase(loadConfig(own.env));
    await database.knex('integration_migrations').where({ name: '018_create_usage_notifications' }).delete();
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  const knex = (command: string) => {
    const env = { ...own.env, PATH: process.env.PATH };
    return spawnSync(process.execPath, [knexCli, command], { cwd: root, env, encoding: 'utf8' });
  };

  test('migrate:status lists the migrations of every owner', () => {
    const { status, stdout, stderr } = knex('migrate:status');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Found \d\d Completed Migration file\/files\.\ngateway\/001_create_encryption_checks\n/);
    assert.match(stdout, /\ndispatcher\/008_create_events\n[\s\S]*\nintegration\/017_create_limit_locks\n/);
    assert.match(stdout, /\nFound 1 Pending Migration file\/files\.\nintegration\/018_create_usage_notifications\n/);
    assert.match(stderr, /^Database: \S+(\/hookgate_test_\w+|test\.db) \(DATABASE_URL from the environment\)\n$/);
  });

  test('migrate:latest and migrate:rollback change nothing and name the command that does', async () => {
    for (const command of ['migrate:latest', 'migrate:rollback']) {
      const { status, stderr } = knex(command);
      assert.equal(status, 1, command);
      assert.match(
        stderr,
        /Run migrations with "npm run -s hookgate -- migrate", and revert them with its --rollback\./,
      );
    }
    assert.ok(await database.knex.schema.hasTable('integration_usage_notifications'));
    assert.ok(!(await database.knex.schema.hasTable('hookgate_migrations')));
  });
});
