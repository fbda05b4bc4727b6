import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createConnection as connect } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { toSafeError } from '../../src/database/database-errors.ts';
import { prepareSession, SessionError } from '../../src/database/session.ts';
import { ApiError } from '../../src/errors.ts';
import { answer, createTestDatabase, type TestDatabase } from '../../src/testing/index.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import { eventually } from '../support/eventually.ts';
import { type IntegrationGateway, startIntegration } from '../support/integration-gateway.ts';
import { createSandbox } from '../support/process.ts';

/** A server that ignores the character set of its clients. */
const serverOptions = [
  '--skip-character-set-client-handshake',
  '--character-set-server=latin1',
  '--collation-server=latin1_swedish_ci',
  '--innodb-default-row-format=compact',
  '--innodb-force-primary-key=ON',
  '--lower-case-table-names=1',
];

/** Settings that an administrator can choose, by which every session begins. */
const globals = {
  autocommit: '0',
  sql_select_limit: '0',
  sql_safe_updates: '1',
  sql_mode: "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
  time_zone: "'+05:45'",
  tx_read_only: '1',
  tx_isolation: "'SERIALIZABLE'",
  completion_type: '2',
  innodb_lock_wait_timeout: '1',
  lock_wait_timeout: '1',
  wait_timeout: '2',
  idle_transaction_timeout: '1',
  max_statement_time: '0.2',
  default_storage_engine: "'MyISAM'",
  group_concat_max_len: '4',
  max_sort_length: '64',
  div_precision_increment: '0',
  foreign_key_checks: '0',
  unique_checks: '0',
  max_join_size: '1',
  sql_auto_is_null: '1',
};
/** Runs after the handshake, in sessions of users without special rights. */
const initConnect = 'set names latin1 collate latin1_german1_ci, check_constraint_checks = 0, sql_big_selects = 0';

const text = 'İstanbul ışığı ŞĞ ünlü 😀 "quoted" \\ back\' it';

