import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { exclusively } from '../../src/database/migrations.ts';
import { lossesOf } from '../../src/database/rollback.ts';
import { timeSql } from '../../src/database/sql-text.ts';
import { StartError } from '../../src/errors.ts';
import { joinProcesses } from '../../src/running-processes.ts';
import { createTestGateway, type TestDatabase, type TestGateway } from '../../src/testing/index.ts';
import { version } from '../../src/version.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox } from '../support/process.ts';
import { rollBackTo } from '../support/roll-back.ts';

const root = join(import.meta.dirname, '..', '..');
const owners = ['gateway', 'dispatcher', 'authentication', 'integration'].map((name) => ({
  name,
  directory: join(root, 'migrations', name),
}));
/** Later migrations are reverted first. */
const newest = 'integration/018_create_usage_notifications';
const table = 'integration_usage_notifications';

onEveryEngine('migrate --rollback', ({ name: engine, createDatabase, testOnServer }) => {
  const sandbox = createSandbox();
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    database = openDatabase(loadConfig(own.env));
    await run(['migrate', '--create']);
    await rollBackTo(database, owners, newest);
    await database.knex(table).insert(
      [1, 2, 3].map((number) => ({
        ...{ id: String(number), organization: `org ${number}`, subscription_id: String(number) },
        ...{ cycle: 0, threshold: 80, fired_at: 1 },
      })),
    );
  });
  after(async () => {
    await sandbox.remove();
    await database.close();
    await own.drop();
  });

  async function run(args: string[], answer?: string): Promise<{ code: number; printed: string; asked: string[] }> {
    const [lines, asked]: [string[], string[]] = [[], []];
    const ask = async (question: string): Promise<string> => {
      asked.push(question);
      return answer ?? '';
    };
    const code = await runCommandLine({
      args,
      env: own.env,
      print: (text) => void lines.push(text),
      onSignal: () => assert.fail('a command is no server'),
      ...(answer === undefined ? {} : { ask }),
    });
    return { code, printed: lines.join('\n'), asked };
  }

  async function refusal(): Promise<string> {
    let message = '';
    await assert.rejects(run(['migrate', '--rollback', '--yes']), (error: unknown) => {
      assert.ok(error instanceof StartError);
      message = error.message;
      return true;
    });
    assert.ok(await database.knex.schema.hasTable(table), 'it was rolled back');
    return message;
  }

  const now = timeSql(engine);

  test('it asks on a terminal, naming migration, database, tables and rows, and does nothing unless told', async () => {
    for (const answer of ['', 'yesterday']) {
      const { code, printed, asked } = await run(['migrate', '--rollback'], answer);
      assert.equal(code, 1);
      assert.equal(asked.length, 1);
      assert.match(printed, new RegExp(`^Migration: +${newest}\nDatabase: +.*(test\\.db|/hookgate_test_.*)\n`));
      assert.match(
        printed,
        new RegExp(`\nLost:\n +column .*\n +table ${table} \\(3 rows\\)\nNothing was rolled back\\.$`),
      );
      const { password } = new URL(own.env.DATABASE_URL ?? '');
      assert.ok(password === '' || !printed.includes(password), 'it printed the password');
    }
    assert.ok(await database.knex.schema.hasTable(table));
  });

  test('without a terminal it refuses and names --yes', async () => {
    await assert.rejects(run(['migrate', '--rollback']), /no terminal to ask on\. Add --yes/);
    await assert.rejects(run(['migrate', '--yes']), /--yes is an option of migrate --rollback/);
    assert.ok(await database.knex.schema.hasTable(table));
  });

  test('a column that it drops is named with the rows of its table', async () => {
    const [, , owner] = owners;
    assert.ok(owner);
    const migration = { owner, name: '004_add_api_key_names', title: '', isKnown: true };
    assert.deepEqual(await lossesOf(database, migration), [
      { table: 'authentication_api_keys', column: 'name', rows: 0 },
    ]);
  });

  test('a running process refuses it, and is named; after a graceful stop it is free at once', async () => {
    const server = sandbox.start([], own.env as Record<string, string>);
    const url = await server.ready();
    const found = await refusal();
    if (engine === 'sqlite') assert.match(found, /a server is running on .*test\.db\. Stop it first/);
    const process = `  host ${hostname()}, pid ${server.process.pid}, role all, version ${version}, seen \\d+ s ago`;
    assert.match(found, new RegExp(`\n${process}(\n|$)`));
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal((await server.end()).code, 0);
    assert.deepEqual(await database.knex('gateway_processes'), []);
  });

  test('a process that was seen within a minute counts, and none that was seen earlier', async () => {
    const row = { id: 'other', host: 'otherhost', pid: 7, role: 'dispatcher', version: '0.0.9' };
    const seen = (seconds: number) => database.knex.raw(`${now} - ${seconds * 1_000_000}`);
    await database.knex('gateway_processes').insert({ ...row, started_at: 1, seen_at: seen(55) });
    assert.match(await refusal(), /host otherhost, pid 7, role dispatcher, version 0\.0\.9, seen 5\d s ago/);
    await database.knex('gateway_processes').update({ seen_at: seen(61) });
    await assert.rejects(run(['migrate', '--rollback']), /no terminal/);
  });

  test('rows of processes that have been gone for ten minutes are deleted by the next one', async () => {
    await database.knex('gateway_processes').update({ seen_at: 1 });
    const leave = await joinProcesses(database, 'all', quiet);
    assert.deepEqual(await database.knex('gateway_processes').pluck('pid'), [process.pid]);
    await leave();
  });

  const warned: string[] = [];
  const quiet = { error: () => {}, info: () => {}, debug: () => {}, warn: (text: string) => void warned.push(text) };

  test('a lease of a dispatcher refuses it until it has ended', async () => {
    const place = { endpoint_key: 1, endpoint_kind: 'k', endpoint_id: 'e', due_at: 1, held: 0 };
    const counts = { attempt_count: 0, retries: 0, unknowns: 0, last_status: 0, lease_token: 5 };
    const lease_until = database.knex.raw(`${now} + 20000000`);
    await database.knex('dispatcher_queue').insert({ delivery_id: 'one', ...place, ...counts, lease_until });
    assert.match(await refusal(), /a dispatcher has leased 1 delivery\. Stop it/);
    await database.knex('dispatcher_queue').delete();
  });

  testOnServer('a process that migrates refuses it', async () => {
    await exclusively(database, async () => {
      assert.match(await refusal(), /another process migrates this database/);
    });
  });

  test('an earlier version works on the tables of a newer one, says so, and does not roll them back', async () => {
    const future = { name: '999_from_the_future', batch: 99, migration_time: new Date(Date.now() + 86_400_000) };
    await database.knex('gateway_migrations').insert(future);
    const gateway = await createTestGateway({ plugins: [], database: own });
    try {
      assert.equal((await gateway.request('/readyz')).status, 200);
      await gateway.app.foundation.log.flush();
      assert.match(gateway.log.join(''), /a newer version has migrated the database.*gateway\/999_from_the_future/);
      await assertNoticesRollback(gateway);
    } finally {
      await gateway.close();
    }
    const note = /A newer version has applied gateway\/999_from_the_future/;
    assert.match((await run(['migrate'])).printed, note);
    const checked = await run(['check']);
    assert.equal(checked.code, 0, checked.printed);
    assert.match(checked.printed, note);
    assert.match(await refusal(), /gateway\/999_from_the_future is the newest migration, and this version .* does not/);
    await database.knex('gateway_migrations').where({ name: future.name }).delete();
  });

  /** By any hand: here the record of a migration is deleted. */
  async function assertNoticesRollback({ request }: TestGateway): Promise<void> {
    const [last] = await database.knex('dispatcher_migrations').orderBy('id', 'desc').limit(1);
    await database.knex('dispatcher_migrations').where({ id: last.id }).delete();
    await eventually(async () => (await request('/readyz')).body.checks.migrations === 'failed');
    assert.equal((await request('/readyz')).status, 503);
    await database.knex('dispatcher_migrations').insert(last);
    await eventually(async () => (await request('/readyz')).status === 200);
  }

  const makeNewest = (name: string): Promise<number> =>
    database
      .knex('gateway_migrations')
      .where({ name })
      .update({ migration_time: new Date(Date.now() + 3_600_000) });

  test('each run reverts one migration, the record of processes too', async () => {
    await rollBackTo(database, owners, newest);
    const first = await run(['migrate', '--rollback'], 'yes');
    assert.deepEqual([first.code, first.asked.length], [0, 1]);
    assert.match(first.printed, new RegExp(`Rolled back: ${newest}$`));
    assert.ok(!(await database.knex.schema.hasTable(table)));
    assert.ok(await database.knex.schema.hasTable('integration_limit_locks'));

    const { printed } = await run(['migrate', '--rollback', '--yes']);
    assert.match(printed, /Rolled back: integration\/017_create_limit_locks$/);

    for (const name of ['005_create_write_probes', '004_add_process_keys']) {
      await makeNewest(name);
      await run(['migrate', '--rollback', '--yes']);
    }
    await makeNewest('003_create_processes');
    const record = await run(['migrate', '--rollback', '--yes']);
    assert.match(record.printed, /^Migration: +gateway\/003[\s\S]*Rolled back: gateway\/003_create_processes$/);
    await makeNewest('002_create_idempotency_keys');
    const unrecorded = await run(['migrate', '--rollback', '--yes']);
    const expected = /no record of running processes[\s\S]*\nRolled back: gateway\/002_create_idempotency_keys$/;
    assert.match(unrecorded.printed, expected);

    const leave = await joinProcesses(database, 'all', quiet);
    assert.deepEqual(warned, ['process not recorded in the database']);
    await leave();
  });
});
