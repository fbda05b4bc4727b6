import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { adjustable, assertBadFields, assertMint } from './catalog-client.ts';
import { developer, organization, percents, plan, startUsage, type UsageClient } from './usage-client.ts';

const thresholds = [80, 90, 100, 110, 120];

onEveryEngine('usage', ({ serverUrl }) => {
  let client: UsageClient;
  let hook: string;
  let subscription: string;

  beforeEach(async () => {
    client = await startUsage(serverUrl);
    hook = await client.webhook('/hook');
    subscription = await client.subscribe();
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 10)));
  });
  afterEach(() => client.close());

  async function use(...batchSizes: number[]): Promise<void> {
    for (const size of batchSizes) {
      const answer = await client.use(size);
      assert.equal(answer.status, 201, answer.text);
    }
  }

  test('80, 90, 100, 110 and 120 % cause five callbacks, each with all members of the documented body', async () => {
    await client.notify([hook]);
    await use(79, 1, 10, 9, 1, 10, 10, 30);
    const callbacks = await client.callbacks('/hook', 5);
    assert.deepEqual(percents(callbacks), thresholds);
    assert.deepEqual(Object.keys(callbacks[0] ?? {}), [
      'orgName',
      'developerEmail',
      'developerFirstName',
      'developerLastName',
      'companyName',
      'applicationName',
      'packageName',
      'packageId',
      'ratePlanId',
      'ratePlanName',
      'ratePlanType',
      'developerRatePlanQuotaTarget',
      'quotaPercentUsed',
      'ratePlanStartDate',
      'ratePlanEndDate',
      'nextBillingCycleStartDate',
      'products',
      'developerCustomAttributes',
      'triggerTime',
      'triggerReason',
      'developerQuotaResetDate',
    ]);
    for (const { triggerTime, quotaPercentUsed, ...rest } of callbacks) {
      assert.ok(Number.isInteger(triggerTime) && Number(triggerTime) >= Date.UTC(2026, 0, 10), String(triggerTime));
      assert.deepEqual(rest, {
        orgName: organization,
        developerEmail: developer,
        developerFirstName: 'Nikola',
        developerLastName: 'Tesla',
        companyName: 'My Company',
        applicationName: 'my-app',
        packageName: 'Payments',
        packageId: 'payments',
        ratePlanId: plan,
        ratePlanName: 'Gold',
        ratePlanType: 'STANDARD',
        developerRatePlanQuotaTarget: 100,
        ratePlanStartDate: Date.UTC(2026, 0, 1),
        ratePlanEndDate: null,
        nextBillingCycleStartDate: Date.UTC(2026, 1, 1),
        products: ['payment'],
        developerCustomAttributes: [{ name: 'TIER', value: 'gold' }],
        triggerReason: 'RATEPLANQUOTAUSAGE',
        developerQuotaResetDate: '2026-02-01 00:00:00',
      });
      assert.ok(thresholds.includes(Number(quotaPercentUsed)));
    }
    assert.deepEqual(await client.counters(subscription), { 0: 150 });
    assert.equal(await client.count('firings'), 5);
  });

  test('a jump from 79 to 125 fires all five thresholds', async () => {
    await client.notify([hook]);
    await use(79);
    assert.equal((await client.count('firings')) + (await client.count('movements')), 0);
    await use(46);
    assert.deepEqual(percents(await client.callbacks('/hook', 5)), thresholds);
  });

  test('an answer has the stored report, and usage without a subscription is stored and not counted', async () => {
    const { status, body } = await client.use(3, { developer: { id: developer.toUpperCase() }, unknown: 1 });
    assert.equal(status, 201);
    assert.match(body.id, /^[0-9a-f-]{36}$/);
    const { id: _, ...rest } = body;
    assert.deepEqual(rest, {
      developer: { id: developer },
      application: { id: 'my-app' },
      product: { id: 'payment' },
      batchSize: 3,
    });
    await client.catalog.product('other');
    const uncounted = await client.use(5, { product: { id: 'other' } });
    assert.equal(uncounted.status, 201, uncounted.text);
    assert.deepEqual(await client.counters(subscription), { 0: 3 });
    assert.equal(await client.count('transactions'), 2);
  });

  test('a repeated Idempotency-Key counts once', async () => {
    await client.notify([hook]);
    const request = { headers: { 'Idempotency-Key': 'once' } };
    const first = await client.use(85, {}, request);
    const again = await client.use(85, {}, request);
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(await client.counters(subscription), { 0: 85 });
    assert.deepEqual(percents(await client.callbacks('/hook', 1)), [80]);
    assert.equal(await client.count('transactions'), 1);
  });

  test('a new cycle begins at 0 and fires again', async () => {
    await client.notify([hook], ['%= 80']);
    await use(85, 85);
    client.gateway.clock.set(new Date(Date.UTC(2026, 1, 1)));
    await use(79);
    assert.deepEqual(await client.counters(subscription), { 0: 170, 1: 79 });
    await use(1);
    const callbacks = await client.callbacks('/hook', 2);
    assert.deepEqual(callbacks.map(({ developerQuotaResetDate }) => developerQuotaResetDate).sort(), [
      '2026-02-01 00:00:00',
      '2026-03-01 00:00:00',
    ]);
  });

  test('a report counts for exactly the active subscriptions that cover the product', async () => {
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 1)));
    const { catalog } = client;
    await catalog.plan('payments', 'Silver', { ratePlanDetails: [adjustable({ duration: 3 })] });
    await catalog.plan('payments', 'Flat', { ratePlanDetails: [] });
    await catalog.plan('payments', 'Short', { endDate: '2026-01-11' });
    await catalog.product('maps');
    await catalog.package('Maps', ['maps']);
    await catalog.plan('maps', 'Gold');
    await catalog.developer('other@example.com');
    const also = await client.subscribe({}, 'payments_silver');
    const not = [
      await client.subscribe({}, 'payments_flat'),
      await client.subscribe({}, 'payments_short'),
      await client.subscribe({}, 'maps_gold'),
      await client.subscribe({}, plan, 'other@example.com'),
    ];
    await client.call(`/developers/${developer}/developer-rateplans/${subscription}`, {
      method: 'PUT',
      body: { endDate: '2026-01-10' },
    });
    const next = await client.subscribe({ startDate: '2026-01-11' });
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 11) - 1000));
    await use(2);
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 11)));
    await use(7);
    assert.deepEqual(await client.counters(subscription), { 0: 2 });
    assert.deepEqual(await client.counters(next), { 0: 7 });
    assert.deepEqual(await client.counters(also), { 0: 9 });
    assert.deepEqual(await client.counters(not[1] ?? ''), { 0: 2 });
    for (const id of not.toSpliced(1, 1)) assert.deepEqual(await client.counters(id), {});
  });

  test('a target of 0 fires nothing, and changing a target fires nothing by itself', async () => {
    await client.notify([hook]);
    await client.retarget(subscription, 0);
    await use(500);
    await client.retarget(subscription, 400);
    assert.equal((await client.count('firings')) + (await client.count('movements')), 0);
    await client.retarget(subscription, 1000);
    await use(299);
    assert.equal((await client.count('firings')) + (await client.count('movements')), 0);
    await use(1);
    assert.deepEqual(percents(await client.callbacks('/hook', 1)), [80]);
    // A threshold that has fired in a cycle does not fire again, even after a change of the target.
    await client.retarget(subscription, 1100);
    await use(190);
    assert.deepEqual(percents(await client.callbacks('/hook', 2)), [80, 90]);
  });

  test('several conditions call each webhook once for a threshold', async () => {
    const second = await client.webhook('/second');
    await client.notify([hook, second], ['%= 50', '%= 40 to 60']);
    await client.notify([hook], ['%= 50 to 70']);
    await use(100);
    assert.deepEqual(percents(await client.callbacks('/hook', 4)), [40, 50, 60, 70]);
    assert.deepEqual(percents(await client.callbacks('/second', 3)), [40, 50, 60]);
    await eventually(async () => (await client.count('movements')) === 0);
    assert.equal(await client.count('firings'), 7);
  });

  test('a report may cross many thresholds at once', async () => {
    const hooks = [hook, ...(await Promise.all(['/1', '/2', '/3', '/4', '/5'].map((path) => client.webhook(path))))];
    await client.notify(hooks, ['%= 1 to 200 by 1']);
    await use(200);
    assert.deepEqual(await client.counters(subscription), { 0: 200 });
    await eventually(async () => (await client.count('movements')) === 0);
    assert.equal(await client.count('firings'), 1200);
  });

  test('a disabled webhook is not called, now or later, and a deleted webhook is skipped', async () => {
    const gone = await client.webhook('/gone');
    const live = await client.webhook('/live');
    await client.notify([hook, gone, live], ['%= 80 to 90']);
    await client.call(`/webhooks/${hook}`, { body: { enabled: 'false' } });
    await client.call(`/webhooks/${gone}`, { method: 'DELETE' });
    await use(85);
    await client.callbacks('/live', 1);
    await eventually(async () => (await client.count('movements')) === 0);
    await client.call(`/webhooks/${hook}`, { body: { enabled: 'true' } });
    await use(10);
    await client.callbacks('/live', 2);
    assert.deepEqual(percents(await client.callbacks('/hook', 1)), [90]);
    assert.deepEqual(client.received('/gone'), []);
  });

  test('a missing or foreign developer or product is 404, and nothing is stored', async () => {
    const other = await client.as('other-org');
    await other.catalog.developer('theirs@example.com');
    await other.catalog.product('theirs');
    const cases: [object, object][] = [
      [{ developer: { id: 'nobody@example.com' } }, { type: 'Developer', id: 'nobody@example.com' }],
      [{ developer: { id: 'theirs@example.com' } }, { type: 'Developer', id: 'theirs@example.com' }],
      [{ product: { id: 'nothing' } }, { type: 'Product', id: 'nothing' }],
      [{ product: { id: 'theirs' } }, { type: 'Product', id: 'theirs' }],
      [{ product: { id: 'Payment' } }, { type: 'Product', id: 'Payment' }],
    ];
    for (const [body, contexts] of cases) assertMint(await client.use(1, body), 404, 'resourceDoesNotExist', contexts);
    assertMint(await other.use(1), 404, 'resourceDoesNotExist', { type: 'Developer', id: developer });
    assert.equal(await client.count('transactions'), 0);
  });

  test('an invalid report is 400 with its fields, and nothing is stored', async () => {
    const cases: [object, string[]][] = [
      [{ developer: undefined }, ['developer']],
      [{ developer: { id: 'no address' } }, ['developer.id']],
      [{ developer: {} }, ['developer.id']],
      [{ product: undefined }, ['product']],
      [{ product: { id: '' } }, ['product.id']],
      [{ application: { id: 7 } }, ['application.id']],
      [{ batchSize: 0 }, ['batchSize']],
      [{ batchSize: 1.5 }, ['batchSize']],
      [{ batchSize: 1_000_001 }, ['batchSize']],
      [{ batchSize: 'many' }, ['batchSize']],
    ];
    for (const [body, fields] of cases) assertBadFields(await client.use(1, body), fields, JSON.stringify(body));
    assert.equal(await client.count('transactions'), 0);
    assert.equal((await client.use(1_000_000, { application: undefined })).status, 201);
    assert.equal((await client.use(1, { batchSize: undefined })).body.batchSize, 1);
    assert.deepEqual(await client.counters(subscription), { 0: 1_000_001 });
  });

  test('the developer is named by e-mail address or id, the product also with its organization, and unknown members are ignored', async () => {
    const { developerId } = (await client.catalog.management(`/developers/${developer}`)).body;
    const sent = {
      ...{ developer: { id: developerId.toUpperCase() }, product: { id: `${organization}@@@payment` }, type: 'CHARGE' },
      ...{ currency: { id: 'usd' }, providerTxId: 'x', environment: 'prod', custAtt1: 12.5, custAtt11: 1, notes: null },
    };
    const answer = await client.use(3, sent);
    assert.equal(answer.status, 201, answer.text);
    const { id: _, ...rest } = answer.body;
    assert.deepEqual(rest, {
      ...{ application: { id: 'my-app' }, batchSize: 3, custAtt1: 12.5, developer: { id: developer } },
      product: { id: 'payment' },
    });
    assert.deepEqual(await client.counters(subscription), { 0: 3 });
    const unknown = '7a1b2c3d-0000-4000-8000-000000000000';
    assertMint(await client.use(1, { developer: { id: unknown } }), 404, 'resourceDoesNotExist', {
      ...{ type: 'Developer', id: unknown },
    });
    const other = await client.as('other-org');
    assertMint(await other.use(1, { developer: { id: developerId } }), 404, 'resourceDoesNotExist');
    assertMint(await client.use(1, { product: { id: 'other-org@@@payment' } }), 404, 'resourceDoesNotExist');
  });

  test('an app may be named by its id: callbacks have its name, and its developer is known', async () => {
    const { status, body, text } = await client.catalog.management(`/developers/${developer}/apps`, {
      body: { name: 'Weather App', apiProducts: ['payment'] },
    });
    assert.equal(status, 201, text);
    await client.notify([hook], ['%= 50 to 100 by 50']);
    const reported = await client.use(60, { application: { id: body.appId }, developer: undefined });
    assert.deepEqual(
      [reported.status, reported.body.developer, reported.body.application],
      [201, { id: developer }, { id: body.appId }],
    );
    await client.use(40, { application: { id: body.appId.toUpperCase() } });
    const callbacks = await client.callbacks('/hook', 2);
    assert.deepEqual(
      callbacks.map(({ applicationName }) => applicationName),
      ['Weather App', 'Weather App'],
    );
    const unknown = '7a1b2c3d-0000-4000-8000-000000000000';
    const without = { developer: undefined, application: { id: unknown } };
    assertMint(await client.use(1, without), 404, 'resourceDoesNotExist', { type: 'App', id: unknown });
    assert.equal((await client.use(1, { application: { id: unknown } })).status, 201);
    const other = await client.as('other-org');
    const theirs = { developer: undefined, application: { id: body.appId } };
    assertMint(await other.use(1, theirs), 404, 'resourceDoesNotExist', { type: 'App', id: body.appId });
    const names = (await client.call('/transaction-search', { body: {} })).body.transaction.map(
      ({ application }: { application: { name: string } }) => application.name,
    );
    assert.deepEqual(names, [unknown, 'Weather App', 'Weather App']);
    const test = await client.call(
      `/webhooks/${hook}/test/${developer}/${body.appId}/payment/${plan}/RATEPLANQUOTAUSAGE`,
    );
    const property = ({ key }: { key: string }) => key.toLowerCase().includes('app');
    assert.deepEqual(
      test.body.properties.filter(property).map(({ value }: { value: string }) => value),
      ['Weather App'],
    );
  });

  test('only a transaction that charges usage is recorded', async () => {
    for (const type of ['SETUPFEES', 'RECURRINGFEES', 'REFUND', 'PURCHASE', 'CREDIT', 'ADJUSTMENT']) {
      const body = { developer: { id: developer }, ratePlan: { id: plan }, rate: 10, currency: { id: 'usd' }, type };
      assertMint(await client.call('/transactions', { body }), 501, 'notSupported', { type });
      assertMint(await client.use(1, { type }), 501, 'notSupported', { type });
    }
    for (const type of ['foo', 'charge', '']) assertBadFields(await client.use(1, { type }), ['type']);
    assert.equal(await client.count('transactions'), 0);
    assert.equal((await client.use(1, { type: 'CHARGE' })).status, 201);
  });

  test('50 concurrent callers lose no report, and every threshold fires once', async () => {
    const second = await client.webhook('/second');
    await client.notify([hook, second], ['%= 1 to 200 by 1']);
    await client.retarget(subscription, 400);
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 16; call += 1) await use(1);
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    assert.deepEqual(await client.counters(subscription), { 0: 800 });
    const every = Array.from({ length: 200 }, (_, index) => index + 1);
    for (const path of ['/hook', '/second']) assert.deepEqual(percents(await client.callbacks(path, 200)), every);
    await eventually(async () => (await client.count('movements')) === 0);
    assert.equal(await client.count('firings'), 400);
    assert.equal(await client.count('transactions'), 800);
  });
});
