import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { assertBadFields, assertMint, assertMissing } from './catalog-client.ts';
import { developer, organization, product, startUsage, type UsageClient } from './usage-client.ts';

onEveryEngine('the list of transactions', ({ serverUrl }) => {
  let client: UsageClient;
  let database: Database;
  let developerId: string;
  const second = 'second@example.com';

  const at = (...date: number[]) => client.gateway.clock.set(new Date(Date.UTC(2026, ...(date as [number, number]))));

  before(async () => {
    client = await startUsage(serverUrl);
    database = openDatabase(loadConfig(client.gateway.database.env));
    developerId = (await client.catalog.management(`/developers/${developer}`)).body.developerId;
    await client.catalog.developer(second);
    await client.catalog.product('maps');
    await client.catalog.package('Unused', ['maps']);
    await client.subscribe();
    const use = async (batchSize: number, more: object = {}) => {
      const answer = await client.use(batchSize, more);
      assert.equal(answer.status, 201, answer.text);
    };
    at(0, 10, 12, 0, 0);
    await use(1, { custAtt2: '999999999999.9999' });
    at(0, 10, 12, 0, 5);
    await use(2, { application: undefined });
    at(0, 31, 23, 59, 59);
    await use(3, { product: { id: 'maps' }, application: { id: 'other app' } });
    at(1, 1, 0, 0, 0);
    await use(4, { developer: { id: second } });
    const other = await client.as('other-org');
    await other.catalog.developer(developer);
    await other.catalog.product(product);
    assert.equal((await other.use(5)).status, 201);
  });
  after(async () => {
    await database.close();
    await client.close();
  });

  const search = (body: object, query = '') => client.call(`/transaction-search${query}`, { body });
  const found = async (body: object, query?: string): Promise<number[]> => {
    const answer = await search(body, query);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.transaction.map(({ batchSize }: { batchSize: number }) => batchSize);
  };

  test('transactions have the members of the API family, exact attributes included', async () => {
    const { text, body } = await search({ toDate: '2026-01-10 12:00:01' });
    const [{ id, custAtt2: _, ...transaction }] = body.transaction;
    assert.equal(body.totalRecords, 1);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(text, /"custAtt2":999999999999\.9999,/);
    const time = '2026-01-10 12:00:00';
    assert.deepEqual(transaction, {
      ...{ application: { id: 'my-app', name: 'my-app' }, batchSize: 1 },
      ...{ developer: { email: developer, id: developer }, endTime: time, product: { id: product, name: product } },
      ...{ startTime: time, status: 'SUCCESS', type: 'CHARGE', utcEndTime: time, utcStartTime: time },
    });
  });

  test('each criterion of the search selects, the newest first, and those of no use here are ignored', async () => {
    assert.deepEqual(await found({}), [4, 3, 2, 1]);
    assert.deepEqual(await found({ currencyOption: 'LOCAL', appCriteria: [], groupBy: ['DEVELOPER'] }), [4, 3, 2, 1]);
    assert.deepEqual(await found({}, '?size=1&page=2'), [3]);
    assert.deepEqual(await found({}, '?all=true&size=1'), [4, 3, 2, 1]);
    assert.equal((await search({}, '?size=1')).body.totalRecords, 4);
    assert.deepEqual(await found({ devCriteria: [{ id: developer.toUpperCase(), orgId: organization }] }), [3, 2, 1]);
    assert.deepEqual(await found({ devCriteria: [{ id: developerId }] }), [3, 2, 1]);
    assert.deepEqual(await found({ devCriteria: [{ id: '7a1b2c3d-0000-4000-8000-000000000000' }] }), []);
    assert.deepEqual(await found({ appCriteria: [{ id: 'my-app' }, { id: 'other app' }] }), [4, 3, 1]);
    assert.deepEqual(await found({ productIds: [`${organization}@@@maps`] }), [3]);
    assert.deepEqual(await found({ prodCriteria: [{ id: 'maps' }], productIds: [product] }), [4, 3, 2, 1]);
    assert.deepEqual(await found({ billingMonth: 'January', billingYear: 2026 }), [3, 2, 1]);
    assert.deepEqual(await found({ billingMonth: 'FEBRUARY', billingYear: '2026' }), [4]);
    assert.deepEqual(await found({ fromDate: '2026-01-10 12:00:05', toDate: '2026-02-01' }), [3, 2]);
    assert.deepEqual(await found({ transactionTypes: ['PURCHASE'] }), []);
    assert.deepEqual(
      await found({ transactionTypes: ['CHARGE', 'PURCHASE'], transactionStatus: ['SUCCESS'] }),
      [4, 3, 2, 1],
    );
    assert.deepEqual(await found({ transactionStatus: ['FAILED'] }), []);
  });

  test('a malformed search is refused with its fields', async () => {
    const cases: [object, string[]][] = [
      [{ billingMonth: 'MAI', billingYear: 2026 }, ['billingMonth']],
      [{ fromDate: 'yesterday' }, ['fromDate']],
      [{ devCriteria: [{ orgId: organization }] }, ['devCriteria.0.id']],
      [{ appCriteria: 'all' }, ['appCriteria']],
    ];
    for (const [body, fields] of cases) assertBadFields(await search(body), fields, JSON.stringify(body));
    assert.equal((await search({ billingMonth: 'MAY' })).status, 400);
  });

  test('a developer has the transactions of a minute, or of 5 seconds around a moment', async () => {
    const of = async (query: string, name = developer) => {
      const answer = await client.call(`/transactions/developers/${name}${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.body.transaction.map(({ batchSize }: { batchSize: number }) => batchSize);
    };
    const [noon, later] = ['2026-01-10%2012:00:00', '2026-01-10%2012:00:05'];
    assert.deepEqual(await of(`?utctime=${noon}`), [1]);
    assert.deepEqual(await of(`?utctme=${later}`), [2, 1]);
    assert.deepEqual(await of(`?utctime=${noon}&utctime2=2026-01-10%2012:01:00&format=json`), [2, 1]);
    assert.deepEqual(await of(`?utctime=${later}&utctime2=${noon}`, developerId), [1]);
    assert.deepEqual(await of(`?utctime=${later}&utctime2=${later}`), [2]);
    assert.deepEqual(await of(`?utctime=${later}&limit=1`), [2]);
    assert.deepEqual(await of(`?utctime=${later}&productId=maps`), []);
    assert.deepEqual(await of('', second), [4]);
    assertBadFields(await client.call(`/transactions/developers/${second}?utctime=${noon}&utctime2=2026-01-11`), [
      'utctime2',
    ]);
    assertMissing(await client.call('/transactions/developers/none@example.com'), 'Developer', 'none@example.com');
  });

  test('applications, developers, products and packages with transactions in a period', async () => {
    const listed = async (subject: string, list: string, days: string): Promise<string[]> => {
      const [first, last = first] = days.split(' ');
      const answer = await client.call(
        `/${subject}-with-transactions?START_DATE=${first}&END_DATE=${last}&currency=usd`,
      );
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(Object.keys(answer.body).sort(), [list, 'totalRecords'].sort());
      return answer.body[list].map(({ id }: { id: string }) => id);
    };
    const january = '2026-01-01 2026-01-31';
    assert.deepEqual(await listed('applications', 'application', january), ['my-app', 'other app']);
    assert.deepEqual(await listed('developers', 'developer', january), [developer]);
    assert.deepEqual(await listed('developers', 'developer', '2026-01-31 2026-02-01'), [developer, second]);
    assert.deepEqual(await listed('products', 'product', january), ['maps', product]);
    assert.deepEqual(await listed('packages', 'monetizationPackage', january), ['payments']);
    // The other developer has no subscription.
    assert.deepEqual(await listed('packages', 'monetizationPackage', '2026-02-01'), []);
    for (const [subject, list] of [
      ['applications', 'application'],
      ['developers', 'developer'],
      ['products', 'product'],
      ['packages', 'monetizationPackage'],
    ] as const)
      assert.deepEqual(await listed(subject, list, '2026-03-01 2026-03-31'), []);
    const [item] = (await client.call('/developers-with-transactions?START_DATE=2026-01-10&END_DATE=2026-01-10')).body
      .developer;
    assert.deepEqual(item, {
      ...{ email: developer, id: developer, legalName: 'My Company', name: 'Nikola Tesla' },
      organization: { id: organization },
    });
    assertBadFields(await client.call('/products-with-transactions?START_DATE=x'), ['START_DATE', 'END_DATE']);
  });

  test('a period with over 100,000 transactions is refused', async () => {
    const rows = Array.from({ length: 100_001 }, (_, index) => ({
      ...{ id: `0198c5a1-7b1e-7000-9d5e-${String(index).padStart(12, '0')}`, organization: 'large-org', batch_size: 1 },
      ...{ developer_email: developer, application: '', product_name: product, created_at: 1_000_000 + index },
    }));
    await database.knex.transaction(async (trx) => {
      for (let from = 0; from < rows.length; from += 500)
        await trx('integration_transactions').insert(rows.slice(from, from + 500));
    });
    const large = await client.as('large-org');
    await large.catalog.product(product);
    assertMint(await large.call('/transaction-search', { body: {} }), 400, 'tooManyTransactions', { limit: '100000' });
    const days = 'START_DATE=1970-01-01&END_DATE=1970-01-02';
    assertMint(await large.call(`/products-with-transactions?${days}`), 400, 'tooManyTransactions');
    const half = { toDate: '1970-01-01 00:00:01' };
    assert.equal((await large.call('/transaction-search', { body: half })).body.totalRecords, 0);
    await database.knex('integration_transactions').where({ id: rows[0]?.id }).delete();
    assert.equal((await large.call('/transaction-search', { body: {} })).body.totalRecords, 100_000);
    assertMint(await large.call('/transaction-search?all=true', { body: {} }), 400, 'tooManyTransactions', {
      limit: '10000',
    });
  });
});
