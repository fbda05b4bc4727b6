import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConnection } from 'mysql2/promise';
import { loadConfig } from '../../src/config.ts';
import { type Database, type Knex, openDatabase } from '../../src/database/database.ts';
import { isUniqueViolation } from '../../src/database/database-errors.ts';
import { ensureTable } from '../../src/database/schema.ts';
import { ApiError } from '../../src/errors.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { patient } from '../support/patience.ts';
import { createRelay } from '../support/relay.ts';

const table = 'test_accounts';
const secret = 'value-that-nobody-may-see';

onEveryEngine('transaction', ({ createDatabase, testOnServer, testOnSqlite }) => {
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    database = openDatabase({ ...loadConfig(own.env), DATABASE_POOL_MAX: 6 });
    await ensureTable(database.knex, table, (columns) => {
      columns.string('name', 40).notNullable().primary();
      columns.integer('amount').notNullable();
    });
    await database.knex(table).insert(['a', 'b'].map((account) => ({ name: account, amount: 0 })));
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  const add = (trx: Knex, account: string, amount = 1) =>
    trx(table).where({ name: account }).increment('amount', amount);
  const amountOf = async (account: string): Promise<number> =>
    (await database.read((db) => db(table).where({ name: account }).first())).amount;
  const unavailable = (error: unknown): boolean =>
    error instanceof ApiError && error.status === 503 && error.code === 'DATABASE_UNAVAILABLE';

  /** Kills the connection of this transaction, as an administrator or a fail-over does. */
  async function hangUp(trx: Knex): Promise<void> {
    const [[{ id }]] = await trx.raw('select connection_id() as id');
    const connection = await createConnection(own.env.DATABASE_URL ?? '');
    await connection.query(`kill ${Number(id)}`);
    const isThere = async (): Promise<boolean> => {
      const [rows] = await connection.query('select id from information_schema.processlist where id = ?', [id]);
      return (rows as unknown[]).length > 0;
    };
    while (await isThere());
    await connection.end();
  }

  test('a value that reads like the end of a connection does not turn an error of the statement into an outage', async () => {
    const name = 'Connection lost in closed state';
    const row = { name, amount: 0 };
    await database.knex(table).insert(row);
    let runs = 0;
    const failing = database.transaction(async (trx) => {
      runs += 1;
      await trx(table).insert(row);
    });
    await assert.rejects(failing, { name: 'DatabaseError' });
    assert.equal(runs, 1);
    await database.knex(table).where({ name }).delete();
  });

  test('a transaction commits all its changes or none', async () => {
    const before = await amountOf('a');
    assert.equal(await database.transaction((trx) => add(trx, 'a')), 1);
    const failing = database.transaction(async (trx) => {
      await add(trx, 'a', 100);
      throw new RangeError('no');
    });
    await assert.rejects(failing, RangeError);
    assert.equal(await amountOf('a'), before + 1);
  });

  testOnServer('two transactions that lock the same rows in opposite order both succeed', async () => {
    const [a, b] = [await amountOf('a'), await amountOf('b')];
    let runs = 0;
    const meeting = Promise.withResolvers<void>();
    let arrived = 0;
    const arrive = (): Promise<void> => {
      arrived += 1;
      if (arrived === 2) meeting.resolve();
      return meeting.promise;
    };
    const move = (first: string, second: string): Promise<void> =>
      database.transaction(async (trx) => {
        runs += 1;
        await add(trx, first);
        await arrive();
        await add(trx, second);
      });
    await Promise.all([move('a', 'b'), move('b', 'a')]);
    assert.ok(runs > 2, 'there was no deadlock');
    assert.equal(await amountOf('a'), a + 2);
    assert.equal(await amountOf('b'), b + 2);
  });

  for (const how of ['begun together', 'begun after it was caught'] as const) {
    testOnServer(`a statement after a deadlock is not committed on its own: ${how}`, async () => {
      const [a, b] = [await amountOf('a'), await amountOf('b')];
      const other = await createConnection(own.env.DATABASE_URL ?? '');
      let runs = 0;
      const work = async (trx: Knex.Transaction): Promise<void> => {
        runs += 1;
        const entry = { name: `${how} ${runs}`, amount: 0 };
        await add(trx, 'a');
        // Each transaction now waits for the other, in either order.
        if (runs === 1)
          void other.query(`update ${table} set amount = amount + 1 where name = 'a'`).then(() => other.commit());
        if (how === 'begun together') await Promise.all([add(trx, 'b'), trx(table).insert(entry)]);
        else {
          await Promise.resolve(add(trx, 'b')).catch(() => undefined);
          await trx(table).insert(entry);
        }
      };
      // The server rolls back the transaction that has written less.
      await other.beginTransaction();
      const ballast = Array.from({ length: 200 }, (_, number) => [`ballast ${how} ${number}`, 0]);
      await other.query(`insert into ${table} (name, amount) values ?`, [ballast]);
      await other.query(`update ${table} set amount = amount + 1 where name = 'b'`);
      await database.transaction(work);
      assert.ok(runs > 1, 'there was no deadlock');
      const entries = await database.read((db) => db(table).where('name', 'like', `${how}%`).pluck('name'));
      assert.deepEqual(entries, [`${how} ${runs}`]);
      assert.deepEqual([await amountOf('a'), await amountOf('b')], [a + 2, b + 2]);
      await other.query(`delete from ${table} where name like 'ballast%'`);
      await other.end();
    });
  }

  testOnServer('a statement after a lock wait timeout is not executed either', async () => {
    const before = await amountOf('b');
    const other = await createConnection(own.env.DATABASE_URL ?? '');
    await other.beginTransaction();
    await other.query(`update ${table} set amount = amount + 1 where name = 'a'`);
    let runs = 0;
    await database.transaction(async (trx) => {
      runs += 1;
      if (runs > 1) await other.rollback();
      await trx.raw('set session innodb_lock_wait_timeout = 1');
      await Promise.resolve(add(trx, 'a')).catch(() => undefined);
      await add(trx, 'b');
    });
    assert.equal(runs, 2);
    assert.equal(await amountOf('b'), before + 1);
    await other.end();
  });

  testOnSqlite('a full disk rolls back the whole transaction and gives 503', async () => {
    await database.knex.raw('create table ballast (words text)');
    const [{ page_count: pages }] = await database.knex.raw('pragma page_count');
    await database.knex.raw(`pragma max_page_count = ${pages + 2}`);
    const half = { name: 'half', amount: 0 };
    const filling = database.transaction((trx) =>
      Promise.all([trx('ballast').insert({ words: 'x'.repeat(50_000) }), trx(table).insert(half)]),
    );
    await assert.rejects(filling, { status: 503, code: 'STORAGE_UNAVAILABLE' });
    assert.equal(await database.read((db) => db(table).where(half).first()), undefined);
    await database.knex.raw('pragma max_page_count = 1000000');
    await database.transaction((trx) => trx(table).insert(half));
  });

  testOnServer('a connection to a server that has become read-only is not used again', async () => {
    const single = openDatabase({ ...loadConfig(own.env), DATABASE_POOL_MAX: 1 });
    const before = await amountOf('a');
    await single.knex.raw('set session transaction read only');
    let runs = 0;
    await single.transaction(async (trx) => {
      runs += 1;
      await add(trx, 'a');
    });
    assert.equal(runs, 2);
    assert.equal(await amountOf('a'), before + 1);
    await single.close();
  });

  testOnServer('connections cut without notice are replaced', async (t) => {
    const relay = await createRelay(Number(new URL(own.env.DATABASE_URL ?? '').port));
    t.after(() => relay.close());
    const url = new URL(own.env.DATABASE_URL ?? '');
    url.port = String(relay.port);
    const config = { ...loadConfig(own.env), DATABASE_URL: url.href, DATABASE_POOL_MAX: 4 };
    const cut = openDatabase(config, { answerTimeoutMs: 1000 });
    t.after(() => cut.close());
    const before = await amountOf('a');
    const both = () => Promise.all(['a', 'b'].map((account) => cut.transaction((trx) => add(trx, account))));
    await both();
    const { accepted } = relay;
    relay.silence();
    await both();
    assert.equal(await amountOf('a'), before + 2);
    // The first new connection may serve both transactions.
    assert.ok(relay.accepted > accepted);
  });

  testOnServer('a connection lost before COMMIT repeats the transaction', async () => {
    const before = await amountOf('a');
    let runs = 0;
    await database.transaction(async (trx) => {
      runs += 1;
      await add(trx, 'a');
      if (runs === 1) await hangUp(trx);
      await add(trx, 'b');
    });
    assert.equal(runs, 2);
    assert.equal(await amountOf('a'), before + 1);
  });

  testOnServer('a connection lost during COMMIT gives 503, unless the transaction is repeatable', async () => {
    for (const repeatable of [false, true]) {
      let runs = 0;
      const work = async (trx: Knex.Transaction): Promise<void> => {
        runs += 1;
        await add(trx, 'a');
        // The client cannot know whether the server has executed the COMMIT.
        if (runs === 1) await hangUp(trx);
      };
      const running = database.transaction(work, { repeatable });
      if (repeatable) await running;
      else await assert.rejects(running, unavailable);
      assert.equal(runs, repeatable ? 2 : 1);
    }
  });

  testOnServer('a connection lost while idle is replaced unnoticed', async () => {
    await database.transaction(async (trx) => void (await add(trx, 'a')));
    const connection = await createConnection(own.env.DATABASE_URL ?? '');
    const [rows] = await connection.query(
      'select id from information_schema.processlist where db = database() and id <> connection_id()',
    );
    for (const { id } of rows as { id: number }[]) await connection.query(`kill ${id}`).catch(() => {});
    await connection.end();
    assert.equal(typeof (await amountOf('a')), 'number');
    await database.transaction(async (trx) => void (await add(trx, 'a')));
  });

  test('a unique violation reaches the caller without its statement and value', async () => {
    const insert = (trx: Knex) => trx(table).insert({ name: secret, amount: 0 });
    await database.transaction(insert);
    let runs = 0;
    const again = database.transaction((trx) => {
      runs += 1;
      return insert(trx);
    });
    await assert.rejects(again, (error: Error) => {
      assert.ok(isUniqueViolation(error));
      assert.ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes(secret));
      return true;
    });
    assert.equal(runs, 1);
  });

  test('an invalid statement fails once, without its text and values', async () => {
    for (const run of [
      () => database.read((db) => db('test_nowhere').where({ name: secret })),
      () => database.transaction((trx) => trx(table).insert({ name: secret.repeat(3), nothing: secret })),
    ]) {
      await assert.rejects(run, (error: Error) => {
        assert.equal(error.name, 'DatabaseError');
        const told = `${error.message}${error.stack}${JSON.stringify(error)}`;
        assert.ok(!told.includes(secret) && !/insert|select|test_nowhere/i.test(told), told);
        return true;
      });
    }
  });

  testOnServer('a caller without a free connection in time gets 503', async () => {
    const open = Promise.withResolvers<void>();
    let held = 0;
    const hold = (): Promise<void> => {
      held += 1;
      return open.promise;
    };
    const holding = Array.from({ length: 4 }, () => database.transaction(hold));
    await eventually(() => held === 4);
    const startedAt = performance.now();
    try {
      await assert.rejects(
        database.read((db) => db(table).first()),
        unavailable,
      );
      const tookMs = performance.now() - startedAt;
      assert.ok(tookMs < patient(8000), `took ${Math.round(tookMs)} ms`);
    } finally {
      open.resolve();
      await Promise.all(holding);
    }
    assert.equal(typeof (await amountOf('a')), 'number');
  });
});
