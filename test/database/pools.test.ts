import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { type Database, type Knex, openDatabase, splitPool } from '../../src/database/database.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { patient } from '../support/patience.ts';

const table = 'test_pools';
/** A SELECT that takes 30 s on a server. */
const slow = (db: Knex) => db(table).select(db.raw('sleep(30) as slept'));

test('a process divides its connections: a quarter is reserved, and each side has one at least', () => {
  const reserved = [1, 2, 3, 4, 8, 12, 20, 100].map((total) => splitPool(total).reserved);
  assert.deepEqual(reserved, [1, 1, 1, 2, 2, 3, 5, 25]);
  for (const total of [2, 3, 4, 8, 20, 1000]) {
    const { callers, reserved } = splitPool(total);
    assert.equal(callers + reserved, total);
  }
});

onEveryEngine('the two pools', ({ createDatabase, testOnServer, testOnSqlite }) => {
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    database = openDatabase({ ...loadConfig(own.env), DATABASE_POOL_MAX: 4 }, { readLimitMs: 300 });
    await database.knex.schema.createTable(table, (columns) => void columns.integer('number'));
    await database.knex(table).insert({ number: 1 });
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  testOnSqlite('the embedded database has one connection for both', async () => {
    assert.equal(database.reserved.knex, database.knex);
  });

  testOnServer('the reserved pool answers while callers hold all other connections', async () => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const held = Array.from({ length: 2 }, () =>
      database.transaction(async (trx) => {
        await trx.raw('select 1');
        await ended;
      }),
    );
    const startedAt = performance.now();
    const answered = await database.reserved.read((db) => db(table).first());
    const tookMs = performance.now() - startedAt;
    end();
    await Promise.all(held);
    assert.equal(answered.number, 1);
    assert.ok(tookMs < patient(1000), `it took ${tookMs} ms`);
  });

  testOnServer('the server ends an idle connection after a minute, except the ones that hold a lock', async () => {
    const idleSeconds = async (knex: Knex): Promise<number> => {
      const rows = database.rows<{ seconds: number }>(await knex.raw('select @@session.wait_timeout as seconds'));
      return Number(rows[0]?.seconds);
    };
    const single = database.openSingle();
    assert.deepEqual([await idleSeconds(database.knex), await idleSeconds(database.reserved.knex)], [60, 60]);
    assert.ok((await idleSeconds(single)) > 60);
    await single.destroy();
  });

  testOnServer('the server ends a slow read, and the caller is told', async () => {
    await assert.rejects(
      database.read((db) => slow(db)),
      { code: 'QUERY_TIMEOUT', status: 504 },
    );
    const [running] = database.rows<{ queries: number }>(
      await database.knex.raw(
        `select count(*) as queries from information_schema.processlist where db = database() and info like '%sleep(30)%' and id <> connection_id()`,
      ),
    );
    assert.equal(Number(running?.queries), 0);
  });

  testOnServer('a short read has the same answer with the limit, and its connection stays in use', async () => {
    const id = (db: Knex) => db.raw('select connection_id() as id, (select number from test_pools) as number');
    const [first] = database.rows<{ id: number; number: number }>(await database.read(id));
    assert.equal(first?.number, 1);
    assert.equal((await database.read((db) => db(table).where({ number: 1 }))).length, 1);
    await assert.rejects(database.read((db) => slow(db)));
    assert.equal((await database.read((db) => db(table).where({ number: 1 }))).length, 1);
  });

  testOnServer('transactions, writes and the reserved pool have no limit of reads', async () => {
    const pause = 'sleep(0.6)';
    await database.transaction((trx) => trx(table).select(trx.raw(pause)));
    await database.statement((db) => db(table).update({ number: db.raw(`1 + ${pause}`) }));
    await database.reserved.read((db) => db(table).select(db.raw(pause)));
  });
});
