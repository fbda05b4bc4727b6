import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { afterPatience } from '../support/patience.ts';
import { spawnChild } from '../support/spawn-child.ts';

const source = join(import.meta.dirname, '..', '..', 'src');
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'hookgate-foreign-'));
const endsWithinMs = 20_000;

/** A plugin whose table has the name of the plugin, made by the migration in the folder `directory`. */
const migration = (table: string): string => `
  export async function up(knex) { await knex.schema.createTable('${table}', (columns) => columns.integer('id')); }
  export async function down(knex) { await knex.schema.dropTable('${table}'); }
`;

const program = `
  import { notFound } from 'hookgate/errors';
  import { definePlugin, defineRoute } from 'hookgate/plugin';
  import * as kit from 'hookgate/testing';

  const plugin = (name, more) => definePlugin({
    name,
    apiVersion: 1,
    ...more,
    setup: ({ database }) => ({ routes: [defineRoute({
      method: 'GET',
      path: '/api/v1/rows',
      summary: 'Count',
      scopes: [],
      answers: { 200: { description: 'Rows.' } },
      handler: async (_req, res) => {
        const rows = await database.read((db) => db(name).select());
        if (rows.length === 0) throw notFound('There are no rows.');
        res.json(rows);
      },
    })] }),
  });
  const listeners = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  const before = listeners();
  const plugins = [plugin('usual'), plugin('elsewhere', { migrations: 'tables' })];
  const receiver = await kit.createReceiver();
  const gateway = await kit.createTestGateway({ plugins, clock: kit.createTestClock() });
  const token = await gateway.token();
  const answers = [];
  for (const target of ['usual', 'elsewhere'])
    answers.push((await gateway.request('/api/v1/rows', { target, token })).body.error.message);
  await fetch(receiver.url);
  const { path } = await kit.until(() => receiver.received[0]);
  const during = listeners();
  await gateway.close();
  await receiver.close();
  console.log(JSON.stringify({ answers, path, before, during, exports: Object.keys(kit).sort() }));
`;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

before(() => {
  write('migrations/usual/001_create.mjs', migration('usual'));
  write('tables/001_create.mjs', migration('elsewhere'));
  write('program.mjs', program);
  mkdirSync(join(folder, 'tmp'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the kit runs in another project without a test runner, sets no hooks, and leaves no process and no file', async () => {
  const specifiers = pathToFileURL(join(source, 'own-specifiers.ts')).href;
  const hook = `data:text/javascript,import{resolveOwnSpecifiers}from'${specifiers}';resolveOwnSpecifiers()`;
  const child = spawnChild(process.execPath, ['--import', hook, 'program.mjs'], {
    cwd: folder,
    env: { PATH: process.env.PATH, TMPDIR: join(folder, 'tmp') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stopWaiting = afterPatience(endsWithinMs, () => child.kill('SIGKILL'));
  assert.ok(child.stdout && child.stderr);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  stopWaiting();
  assert.equal(stderr, '');
  assert.equal(code, 0, stdout);
  const { answers, path, before: hooks, during, exports } = JSON.parse(stdout);
  assert.deepEqual(answers, ['There are no rows.', 'There are no rows.']);
  assert.equal(path, '/');
  assert.deepEqual(during, hooks);
  assert.deepEqual(exports, [
    'answer',
    'createReceiver',
    'createTestClock',
    'createTestDatabase',
    'createTestGateway',
    'createTestTargetsFile',
    'isSignedWith',
    'until',
  ]);
  assert.deepEqual(readdirSync(join(folder, 'tmp')), []);
});
