import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestAnswer, TestRequest } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { assertMint, assertMissing, type CatalogClient, startCatalog } from './catalog-client.ts';

onEveryEngine('the catalog of another organization', ({ serverUrl }) => {
  const email = 'joe@example.com';
  let owner: CatalogClient;
  let thief: CatalogClient;
  let id: string;

  /** Creates one resource of every kind. */
  async function fill(client: CatalogClient): Promise<string> {
    await client.developer(email);
    await client.product('weather');
    await client.package('Location', ['weather']);
    await client.plan('location', 'Plan');
    await client.plan('location', 'Draft', { published: false });
    return (await client.subscribe(email, 'location_plan')).body.id;
  }

  before(async () => {
    owner = await startCatalog(serverUrl);
    thief = await owner.as('thief');
    id = await fill(owner);
  });
  after(() => owner.close());

  const lists = ['/monetization-packages', '/rate-plans'];
  const everything = async (client: CatalogClient): Promise<unknown[]> => {
    const answers = await Promise.all([
      client.management('/developers?expand=true'),
      client.management('/apiproducts?expand=true'),
      ...lists.map((path) => client.mint(path)),
      client.mint(`/developers/${email}/developer-accepted-rateplans`),
    ]);
    return answers.map(({ body }) => body);
  };

  test("every call for another organization's resource is 404 and changes nothing", async () => {
    const before = await everything(owner);
    const change: TestRequest = { method: 'PUT', body: {} };
    const remove: TestRequest = { method: 'DELETE' };
    const plan = '/monetization-packages/location/rate-plans/location_draft';
    const subscription = `/developers/${email}/developer-rateplans/${id}`;
    const calls: [Promise<TestAnswer>, type: string, id: string][] = [
      ...[{}, change, remove].flatMap((request): typeof calls => [
        [thief.management(`/developers/${email}`, request), 'Developer', email],
        [thief.management('/apiproducts/weather', request), 'Product', 'weather'],
        [thief.mint(plan, request), 'RatePlan', 'location_draft'],
      ]),
      ...[{}, remove].map((request): (typeof calls)[0] => [
        thief.mint('/monetization-packages/location', request),
        'MonetizationPackage',
        'location',
      ]),
      [thief.mint('/monetization-packages/location/rate-plans'), 'MonetizationPackage', 'location'],
      [
        thief.mint('/monetization-packages/location/rate-plans', { body: { name: 'x' } }),
        'MonetizationPackage',
        'location',
      ],
      [
        thief.mint('/monetization-packages', { body: { name: 'x', product: [{ id: 'weather' }] } }),
        'Product',
        'weather',
      ],
      [thief.mint(`/developers/${email}/developer-rateplans`), 'Developer', email],
      [thief.mint(`/developers/${email}/developer-accepted-rateplans`), 'Developer', email],
      [thief.mint(`/developers/${email}/products/weather/rate-plan-by-developer-product`), 'Developer', email],
      [thief.subscribe(email, 'location_plan'), 'Developer', email],
      [thief.mint(subscription), 'DeveloperRatePlan', id],
      [thief.mint(subscription, change), 'Developer', email],
    ];
    for (const [answer, type, wanted] of calls) assertMissing(await answer, type, wanted);
    for (const path of lists) assert.equal((await thief.mint(path)).body.totalRecords, 0);
    for (const path of ['/developers?expand=true', '/apiproducts?expand=true'])
      assert.equal((await thief.management(path)).body.totalRecords, 0);
    assert.deepEqual(await everything(owner), before);
  });

  test("names of another organization's resources are free, even if the organization names differ only in case", async () => {
    const before = await everything(owner);
    for (const name of ['MYORG', 'thief']) {
      const other = await owner.as(name);
      const own = await fill(other);
      assertMissing(await owner.mint(`/developers/${email}/developer-rateplans/${own}`), 'DeveloperRatePlan', own);
      const foreign = `/developers/${email}/developer-rateplans/${id}`;
      assertMissing(await other.mint(foreign, { method: 'PUT', body: { quotaTarget: 1 } }), 'DeveloperRatePlan', id);
      await other.mint('/monetization-packages/location/rate-plans/location_draft', { method: 'DELETE' });
    }
    assert.deepEqual(await everything(owner), before);
  });

  test('a caller needs the organization and the scope to reach its catalog', async () => {
    const token = await owner.gateway.token({ org: 'thief', scope: 'integration:read integration:write' });
    const reader = await owner.gateway.token({ org: 'myorg', scope: 'integration:read' });
    const writer = await owner.gateway.token({ org: 'myorg', scope: 'integration:write' });
    const path = '/v1/organizations/myorg/developers';
    assertMint(await owner.gateway.request(path, { token }), 404, 'resourceDoesNotExist');
    assertMint(await owner.gateway.request(path, { token: writer }), 403, 'forbidden');
    assertMint(await owner.gateway.request(path, { token: reader, body: {} }), 403, 'forbidden');
    assertMint(await owner.gateway.request(path), 401, 'unauthorized');
    assert.equal((await owner.gateway.request(path, { token: reader })).status, 200);
  });
});
