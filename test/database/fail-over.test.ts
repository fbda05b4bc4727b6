import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { type Database, type Knex, openDatabase } from '../../src/database/database.ts';
import { ensureTable } from '../../src/database/schema.ts';
import { ApiError } from '../../src/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { engines } from '../support/engines.ts';
import { createMysqlRelay, type MysqlRelay } from '../support/mysql-relay.ts';

const serverUrl = engines.find(({ name }) => name === 'mysql')?.serverUrl;
const table = 'test_counts';

/** The connection has ended: whether COMMIT was executed is not known. */
const lost = [1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 2006, 2013, 3168, 3169, 4031];
/** Nothing was executed, and the connection is of no use. */
const refused = [1047, 1290, 1792, 1836, 1874, 3032, 3783];
/** Nothing stays of the transaction. */
const undone = [1020, 1180, 1205, 1213, 1412, 1689, 3100, 3101];
/** The server has no room. */
const busy = [1037, 1041, 1203, 1206, 1226, 1637, 9001];
/** Answers to a new connection. */
const closed = [1040, 1043, 1045, 1129, 1130, 1203, 1226, 3032, 3118];

function suite(url: string): void {
  let own: TestDatabase;
  let relay: MysqlRelay;
  let database: Database;

  before(async () => {
    own = await createTestDatabase(url);
    relay = await createMysqlRelay(Number(new URL(url).port || 3306));
    const through = new URL(own.env.DATABASE_URL ?? '');
    through.port = String(relay.port);
    database = openDatabase({ ...loadConfig(own.env), DATABASE_URL: through.href, DATABASE_POOL_MAX: 4 });
    await ensureTable(database.knex, table, (columns) => {
      columns.integer('id').notNullable().primary();
      columns.integer('amount').notNullable();
    });
    await database.knex(table).insert({ id: 1, amount: 0 });
  });
  afterEach(() => {
    relay.script(() => undefined);
    relay.refuseConnections(undefined);
  });
  after(async () => {
    await database?.close();
    relay?.close();
    await own?.drop();
  });

  const add = (db: Knex) => db(table).where({ id: 1 }).increment('amount');
  const amount = async (): Promise<number> => (await database.read((db) => db(table).first())).amount;

  /** Answers the next statements that match with this error, `times` at most. */
  function fail(pattern: RegExp, errno: number, times = 1): void {
    let left = times;
    relay.script((sql) => {
      if (left === 0 || !pattern.test(sql)) return undefined;
      left -= 1;
      return { errno, closes: lost.includes(errno) && errno !== 1317 };
    });
  }

  function unavailable(error: unknown): boolean {
    assert.ok(error instanceof ApiError, String(error));
    assert.deepEqual([error.status, error.code], [503, 'DATABASE_UNAVAILABLE']);
    assert.ok(Number(error.headers['Retry-After']) > 0);
    return true;
  }

  /** Runs a transaction, and gives the number of its runs and of its changes. */
  async function increment(): Promise<{ runs: number; added: number; error: unknown }> {
    const before = await amount();
    let runs = 0;
    const error = await database
      .transaction(async (trx) => {
        runs += 1;
        await add(trx);
      })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    relay.script(() => undefined);
    return { runs, added: (await amount()) - before, error };
  }

  for (const errno of [...lost, ...refused, ...undone]) {
    test(`a transaction is run again after ${errno} at a statement`, async () => {
      fail(/^update/, errno);
      assert.deepEqual(await increment(), { runs: 2, added: 1, error: undefined });
    });
  }

  for (const errno of [...refused, ...undone]) {
    test(`a transaction is run again after ${errno} at COMMIT`, async () => {
      fail(/^COMMIT/, errno);
      assert.deepEqual(await increment(), { runs: 2, added: 1, error: undefined });
    });
  }

  for (const errno of lost) {
    test(`a transaction is not run again after ${errno} at COMMIT, and the caller gets 503`, async () => {
      fail(/^COMMIT/, errno);
      const { runs, added, error } = await increment();
      assert.deepEqual([runs, added], [1, 0]);
      unavailable(error);
    });
  }

  for (const errno of busy) {
    test(`a busy server gets no second try after ${errno}, and the caller gets 503`, async () => {
      fail(/^update/, errno);
      const { runs, added, error } = await increment();
      assert.deepEqual([runs, added], [1, 0]);
      unavailable(error);
    });
  }

  test('a server that keeps refusing gets two tries', async () => {
    fail(/^update/, 1047, Number.POSITIVE_INFINITY);
    const { runs, added, error } = await increment();
    assert.deepEqual([runs, added], [2, 0]);
    unavailable(error);
  });

  for (const errno of [...lost, ...refused, ...undone]) {
    test(`a read is repeated after ${errno}`, async () => {
      fail(/^(set statement .* for )?select/i, errno);
      assert.equal(typeof (await amount()), 'number');
    });
  }

  test('one statement is repeated when it was refused, and not when its connection was lost', async () => {
    const before = await amount();
    fail(/^update/, 1047);
    await database.statement(add);
    fail(/^update/, 1927);
    await assert.rejects(database.statement(add), unavailable);
    assert.equal(await amount(), before + 1);
  });

  test('the connection of a refused statement or COMMIT is not used again', async () => {
    for (const [pattern, errno] of [
      [/^update/, 3032],
      [/^COMMIT/, 1180],
    ] as const) {
      const ids: number[] = [];
      fail(pattern, errno);
      await database.transaction(async (trx) => {
        ids.push(database.rows<{ id: number }>(await trx.raw('select connection_id() as id'))[0]?.id ?? 0);
        await add(trx);
      });
      assert.equal(new Set(ids).size, 2, String(ids));
    }
  });

  for (const errno of closed) {
    test(`a new connection answered with ${errno} gives 503, until the server takes it`, async () => {
      const fresh = new URL(own.env.DATABASE_URL ?? '');
      fresh.port = String(relay.port);
      const other = openDatabase({ ...loadConfig(own.env), DATABASE_URL: fresh.href, DATABASE_POOL_MAX: 2 });
      relay.refuseConnections(errno);
      await assert.rejects(other.transaction(add), unavailable);
      relay.refuseConnections(undefined);
      await other.transaction(add);
      await other.close();
    });
  }

  test('an error of the statement is no outage', async () => {
    fail(/^update/, 1054);
    const { runs, error } = await increment();
    assert.deepEqual([runs, (error as Error).name], [1, 'DatabaseError']);
  });
}

if (serverUrl) describe('a server that fails over', () => suite(serverUrl));
