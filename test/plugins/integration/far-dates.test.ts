import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { adjustable, assertBadFields, type CatalogClient, startCatalog } from './catalog-client.ts';
import { percents, startUsage, type UsageClient } from './usage-client.ts';

const [first, last] = ['0001-01-01 00:00:00', '9999-12-31 00:00:00'];

onEveryEngine('dates far away', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
    await client.developer('joe@example.com');
    await client.product('weather');
    await client.package('Location', ['weather']);
  });
  after(() => client.close());

  test('a plan and a subscription have the first and the last day of the calendar', async () => {
    const ratePlanDetails = [adjustable({ duration: 24 })];
    const kept = { contractDuration: 1000, contractDurationType: 'YEAR' };
    const { id } = await client.plan('location', 'long', { startDate: first, endDate: last, ratePlanDetails });
    await client.plan('location', 'open', { startDate: last, ratePlanDetails, ...kept });
    const plans = (await client.mint('/rate-plans?all=true')).body.ratePlan;
    assert.deepEqual(
      plans.map((plan: Record<string, string>) => [plan.startDate, plan.endDate]),
      [
        [first, last],
        [last, undefined],
      ],
    );
    assert.equal((await client.mint(`/monetization-packages/location/rate-plans/${id}`)).body.endDate, last);

    const created = await client.subscribe('joe@example.com', id, { endDate: last });
    assert.equal(created.status, 201, created.text);
    const late = await client.subscribe('joe@example.com', 'location_open', { startDate: last, endDate: last });
    assert.equal(late.status, 201, late.text);
    const accepted = await client.mint('/developers/joe@example.com/developer-accepted-rateplans?all=true');
    assert.deepEqual(accepted.body.developerRatePlan, [late.body, created.body]);
    assert.deepEqual([created.body.endDate, created.body.nextCycleStartDate], [last, '2028-03-10 00:00:00']);
    assert.deepEqual([late.body.startDate, late.body.endDate, late.body.usageResetDate], [last, last, null]);
    assert.ok(!('nextCycleStartDate' in late.body));
    const changed = `/developers/joe@example.com/developer-rateplans/${late.body.id}`;
    const open = await client.mint(changed, { method: 'PUT', body: { endDate: null } });
    assert.deepEqual([open.status, open.body.renewalDate, open.body.nextCycleStartDate], [200, undefined, undefined]);
  });

  test('the calendar has no year 0', async () => {
    const path = '/monetization-packages/location/rate-plans';
    const body = { name: 'bad', startDate: '0000-12-31', endDate: '10000-01-01' };
    assertBadFields(await client.mint(path, { body }), ['startDate', 'endDate']);
  });

  test('a search covers all of the calendar', async () => {
    const days = `START_DATE=${first.slice(0, 10)}&END_DATE=${last.slice(0, 10)}`;
    const answer = await client.mint(`/products-with-transactions?${days}`);
    assert.deepEqual([answer.status, answer.body?.totalRecords], [200, 0], answer.text);
  });
});

onEveryEngine('usage with dates far away', ({ serverUrl }) => {
  let client: UsageClient;

  before(async () => {
    client = await startUsage(serverUrl);
  });
  after(() => client.close());

  test('usage is counted, and callbacks are sent', async () => {
    await client.catalog.plan('payments', 'long', { startDate: first, endDate: last });
    const id = await client.subscribe({ endDate: last }, 'payments_long');
    await client.notify([await client.webhook('/far')], ['%= 80'], 'payments_long');
    assert.equal((await client.use(90)).status, 201);
    assert.deepEqual(percents(await client.callbacks('/far', 1)), [80]);
    assert.deepEqual(await client.counters(id), { 0: 90 });
  });
});
