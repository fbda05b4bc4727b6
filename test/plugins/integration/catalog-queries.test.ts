import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createDeveloperRepository } from '../../../plugins/integration/developers/developer-repository.ts';
import { createRatePlanRepository } from '../../../plugins/integration/rate-plans/rate-plan-repository.ts';
import { createSubscriptionRepository } from '../../../plugins/integration/subscriptions/subscription-repository.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { migrate } from '../../../src/database/migrations.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';

const root = join(import.meta.dirname, '..', '..', '..');

onEveryEngine('the lists of the catalog', ({ name: engine, createDatabase }) => {
  const organization = 'myorg';
  const email = 'joe@example.com';
  const page = { all: false, size: 20, page: 2 };
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    database = openDatabase(loadConfig(own.env));
    await migrate(database, [{ name: 'integration', directory: join(root, 'migrations', 'integration') }]);
    const times = { created_at: 1, updated_at: 1 };
    const numbers = Array.from({ length: 400 }, (_, index) => String(index).padStart(3, '0'));
    const fill = (table: string, row: (number: string) => object) =>
      database.knex.batchInsert(table, numbers.map(row), 50);
    await fill('integration_developers', (number) => ({
      ...{ organization, email: `${number}@example.com`, first_name: 'a', last_name: 'b', user_name: 'c' },
      ...{ company_name: '', attributes: '[]', apps: '[]', kept: '{}', ...times },
    }));
    await fill('integration_rate_plans', (number) => ({
      ...{ organization, id: `p${number}`, package_id: `k${Number(number) % 4}`, name: 'n', display_name: 'n' },
      ...{ type: 'STANDARD', published: true, start_at: 1, kept: '{}', ...times },
    }));
    await fill('integration_subscriptions', (number) => ({
      ...{ id: number, organization, developer_email: Number(number) % 4 ? `${number}@example.com` : email },
      ...{ plan_id: 'p000', start_at: 1, quota_target: 1, ...times },
    }));
    if (engine === 'mysql')
      await database.knex.raw(
        'analyze table integration_developers, integration_rate_plans, integration_subscriptions',
      );
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  /** The engine's query plan for the last page that `list` reads. */
  async function planOf(list: () => Promise<unknown>): Promise<string> {
    const asked: { sql: string; bindings?: unknown[] }[] = [];
    const remember = (query: (typeof asked)[0]): void => void asked.push(query);
    database.knex.on('query', remember);
    await list();
    database.knex.removeListener('query', remember);
    const { sql, bindings = [] } =
      asked.find((query) => query.sql.includes('limit')) ?? assert.fail('no page was asked for');
    const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
    return JSON.stringify(database.rows(await database.knex.raw(`${explain} ${sql}`, bindings as string[])));
  }

  const isSorted = (plan: string): boolean => /filesort|TEMP B-TREE/i.test(plan);

  test('lists are read in the order of an index', async () => {
    const developers = createDeveloperRepository(database.knex);
    const plans = createRatePlanRepository(database.knex);
    const subscriptions = createSubscriptionRepository(database.knex);
    for (const list of [
      () => developers.list(organization, page),
      () => plans.list({ organization }, page),
      () => plans.list({ organization, packageId: 'k1' }, page),
      () => subscriptions.list(organization, email, page),
    ]) {
      const plan = await planOf(list);
      assert.ok(!isSorted(plan), plan);
    }
    const unindexed = await planOf(() => database.knex('integration_developers').orderBy('last_name').limit(20));
    assert.ok(isSorted(unindexed), unindexed);
  });

  test('a page has the requested number of items', async () => {
    const { items, total } = await createSubscriptionRepository(database.knex).list(organization, email, page);
    assert.deepEqual([items.length, total, items[0]?.id], [20, 100, '316']);
  });
});
