import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Connection, createConnection } from 'mysql2/promise';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { type MigrationOwner, migrate } from '../../src/database/migrations.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { engines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { createMysqlRelay, type MysqlRelay } from '../support/mysql-relay.ts';

const serverUrl = engines.find(({ name }) => name === 'mysql')?.serverUrl;
const lease = 'gateway_running_migrations';
/** Microseconds, far ahead. */
const later = 9_000_000_000_000_000;

/** Waits for the promise `gate` of the test, if there is one. */
const migration = `export async function up(knex) {
  globalThis.migrationsBegun = (globalThis.migrationsBegun ?? 0) + 1;
  await globalThis.migrationGate;
  await knex.schema.createTable('sample_one', (columns) => void columns.increments('id'));
}
export async function down() {}
`;
const shared = globalThis as unknown as { migrationsBegun?: number; migrationGate?: Promise<void> };

function suite(url: string): void {
  let own: TestDatabase;
  let relay: MysqlRelay;
  let database: Database;
  let other: Connection;
  let folder: string;
  let owner: MigrationOwner;
  /** Looks at the lease so far. */
  let looks: number;

  beforeEach(async () => {
    shared.migrationsBegun = 0;
    shared.migrationGate = Promise.resolve();
    folder = mkdtempSync(join(tmpdir(), 'hookgate-migrations-'));
    owner = { name: 'sample', directory: folder };
    writeFileSync(join(folder, '001_one.mjs'), migration);
    own = await createTestDatabase(url);
    relay = await createMysqlRelay(Number(new URL(url).port || 3306));
    looks = 0;
    relay.script((sql) => {
      if (sql.includes(`from \`${lease}\``)) looks += 1;
      // As Percona XtraDB Cluster in strict mode, and other clusters.
      return /get_lock/i.test(sql) ? { errno: 1105 } : undefined;
    });
    const through = new URL(own.env.DATABASE_URL ?? '');
    through.port = String(relay.port);
    database = openDatabase({ ...loadConfig(own.env), DATABASE_URL: through.href });
    other = await createConnection(own.env.DATABASE_URL ?? '');
  });
  afterEach(async () => {
    await database.close();
    await other.end();
    relay.close();
    await own.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const isMigrated = (): Promise<boolean> => database.knex.schema.hasTable('sample_one');

  /** Makes another process the holder of the lease. */
  async function hold(values: { server?: string; connection?: number; expires_at: number }): Promise<void> {
    const [[row]] = (await other.query(
      "select concat_ws(' ', @@hostname, @@port, @@server_id, current_user()) as server, connection_id() as connection",
    )) as unknown as [[{ server: string; connection: number }]];
    // The first run makes the table.
    await migrate(database, []);
    await database.knex(lease).update({ holder: 'another', ...row, ...values });
    looks = 0;
  }

  /** Starts to migrate, and waits until the process has found the lease taken several times. */
  async function startWaiting(): Promise<{ running: Promise<void> }> {
    const running = migrate(database, [owner]);
    running.catch(() => undefined);
    await eventually(() => looks > 3);
    assert.equal(await isMigrated(), false);
    return { running };
  }

  const expire = () => database.knex(lease).update({ expires_at: 1 });

  test('migrations run on a server that refuses GET_LOCK', async () => {
    await migrate(database, [owner]);
    assert.equal(await isMigrated(), true);
  });

  test('a lease of another node holds until it expires', async () => {
    await hold({ server: 'another node', expires_at: later });
    const { running } = await startWaiting();
    await expire();
    await running;
    assert.equal(await isMigrated(), true);
  });

  test('a lease of a process that was killed is free at once', async () => {
    const killed = await createConnection(own.env.DATABASE_URL ?? '');
    const { threadId } = killed;
    await killed.end();
    await eventually(async () => {
      const [threads] = await other.query('show processlist');
      return !(threads as { Id: number }[]).some(({ Id }) => Id === threadId);
    });
    await hold({ connection: threadId, expires_at: later });
    await migrate(database, [owner]);
    assert.equal(await isMigrated(), true);
  });

  test('a lease on this server holds while its connection lives', async () => {
    await hold({ expires_at: later });
    const { running } = await startWaiting();
    await expire();
    await running;
    assert.equal(await isMigrated(), true);
  });

  test('an expired lease holds while the server works at a statement of its connection', async () => {
    await hold({ expires_at: 1 });
    const sleeping = other.query('select sleep(30)').catch(() => undefined);
    const isAsleep = async (): Promise<boolean> => {
      const [threads] = await database.knex.raw('show processlist');
      return (threads as { Info: string | null }[]).some(({ Info }) => Info === 'select sleep(30)');
    };
    await eventually(isAsleep);
    const { running } = await startWaiting();
    await database.knex.raw(`kill query ${other.threadId}`);
    await sleeping;
    await running;
    assert.equal(await isMigrated(), true);
  });

  test('a second process waits for a long migration, whose lease is renewed', async () => {
    const gate = Promise.withResolvers<void>();
    shared.migrationGate = gate.promise;
    const second = openDatabase(loadConfig(own.env));
    const first = migrate(second, [owner]);
    await eventually(() => shared.migrationsBegun === 1);
    const expiry = async (): Promise<number> => Number((await database.knex(lease).first()).expires_at);
    const before = await expiry();
    looks = 0;
    const waiting = migrate(database, [owner]);
    await eventually(async () => looks > 3 && (await expiry()) > before);
    assert.equal(shared.migrationsBegun, 1);
    gate.resolve();
    await Promise.all([first, waiting]);
    assert.equal(shared.migrationsBegun, 1);
    assert.deepEqual(await database.knex('sample_migrations').pluck('name'), ['001_one']);
    await second.close();
  });
}

if (serverUrl) describe('the lease of migrations', () => suite(serverUrl));
