import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAppRepository } from '../../../plugins/integration/developer-apps/app-repository.ts';
import type { Developer } from '../../../plugins/integration/developers/developer.ts';
import { createDeveloperRepository } from '../../../plugins/integration/developers/developer-repository.ts';
import { createPackageRepository } from '../../../plugins/integration/packages/package-repository.ts';
import { createMonetizedNames } from '../../../plugins/integration/products/monetized-names.ts';
import { createProductRepository } from '../../../plugins/integration/products/product-repository.ts';
import { createRatePlanRepository } from '../../../plugins/integration/rate-plans/rate-plan-repository.ts';
import { createActivePlanRepository } from '../../../plugins/integration/subscriptions/active-plan-repository.ts';
import { createSubscriptionRepository } from '../../../plugins/integration/subscriptions/subscription-repository.ts';
import { withPlans } from '../../../plugins/integration/subscriptions/whole-subscription.ts';
import { createTransactionRepository } from '../../../plugins/integration/transactions/transaction-repository.ts';
import { createMovementRepository } from '../../../plugins/integration/usage/movement-repository.ts';
import { withUsage } from '../../../plugins/integration/usage/subscription-usage.ts';
import { createUsageNotificationRepository } from '../../../plugins/integration/usage-notifications/usage-notification-repository.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { migrate } from '../../../src/database/migrations.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';

const root = join(import.meta.dirname, '..', '..', '..');

