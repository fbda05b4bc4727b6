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
    assertMint(await read(whole), 400, 'answerTooLarge', { limitBytes: '8388608' });
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
