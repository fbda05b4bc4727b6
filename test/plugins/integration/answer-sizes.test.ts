import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { assertMint, type Body, type CatalogClient, startCatalog } from './catalog-client.ts';

const times = { created_at: 1, updated_at: 1 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));

onEveryEngine('the size of an answer', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
  });
  after(() => client.close());

  async function fill(table: string, rows: readonly object[]): Promise<void> {
    await client.gateway.app.foundation.database.knex.batchInsert(`integration_${table}`, rows as object[], 50);
  }

  /** Asserts that a list is refused as a whole, and answers its parts. */
  async function assertBounded(read: (query: string) => Promise<Body>, whole: string, part: string): Promise<Body> {
    const refused = await read(whole);
    assert.equal(refused.status, 400, refused.text.slice(0, 200));
    assertMint(refused, 400, 'answerTooLarge', { limitBytes: '8388608' });
    const answer = await read(part);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  test('large conditions are refused as a whole', async () => {
    const organization = 'conditions';
    const attributes = JSON.stringify([{ id: 'a', attribute: 'b', value: 'x'.repeat(58_000) }]);
    await fill(
      'conditions',
      numbers(200).map((id) => ({
        ...{ id, organization, plan_id: 'p', attributes, actions: '[]', thresholds: '[]', webhooks: '[]' },
        ...times,
      })),
    );
    const large = await client.as(organization);
    const read = (query: string) => large.mint(`/notification-conditions${query}`);
    const { notificationConditions, totalRecords } = await assertBounded(read, '', '?size=100&page=2');
    assert.equal(totalRecords, 200);
    assert.deepEqual(
      notificationConditions.map(({ id }: Body) => id),
      numbers(100).toReversed(),
    );
  });

  /** 80 packages of 100 products, of which each shows 130 KB; ten of them have five plans and five revisions. */
  async function fillPackages(organization: string): Promise<void> {
    const kept = JSON.stringify({
      attributes: [],
      description: 'x'.repeat(500),
      status: 'y'.repeat(500),
      proxies: ['z'.repeat(58_000)],
    });
    const plan = {
      ...times,
      organization,
      name: 'n',
      display_name: 'n',
      type: 'STANDARD',
      published: true,
      start_at: 1,
      kept: '{}',
    };
    await fill(
      'products',
      numbers(100).map((name) => ({ organization, name, display_name: 'x'.repeat(190), kept, ...times })),
    );
    await fill(
      'packages',
      numbers(80).map((id) => ({
        organization,
        id,
        name: id,
        display_name: id,
        description: '',
        status: 'ACTIVE',
        ...times,
      })),
    );
    for (const package_id of numbers(80)) {
      const products = numbers(100).map((product_name) => ({ organization, package_id, product_name }));
      await fill('package_products', products);
    }
    for (const package_id of numbers(10)) {
      const ids = numbers(10).map((number) => `${package_id}_${number}`);
      await fill(
        'rate_plans',
        ids.map((id, index) => ({ ...plan, id, package_id, parent_id: index % 2 ? ids[index - 1] : null })),
      );
    }
  }

  test('plans and subscriptions count with their packages and products, as often as these are answered', async () => {
    const large = await client.as('plans');
    await fillPackages('plans');
    await large.developer('joe@example.com');
    await fill(
      'subscriptions',
      numbers(100).map((number) => ({
        ...{
          id: `0198c5a1-7b1e-7000-9d5e-00000000${number}`,
          organization: 'plans',
          developer_email: 'joe@example.com',
        },
        ...{
          plan_id: `${number.slice(0, 3).padStart(4, '0')}_000${number.slice(3)}`,
          start_at: 1,
          quota_target: 1,
          ...times,
        },
      })),
    );
    const ofDeveloper = '/developers/joe@example.com';
    for (const [path, name, part] of [
      ['/rate-plans', 'ratePlan', 'size=10'],
      [`${ofDeveloper}/developer-accepted-rateplans`, 'developerRatePlan', 'size=10'],
      [`${ofDeveloper}/developer-rateplans`, 'ratePlan', 'size=10'],
    ] as const) {
      const read = (query: string) => large.mint(`${path}${query}`);
      const body = await assertBounded(read, '?size=100', `?${part}`);
      assert.equal(body[name].length, 10, path);
      const [answered] = body[name];
      const { monetizationPackage } = answered.ratePlan ?? answered;
      assert.equal(monetizationPackage.product.length, 100);
    }
    const packages = (query: string) => large.mint(`/monetization-packages${query}`);
    const { totalRecords } = await assertBounded(packages, '?all=true', '?size=50');
    assert.equal(totalRecords, 80);
  });

  test('large products with an attribute are refused as a whole', async () => {
    const organization = 'products';
    const kept = (number: number) =>
      JSON.stringify({ attributes: [{ name: number % 2 ? 'odd' : 'even', value: 'x'.repeat(58_000) }] });
    await fill(
      'products',
      numbers(600).map((name) => ({ organization, name, display_name: 'n', kept: kept(Number(name)), ...times })),
    );
    const large = await client.as(organization);
    const read = (query: string) => large.management(`/apiproducts?attributename=odd${query}`);
    const { apiProduct, totalRecords } = await assertBounded(read, '&expand=true', '&expand=true&size=3&page=2');
    assert.equal(totalRecords, 300);
    assert.deepEqual(
      apiProduct.map(({ name }: Body) => name),
      ['0007', '0009', '0011'],
    );
    const [one] = (await read('&expand=true&count=1&startKey=0100')).body.apiProduct;
    assert.equal(one.name, '0101');
    assert.equal((await read('')).body.length, 300);
    const statements: string[] = [];
    const remember = ({ sql }: { sql: string }): void => void statements.push(sql);
    const { knex } = client.gateway.app.foundation.database;
    knex.on('query', remember);
    assert.deepEqual((await read('&count=2&startKey=0010')).body, ['0011', '0013']);
    knex.removeListener('query', remember);
    assert.equal(statements.filter((sql) => /from [`"]integration_products/.test(sql)).length, 1);
  });
});