onEveryEngine('the lists of the catalog', ({ name: engine, createDatabase }) => {
  const organization = 'myorg';
  const email = 'joe@example.com';
  const page = { expand: true, all: false, size: 20, page: 2 };
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
      ...{ organization, id: `p${number}`, package_id: `k00${Number(number) % 4}`, name: 'n', display_name: 'n' },
      ...{ type: 'STANDARD', published: true, start_at: 1, kept: '{}', ...times },
    }));
    await fill('integration_packages', (number) => ({
      ...{ organization, id: `k${number}`, name: 'n', display_name: 'n', description: '', status: 'ACTIVE', ...times },
    }));
    await fill('integration_products', (number) => ({
      ...{ organization, name: `s${number}`, display_name: 'n', kept: '{}', ...times },
    }));
    await fill('integration_package_products', (number) => ({
      ...{ organization, package_id: `k${number}`, product_name: `s${number}` },
    }));
    await fill('integration_subscriptions', (number) => ({
      ...{ id: number, organization, developer_email: Number(number) % 4 ? `${number}@example.com` : email },
      ...{ plan_id: 'p000', start_at: 1, quota_target: 1, ...times },
    }));
    await fill('integration_usage_notifications', (number) => ({
      ...{ id: number, organization: Number(number) % 4 ? 'other' : organization, subscription_id: number },
      ...{ cycle: 0, threshold: 80, fired_at: 1 },
    }));
    await fill('integration_transactions', (number) => ({
      ...{ id: number, organization: Number(number) % 4 ? 'other' : organization, developer_email: email },
      ...{ application: '', product_name: 'p', batch_size: 1, created_at: 1000 - Number(number) },
    }));
    await fill('integration_counters', (number) => ({ subscription_id: number, cycle: Number(number) % 5, used: 1 }));
    await fill('integration_developer_apps', (number) => ({
      ...{ id: number, organization, developer_email: Number(number) % 4 ? `${number}@example.com` : email },
      ...{ name: number, status: 'approved', app_family: 'default', callback_url: '', attributes: '[]', scopes: '[]' },
      ...{ ...times, created_by: '', updated_by: '' },
    }));
    if (engine === 'mysql')
      await database.knex.raw(
        'analyze table integration_developers, integration_rate_plans, integration_packages, integration_products, integration_package_products, integration_subscriptions, integration_counters, integration_usage_notifications, integration_developer_apps, integration_transactions',
      );
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  interface Query {
    sql: string;
    bindings?: unknown[];
  }

  async function queriesOf(work: () => Promise<unknown>): Promise<Query[]> {
    const asked: Query[] = [];
    const remember = (query: Query): void => void asked.push(query);
    database.knex.on('query', remember);
    await work();
    database.knex.removeListener('query', remember);
    return asked;
  }

  /** The engine's query plan for the last page that `list` reads. */
  async function planOf(list: () => Promise<unknown>): Promise<string> {
    const asked = await queriesOf(list);
    return explained(asked.find(({ sql }) => sql.includes('limit')) ?? assert.fail('no page was asked for'));
  }

  async function explained({ sql, bindings = [] }: Query): Promise<string> {
    const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
    return JSON.stringify(database.rows(await database.knex.raw(`${explain} ${sql}`, bindings as string[])));
  }

  const isSorted = (plan: string): boolean => /filesort|TEMP B-TREE/i.test(plan);

  test('lists are read in the order of an index', async () => {
    const developers = createDeveloperRepository(database.knex);
    const plans = createRatePlanRepository(database.knex);
    const subscriptions = createSubscriptionRepository(database.knex);
    const apps = createAppRepository(database.knex);
    const window = { startKey: '200', count: 20 };
    const notifications = createUsageNotificationRepository(database.knex);
    const transactions = createTransactionRepository(database.knex);
    for (const list of [
      () => developers.list(organization, page),
      () => developers.emails(organization, { expand: false, all: false, startKey: '2', count: 20 }),
      () => apps.names(organization, email, window),
      () => apps.list(organization, email, window),
      () => apps.listAll(organization, window),
      () => plans.list({ organization }, page),
      () => plans.list({ organization, packageId: 'k001' }, page),
      () => plans.list({ organization, packageId: 'k001', currentAt: 5 }, page),
      () => subscriptions.list(organization, email, page),
      () => createActivePlanRepository(database.knex).list({ organization, email, time: 5 }, page),
      () => notifications.list({ organization }, { limit: 20, cursor: '300' }),
      () => transactions.list(organization, { from: 500, to: 900 }, { limit: 20, offset: 20 }),
      () => transactions.list(organization, { from: 0, to: 1000, developers: [email] }, { limit: 20, offset: 0 }),
    ]) {
      const plan = await planOf(list);
      assert.ok(!isSorted(plan), plan);
    }
    const unindexed = await planOf(() => database.knex('integration_developers').orderBy('last_name').limit(20));
    assert.ok(isSorted(unindexed), unindexed);
  });

  test('lists of products and packages are read in the order of an index', async () => {
    const products = createProductRepository(database.knex);
    const part = { all: false, expand: true, startKey: 's100', count: 20 };
    for (const list of [
      () => products.list(organization, part),
      () => products.names(organization, part),
      () => products.after(organization, 's100', 20),
      () => products.pages(organization, page),
      () => createPackageRepository(database.knex).list(organization, page),
    ]) {
      const plan = await planOf(list);
      assert.ok(!isSorted(plan), plan);
      assert.doesNotMatch(plan, /SCAN [a-z]|"type":"ALL"/i);
    }
  });

  test('products and packages of a developer, and with a published plan, are found by indexes', async () => {
    const names = createMonetizedNames(database.knex, organization);
    const products = createProductRepository(database.knex);
    const packages = createPackageRepository(database.knex);
    for (const list of [
      () => products.pages(organization, page, (query) => void query.whereIn('name', names.products())),
      () =>
        products.pages(
          organization,
          page,
          (query) => void query.whereIn('name', names.productsOf('001@example.com', 1)),
        ),
      () => packages.list(organization, page, (query) => void query.whereIn('id', names.packages(1))),
      () => packages.list(organization, page, (query) => void query.whereIn('id', names.packagesOf('001@example.com'))),
    ])
      for (const asked of await queriesOf(list)) {
        // The database may put the result of a subquery into a table of its own.
        const plan = (await explained(asked)).replaceAll(/\{[^{}]*"table":"<[^{}]*\}/g, '');
        assert.doesNotMatch(plan, /SCAN [a-z]|"type":"ALL"/i, asked.sql);
      }
  });

  test('the usage of a page is read with one statement, by primary keys', async () => {
    const { items } = await createSubscriptionRepository(database.knex).list(organization, email, page);
    const [asked, ...others] = await queriesOf(() => withUsage(database.knex, items, () => 1));
    assert.deepEqual(others, []);
    const plan = await explained(asked ?? assert.fail('nothing was asked for'));
    assert.doesNotMatch(plan, /SCAN [a-z]|"type":"(?:ALL|index)"/i);
  });

  test('a page of subscriptions is completed with the same number of statements, by indexes', async () => {
    const { items } = await createSubscriptionRepository(database.knex).list(organization, email, page);
    const developer = { organization, email } as Developer;
    const asked = await queriesOf(() => withPlans(database.knex, developer, items, () => 1));
    assert.equal(asked.length, 6);
    for (const query of asked) assert.doesNotMatch(await explained(query), /SCAN [a-z]|"type":"(?:ALL|index)"/i);
  });

  test('the transactions of a period are counted by an index, and movements of a subscription are found by one', async () => {
    const { countUpTo, developers, products, packages } = createTransactionRepository(database.knex);
    const period = { from: 500, to: 510 };
    const movements = createMovementRepository(database.knex, database);
    const movement = {
      ...{ organization, subscriptionId: 's', cycle: 0, target: 1n, webhooks: [], crossed: [], done: 0, crossedAt: 1 },
    };
    for (const work of [
      () => countUpTo(organization, period, 10),
      () => developers(organization, period),
      () => products(organization, period),
      () => packages(organization, period),
      () => movements.insert(movement),
    ]) {
      const [asked] = await queriesOf(work);
      const plan = await explained(asked ?? assert.fail('nothing was asked for'));
      assert.doesNotMatch(plan, /SCAN integration|"type":"ALL","possible_keys":null[^}]*integration/i);
      assert.match(plan, /_organization_created_at_id|subscription_id/i);
    }
  });

  test('the packages of a period are found from its transactions on', async () => {
    const { packages } = createTransactionRepository(database.knex);
    const [asked] = await queriesOf(() => packages(organization, { from: 0, to: 2000 }));
    const plan = await explained(asked ?? assert.fail('nothing was asked for'));
    const places = [/SCAN t\b|"<derived\d>"/, /SEARCH s |"s"/, /SEARCH r |"r"/, /SEARCH p |"p"/].map((step) =>
      plan.search(step),
    );
    assert.ok(!places.includes(-1), plan);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      plan,
    );
  });

  test('a page has the requested number of items', async () => {
    const { items, total } = await createSubscriptionRepository(database.knex).list(organization, email, page);
    assert.deepEqual([items.length, total, items[0]?.id], [20, 100, '316']);
  });
});