describe('a server whose administrator has chosen other settings', () => {
  const sandbox = createSandbox();
  let server: DatabaseServer;
  let own: TestDatabase;
  let env: Record<string, string>;
  let database: Database;
  let integration: IntegrationGateway | undefined;

  before(async () => {
    server = await startDatabaseServer({ more: serverOptions });
    own = await createTestDatabase(server.url);
    const root = await createConnection(server.url);
    await root.query("create user plain@'%' identified by 'p'");
    await root.query("grant all on `hookgate\\_test\\_%`.* to plain@'%'");
    await root.query(`set global init_connect = '${initConnect}'`);
    for (const [name, value] of Object.entries(globals)) await root.query(`set global ${name} = ${value}`);
    await root.end();
    const url = new URL(own.env.DATABASE_URL ?? '');
    Object.assign(url, { username: 'plain', password: 'p' });
    env = { ...(own.env as Record<string, string>), DATABASE_URL: url.href };
    database = openDatabase(loadConfig(env));
  });
  after(async () => {
    await integration?.close();
    await database?.close();
    await sandbox.remove();
    await server?.stop();
  });

  test('migrations of the command line run, on InnoDB', async () => {
    const migrated = await sandbox.run(['migrate'], env);
    assert.equal(migrated.code, 0, migrated.stderr);
    const engines = await database
      .knex('information_schema.tables')
      .whereRaw('table_schema = database()')
      .distinct('engine');
    assert.deepEqual(
      engines.map((row) => row.engine ?? row.ENGINE),
      ['InnoDB'],
    );
  });

  test('an event is stored, delivered and retried with the same bytes', async () => {
    integration = await startIntegration(undefined, env);
    const { receiver } = integration;
    receiver.script((_request, count) => answer(count === 1 ? 503 : 200));
    const distributor = await integration.createDistributor();
    const event = { type: 'order.filled', data: { text, [text]: [text] } };
    const delivered = await integration.reached(await integration.send(distributor, event), 'delivered', 'failed');
    assert.equal(delivered.status, 'delivered');
    assert.equal(receiver.received.length, 2);
    const [first, second] = receiver.received.map(({ body }) => body);
    assert.equal(second, first);
    assert.deepEqual(JSON.parse(first ?? '').data, event.data);
    const [row] = await database.knex('dispatcher_events').select('payload');
    assert.ok(String(row.payload).includes(JSON.stringify(text)), row.payload);
  });

  test('the gateway is ready, and leaves no transaction open', async () => {
    assert.equal((await integration?.gateway.request('/readyz'))?.status, 200);
    const root = connect(server.url).on('error', () => undefined);
    await prepareSession(root, 60);
    await eventually(async () => {
      const [open] = await root.promise().query('select trx_id from information_schema.innodb_trx');
      return (open as unknown[]).length === 0;
    });
    await root.promise().end();
  });

  for (const pool of ['callers', 'reserved', 'single'] as const) {
    test(`every connection has the gateway's session: ${pool}`, async () => {
      const single = database.openSingle();
      const knex = { callers: database.knex, reserved: database.reserved.knex, single }[pool];
      const [row] = database.rows<Record<string, unknown>>(
        await knex.transaction((trx) =>
          trx.raw(`select @@autocommit, @@sql_safe_updates, @@time_zone, @@tx_read_only, @@tx_isolation, @@completion_type,
          @@sql_mode, @@collation_connection, @@character_set_results, @@character_set_client, @@max_statement_time,
          @@idle_transaction_timeout, @@foreign_key_checks, @@check_constraint_checks, @@sql_big_selects`),
        ),
      );
      assert.deepEqual(Object.values(row ?? {}), [
        ...[1, 0, '+00:00', 0, 'READ-COMMITTED', 'NO_CHAIN', 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'],
        ...['utf8mb4_bin', 'utf8mb4', 'utf8mb4', 0, 0, 1, 1, 1],
      ]);
      await single.destroy();
    });
  }
});

describe('a server that does not apply a setting of the session', () => {
  /** A connection whose server keeps `stubborn` as they are. */
  function connectionWith(stubborn: Record<string, string>) {
    const values = new Map<string, string>();
    const query = async (sql: string): Promise<[unknown]> => {
      const names = [...sql.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '');
      if (/^SHOW/.test(sql)) {
        const rows = names.map((name) => ({ Variable_name: name, Value: stubborn[name] ?? values.get(name) ?? '' }));
        return [rows];
      }
      for (const [, name = '', value = ''] of sql.matchAll(/SESSION (\w+) = '?([^',]*(?:,NO_ENGINE_SUBSTITUTION)?)/g))
        values.set(name, value);
      return [undefined];
    };
    return { promise: () => ({ query }) };
  }

  test('a complying server is used', async () => {
    const facts = await prepareSession(connectionWith({ version: '9.1.0', max_allowed_packet: '1024' }), 60);
    assert.deepEqual([facts.version, facts.packetBytes], ['9.1.0', 1024]);
  });

  for (const [stubborn, words] of [
    [{ time_zone: 'SYSTEM' }, 'time_zone is SYSTEM instead of +00:00'],
    [
      { autocommit: 'OFF', sql_safe_updates: 'ON' },
      'autocommit is OFF instead of ON, sql_safe_updates is ON instead of OFF',
    ],
    [{ character_set_results: 'latin1' }, 'character_set_results is latin1 instead of utf8mb4'],
    [{ log_bin: 'ON', binlog_format: 'STATEMENT' }, 'binlog_format is STATEMENT instead of ROW or MIXED'],
  ] as const) {
    test(`the connection fails, and the reason names the setting: ${words}`, async () => {
      const error = await prepareSession(connectionWith(stubborn), 60).catch((reason: unknown) => reason);
      assert.ok(error instanceof SessionError);
      const safe = toSafeError(error);
      assert.ok(safe instanceof ApiError && safe.code === 'DATABASE_UNAVAILABLE');
      assert.equal(safe.reason, `settings of the session do not apply: ${words}`);
    });
  }
});
