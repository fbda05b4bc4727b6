import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { base, type DistributorClient, meta, startDistributors } from './distributor-client.ts';

onEveryEngine('lists of distributors', ({ serverUrl }) => {
  const node = randomUUID();
  const others = randomUUID();
  let client: DistributorClient;
  let newestFirst: string[];

  before(async () => {
    client = await startDistributors({ serverUrl });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await client.create(meta, node)).body.id);
    await client.create(undefined, others);
    newestFirst = ids.sort().reverse();
  });
  after(() => client.close());

  const idsOf = (body: { distributors: { id: string }[] }) => body.distributors.map(({ id }) => id);

  test('a node’s list has its distributors, newest first, as GET shows each of them', async () => {
    const { status, body } = await client.call(`${base}/nodes/${node}`);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['distributors', 'total', 'page', 'per_page']);
    assert.deepEqual({ ...body, distributors: [] }, { distributors: [], total: 5, page: 1, per_page: 20 });
    assert.deepEqual(idsOf(body), newestFirst);
    assert.deepEqual(body.distributors[0], (await client.read(String(newestFirst[0]))).body);
    assert.ok(!JSON.stringify(body).includes('"pass"'));
  });

  test('the path without a node lists all distributors of the organization', async () => {
    const { body } = await client.call(base);
    assert.equal(body.total, 6);
    assert.deepEqual(idsOf(body), idsOf(body).sort().reverse());
    assert.equal(new Set(idsOf(body)).size, 6);
  });

  test('pages have each distributor exactly once', async () => {
    const pages = [];
    for (const page of [1, 2, 3, 4]) {
      const { body } = await client.call(`${base}/nodes/${node}?page=${page}&per_page=2`);
      assert.deepEqual([body.total, body.page, body.per_page], [5, page, 2]);
      pages.push(idsOf(body));
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [2, 2, 1, 0],
    );
    assert.deepEqual(pages.flat(), newestFirst);
    assert.equal((await client.call(`${base}?per_page=100&page=1000000`)).body.distributors.length, 0);
  });

  test('invalid pages are refused with all bad fields', async () => {
    for (const [query, ...fields] of [
      ['page=0', 'page'],
      ['page=-1', 'page'],
      ['page=1.5', 'page'],
      ['page=one', 'page'],
      ['page=', 'page'],
      ['page=1&page=2', 'page'],
      ['page=1000001', 'page'],
      ['page=99999999999999999999', 'page'],
      ['per_page=0', 'per_page'],
      ['per_page=101', 'per_page'],
      ['per_page[]=1', 'per_page[]'],
      ['sort=id', 'sort'],
      ['Page=1', 'Page'],
      ['page=0&per_page=x&limit=1', 'page', 'per_page', 'limit'],
      ['__proto__=1', '__proto__'],
      ['constructor=1', 'constructor'],
      ["page=1' or '1'='1", 'page'],
    ] as const)
      for (const path of [base, `${base}/nodes/${node}`])
        assertInvalid(await client.call(`${path}?${query}`), fields, query);
  });

  test('a deletion shortens the list', async () => {
    const { id } = (await client.create(undefined, others)).body;
    assert.equal((await client.call(`${base}/nodes/${others}`)).body.total, 2);
    await client.call(`${base}/${id}`, { method: 'DELETE' });
    assert.equal((await client.call(`${base}/nodes/${others}`)).body.total, 1);
  });
});
