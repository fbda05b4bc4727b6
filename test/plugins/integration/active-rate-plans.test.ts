import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import {
  assertMint,
  assertMissing,
  type CatalogClient,
  organizationOf,
  packagedProduct,
  startCatalog,
  today,
} from './catalog-client.ts';

onEveryEngine('active rate plans', ({ serverUrl }) => {
  const email = 'joe@example.com';
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
    for (const name of ['weather', 'maps']) await client.product(name);
    await client.package('Location', ['weather', 'maps']);
    await client.package('Sky', ['weather'], { description: 'Above' });
    for (const name of ['late', 'short', 'none']) await client.plan('location', name);
    await client.plan('location', 'early', { contractDuration: 1, contractDurationType: 'QUARTER' });
    await client.plan('location', 'over', { endDate: '2026-03-20' });
    await client.plan('sky', 'blue', { contractDuration: '2', contractDurationType: 'WEEK' });
    const attributes = [{ name: 'region', value: 'north' }];
    await client.developer(email, { attributes, billingType: 'PREPAID', type: 'UNTRUSTED', accessType: 'x' });
    await client.developer('ann@example.com');
    for (const [planId, more] of [
      ['location_early', {}],
      ['sky_blue', {}],
      ['location_late', { startDate: '2026-04-05' }],
      ['location_short', { endDate: today }],
      ['location_over', {}],
    ] as const)
      assert.equal((await client.subscribe(email, planId, more)).status, 201);
  });
  after(() => client.close());

  const names = ({ ratePlan }: { ratePlan: { id: string }[] }) => ratePlan.map(({ id }) => id);
  const active = async (query = '') => (await client.mint(`/developers/${email}/developer-rateplans${query}`)).body;
  const at = (day: string) => client.gateway.clock.set(new Date(`${day}T12:00:00Z`));

  test('the plans of active subscriptions are listed whole, the latest subscription first', async () => {
    at(today);
    const body = await active();
    assert.deepEqual(Object.keys(body), ['ratePlan', 'totalRecords']);
    assert.equal(body.totalRecords, 4);
    assert.deepEqual(names(body), ['location_over', 'location_short', 'sky_blue', 'location_early']);
    const blue = (await client.mint('/monetization-packages/sky/rate-plans/sky_blue')).body;
    assert.deepEqual(body.ratePlan[2], blue);
    assert.deepEqual(blue.monetizationPackage, {
      ...{ id: 'sky', name: 'Sky', displayName: 'Sky', description: 'Above', status: 'CREATED' },
      organization: organizationOf('myorg'),
      product: [packagedProduct('weather', 'myorg')],
    });
    const profile = { method: 'PUT', body: { country: 'TR', currency: 'TRY', description: 'x'.repeat(300) } };
    assert.equal((await client.mint('', profile)).status, 200);
    const { currency, organization, monetizationPackage } = (await active()).ratePlan[2];
    assert.deepEqual([currency, organization.country], [{ id: 'try', name: 'TRY' }, 'TR']);
    assert.deepEqual([organization.description, monetizationPackage.organization], [undefined, organization]);
    await client.mint('', { method: 'PUT', body: { country: 'US', currency: 'USD' } });
    assert.deepEqual(names(await active('?size=2&page=2')), ['sky_blue', 'location_early']);
    at('2026-03-11');
    assert.deepEqual(names(await active()), ['location_over', 'sky_blue', 'location_early']);
    at('2026-04-05');
    assert.deepEqual(names(await active('?all=true')), ['location_late', 'sky_blue', 'location_early']);
    at(today);
    assert.deepEqual((await client.mint('/developers/ann@example.com/developer-rateplans')).body.ratePlan, []);
  });

  test('the plan of a product is the one of the latest active subscription that covers it', async () => {
    const planOf = (product: string, who = email) =>
      client.mint(`/developers/${who}/products/${product}/rate-plan-by-developer-product?showPrivate=true`);
    at(today);
    assert.deepEqual((await planOf('maps')).body, (await active()).ratePlan[0]);
    at('2026-04-01');
    assert.equal((await planOf('maps')).body.id, 'location_early');
    assert.equal((await planOf('weather')).body.id, 'sky_blue');
    at(today);
    assertMissing(await planOf('nothing'), 'Product', 'nothing');
    assertMissing(await planOf('maps', 'nobody@example.com'), 'Developer', 'nobody@example.com');
    assertMint(await planOf('maps', 'ann@example.com'), 404, 'resourceDoesNotExist', {
      developerId: 'ann@example.com',
      productId: 'maps',
    });
  });

  test('subscriptions have their whole plan and developer, and the dates of the cycle and of the contract', async () => {
    at(today);
    const { body } = await client.mint(`/developers/${email}/developer-accepted-rateplans?all=true`);
    assert.equal(body.totalRecords, 5);
    const blue = body.developerRatePlan[3];
    assert.deepEqual(blue.ratePlan, (await client.mint('/monetization-packages/sky/rate-plans/sky_blue')).body);
    assert.deepEqual(blue.developer, {
      ...{ id: email, email, name: 'Nikola Tesla', firstName: 'Nikola', lastName: 'Tesla', companyName: '' },
      ...{ billingType: 'PREPAID', type: 'UNTRUSTED', customAttributes: [{ name: 'region', value: 'north' }] },
      ...{ broker: false, hasSelfBilling: false, isCompany: false, status: 'ACTIVE' },
      organization: organizationOf('myorg'),
    });
    assert.deepEqual([blue.nextCycleStartDate, blue.renewalDate], ['2026-04-10 00:00:00', '2026-03-24 00:00:00']);
    assert.equal(body.developerRatePlan[4].renewalDate, '2026-06-10 00:00:00');
    for (const day of ['2026-03-23', '2026-03-24']) {
      at(day);
      const path = `/developers/${email}/developer-rateplans/${blue.id}`;
      const renewal = day === '2026-03-23' ? '2026-03-24 00:00:00' : '2026-04-07 00:00:00';
      assert.equal((await client.mint(path)).body.renewalDate, renewal);
    }
    const ended = await client.mint(`/developers/${email}/developer-rateplans/${body.developerRatePlan[1].id}`);
    assert.deepEqual([ended.body.nextCycleStartDate, ended.body.renewalDate], [undefined, undefined]);
    at(today);
  });
});
