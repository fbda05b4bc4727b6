import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { type Database, type Knex, openDatabase } from '../../src/database/database.ts';
import { ensureTable } from '../../src/database/schema.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { engines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { createMysqlRelay } from '../support/mysql-relay.ts';
import { patient } from '../support/patience.ts';
import { createRelay, type Relay } from '../support/relay.ts';

const serverUrl = engines.find(({ name }) => name === 'mysql')?.serverUrl;
const table = 'test_counts';
const connections = 20;
/** As in production, but sooner. */
const limits = { suspectMs: 300, idleMs: 0 };
/** A suspect is asked about twice, a second apart, and the rest is a new connection. */
const recoveryMs = 5000;

function suite(url: string): void {
  let own: TestDatabase;
  let plain: Database;

  before(async () => {
    own = await createTestDatabase(url);
    plain = openDatabase(loadConfig(own.env));
    await ensureTable(plain.knex, table, (columns) => {
      columns.integer('id').notNullable().primary();
      columns.integer('amount').notNullable();
    });
    await plain.knex(table).insert(Array.from({ length: connections }, (_, id) => ({ id, amount: 0 })));
  });
  after(async () => {
    await plain?.close();
    await own?.drop();
  });

  const open = (port: number): Database => {
    const through = new URL(own.env.DATABASE_URL ?? '');
    through.port = String(port);
    return openDatabase({ ...loadConfig(own.env), DATABASE_URL: through.href, DATABASE_POOL_MAX: connections }, limits);
  };

  async function scene(t: TestContext): Promise<{ relay: Relay; database: Database; pools: Database[] }> {
    const relay = await createRelay(Number(new URL(url).port || 3306));
    const database = open(relay.port);
    t.after(async () => {
      relay.close();
      await database.close();
    });
    // Fifteen connections of calls and five reserved ones.
    const pools = Array.from({ length: connections }, (_, index) => (index < 15 ? database : database.reserved));
    return { relay, database, pools };
  }

  const add = (db: Knex, id: number) => db(table).where({ id }).increment('amount');
  const amounts = async (): Promise<number[]> => plain.knex(table).orderBy('id').pluck('amount');

  /** Holds every connection of both pools in a transaction until `release`. */
  async function holdAll(pools: readonly Database[], between: (trx: Knex, index: number) => Promise<unknown>) {
    const gate = Promise.withResolvers<void>();
    let held = 0;
    let runs = 0;
    const ended = Promise.all(
      pools.map((pool, index) =>
        pool.transaction(async (trx) => {
          runs += 1;
          await add(trx, index);
          held += 1;
          await gate.promise;
          await between(trx, index);
        }),
      ),
    );
    await eventually(() => held === pools.length);
    return { release: gate.resolve, ended, runs: () => runs };
  }

  test('idle connections that died are noticed before their use', async (t) => {
    const { relay, database, pools } = await scene(t);
    const { release, ended } = await holdAll(pools, async () => undefined);
    release();
    await ended;
    relay.silence();
    const startedAt = performance.now();
    for (const pool of [database, database.reserved]) {
      await Promise.all(Array.from({ length: 8 }, () => pool.read((db) => db(table).first())));
    }
    const tookMs = performance.now() - startedAt;
    // One connection of each pool is tried for a second, and all others go with it.
    assert.ok(tookMs < patient(4000), `it took ${Math.round(tookMs)} ms`);

    const now = Date.now;
    t.mock.method(Date, 'now', () => now() - 3_600_000);
    const { accepted } = relay;
    for (let count = 0; count < 8; count += 1) await database.read((db) => db(table).first());
    assert.equal(relay.accepted, accepted, 'connections were dropped when the clock was set back');
  });

  test('both pools recover when all of their connections die in use, and nothing is done twice', async (t) => {
    const { relay, database, pools } = await scene(t);
    const before = await amounts();
    const { release, ended, runs } = await holdAll(pools, (trx, index) => add(trx, index));
    relay.silence();
    const startedAt = performance.now();
    release();
    // A call that finds no connection meanwhile waits for one.
    const waiting = Promise.all([database, database.reserved].map((pool) => pool.read((db) => db(table).first())));
    await ended;
    await waiting;
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < patient(recoveryMs), `it took ${Math.round(tookMs)} ms`);
    assert.equal(runs(), 2 * connections);
    assert.deepEqual(
      await amounts(),
      before.map((amount) => amount + 2),
    );
  });

  test('a connection that died during a statement is given up when the server has ended the statement', async (t) => {
    const { relay, database } = await scene(t);
    let runs = 0;
    const startedAt = performance.now();
    const working = database.transaction(async (trx) => {
      runs += 1;
      return trx.raw('select sleep(?)', [runs === 1 ? 0.5 : 0]);
    });
    await eventually(async () => {
      const [threads] = await plain.knex.raw('show full processlist');
      return (threads as { Info: string | null }[]).some(({ Info }) => Info?.startsWith('select sleep(0.5)'));
    });
    relay.silence();
    await working;
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < patient(recoveryMs + 500), `it took ${Math.round(tookMs)} ms`);
    assert.equal(runs, 2);
  });

  test('a long statement is not given up', async (t) => {
    const { relay, database } = await scene(t);
    let runs = 0;
    const before = relay.accepted;
    await database.transaction(async (trx) => {
      runs += 1;
      await trx.raw('select sleep(3)');
    });
    assert.equal(runs, 1);
    // The server was asked about the connection at least twice.
    assert.ok(relay.accepted - before > 2, String(relay.accepted));
  });

  test('a new connection that gets no answer during its setup is given up, and the pool goes on', async (t) => {
    const relay = await createMysqlRelay(Number(new URL(url).port || 3306));
    const database = open(relay.port);
    t.after(async () => {
      relay.close();
      await database.close();
    });
    relay.script((sql) => (/^SHOW SESSION/.test(sql) ? 'silence' : undefined));
    const startedAt = performance.now();
    await assert.rejects(
      database.transaction((trx) => trx.raw('select 1')),
      { code: 'DATABASE_UNAVAILABLE' },
    );
    relay.script(() => undefined);
    await database.read((db) => db(table).first());
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < patient(12_000), `it took ${Math.round(tookMs)} ms`);
  });
}

if (serverUrl) describe('connections that died without a sign', () => suite(serverUrl));
