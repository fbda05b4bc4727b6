import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AbsentCall, absentCalls } from '../../../plugins/integration/absent-subjects/absent-calls.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { assertMint, assertMissing, type CatalogClient, startCatalog } from './catalog-client.ts';

const email = 'joe@example.com';

onEveryEngine('subjects that do not exist here', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
    await client.developer(email);
  });
  after(() => client.close());

  const pathOf = ({ path }: AbsentCall, developer = email): string =>
    path.replace(':org_name', 'myorg').replace(':email', developer).replaceAll(/:\w+/g, 'x');
  const call = async (
    each: AbsentCall,
    { scope = 'integration:read integration:write', org = 'myorg', ...more } = {},
  ) => {
    const token = await client.gateway.token({ org, scope });
    const body = each.method === 'POST' || each.method === 'PUT' ? { name: 'x', amount: 10 } : undefined;
    return client.gateway.request(`${pathOf(each)}?all=true&format=json`, {
      method: each.method,
      body,
      token,
      ...more,
    });
  };

  test('lists are empty, ids are missing, and changes are refused', async () => {
    for (const each of absentCalls) {
      const { answer, method, path, subject } = each;
      const got = await call(each);
      const what = `${method} ${path}: ${got.status} ${got.text}`;
      if (answer === 'refused') {
        assertMint(got, 501, 'notSupported', {});
        assert.ok(got.body.message.startsWith(`${subject} do not exist here`), what);
      } else if (answer === 'done') assert.deepEqual([got.status, got.body], [200, {}], what);
      else if ('missing' in answer) assertMissing(got, answer.missing, 'x');
      else if ('list' in answer)
        assert.deepEqual([got.status, got.body], [200, { [answer.list]: [], totalRecords: 0 }], what);
      else assert.deepEqual([got.status, got.body], [200, []], what);
    }
  });

  test('they need the organization, the scope and the developer as all calls do', async () => {
    for (const each of absentCalls) {
      const what = `${each.method} ${each.path}`;
      const other = each.method === 'GET' ? 'integration:write' : 'integration:read';
      assert.equal((await call(each, { scope: other })).status, 403, what);
      if (!each.path.includes('/:org_name')) continue;
      assertMissing(await call(each, { org: 'another' }), 'Organization', 'myorg');
      if (each.path.includes(':email') && typeof each.answer === 'object') {
        const path = pathOf(each, 'nobody@example.com').replace('/v1/mint/organizations/myorg', '');
        assertMissing(await client.mint(path), 'Developer', 'nobody@example.com');
      }
    }
  });

  test('no document and no generated client has them', async () => {
    const { paths } = (await client.gateway.request('/openapi.json')).body;
    const shown = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const absent = absentCalls.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    assert.deepEqual(
      absent.filter((each) => shown.includes(each)),
      [],
    );
  });

  test('the currency of the profile is the only one', async () => {
    const listed = await client.mint('/supported-currencies?all=true');
    assert.equal(listed.status, 200);
    assert.deepEqual(Object.keys(listed.body), ['supportedCurrency', 'totalRecords']);
    const [usd] = listed.body.supportedCurrency;
    assert.deepEqual([usd.id, usd.name, usd.virtualCurrency, usd.organization], ['usd', 'USD', false, { id: 'myorg' }]);
    assert.deepEqual((await client.mint('/supported-currencies/usd')).body, usd);
    await client.mint('', { method: 'PUT', body: { currency: 'eur' } });
    assertMissing(await client.mint('/supported-currencies/usd'), 'SupportedCurrency', 'usd');
    assert.equal((await client.mint('/supported-currencies/eur')).body.name, 'EUR');
    assertMint(await client.mint('/supported-currencies', { body: { name: 'USD' } }), 501, 'notSupported');
  });
});
