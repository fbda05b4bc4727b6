import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { answer, isSignedWith } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { clientFor } from './catalog-client.ts';
import { assertMintError, startWebhooks, unknownId, type WebhookClient } from './webhook-client.ts';

const eventTriggerReason = 'RATEPLANQUOTAUSAGE';

/** The documented members of a notification. */
const members = [
  ...['orgName', 'developerEmail', 'developerFirstName', 'developerLastName', 'companyName', 'applicationName'],
  ...['packageName', 'packageId', 'ratePlanId', 'ratePlanName', 'ratePlanType', 'developerRatePlanQuotaTarget'],
  ...['quotaPercentUsed', 'ratePlanStartDate', 'ratePlanEndDate', 'nextBillingCycleStartDate', 'products'],
  ...['developerCustomAttributes', 'triggerTime', 'triggerReason', 'developerQuotaResetDate'],
];

onEveryEngine('test calls of webhooks', ({ serverUrl }) => {
  let client: WebhookClient;

  before(async () => {
    client = await startWebhooks(serverUrl);
    const catalog = await clientFor(client.gateway, 'test-org');
    await catalog.developer('ann@example.com', {
      companyName: 'My Company',
      attributes: [{ name: 'TIER', value: 'gold' }],
    });
    await catalog.product('payment');
    await catalog.package('Payments', ['payment']);
    await catalog.plan('payments', 'gold', { displayName: 'Gold', endDate: '2027-01-01' });
    await catalog.plan('payments', 'draft', { published: false });
    await catalog.plan('payments', 'plain', { ratePlanDetails: [] });
  });
  beforeEach(() => client.receiver.script(() => answer(200)));
  after(() => client.close());

  const pathOf = (id: string, more = 'Ann@example.com/my-app/payment/payments_gold') => `/webhooks/${id}/test/${more}`;
  const post = (id: string, properties: unknown = [], more?: string) =>
    client.call(pathOf(id, more), { body: { eventTriggerReason, properties } });

  async function sent(id: string, path: string, properties?: unknown) {
    const { status, body } = await post(id, properties);
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual(Object.keys(body), ['id']);
    await client.reached(body.id, 'delivered');
    const request = client.receivedAt(path).at(-1) ?? assert.fail('nothing arrived');
    assert.equal(request.headers['webhook-id'], body.id);
    return { request, notification: JSON.parse(request.body) };
  }

  test('GET lists the trigger types and shows a sample call', async () => {
    const id = await client.createEnabled();
    const types = await client.call(pathOf(id));
    assert.deepEqual([types.status, types.body], [200, [eventTriggerReason]]);
    const { status, body } = await client.call(`${pathOf(id)}/${eventTriggerReason}`);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['eventTriggerReason', 'properties']);
    assert.equal(body.eventTriggerReason, eventTriggerReason);
    const properties = Object.fromEntries(
      body.properties.map(({ key, value }: Record<string, string>) => [key, value]),
    );
    assert.deepEqual(
      Object.keys(properties),
      members.filter((name) => name !== 'triggerReason'),
    );
    for (const value of Object.values(properties)) assert.equal(typeof value, 'string');
    assert.equal(properties.products, '["payment"]');
  });

  test('the sample can be sent back unchanged, and is a complete notification', async () => {
    client.gateway.clock.set(new Date('2026-01-31T10:00:00.250Z'));
    const id = await client.createEnabled('/sample');
    const { body } = await client.call(`${pathOf(id)}/${eventTriggerReason}`);
    const { request, notification } = await sent(id, '/sample', body.properties);
    client.gateway.clock.set(new Date());
    assert.deepEqual(Object.keys(notification), members);
    const { triggerTime, ...rest } = notification;
    assert.ok(Math.abs(triggerTime - Date.parse('2026-01-31T10:00:00.250Z')) < 60_000);
    assert.deepEqual(rest, {
      orgName: 'test-org',
      developerEmail: 'ann@example.com',
      developerFirstName: 'Nikola',
      developerLastName: 'Tesla',
      companyName: 'My Company',
      applicationName: 'my-app',
      packageName: 'Payments',
      packageId: 'payments',
      ratePlanId: 'payments_gold',
      ratePlanName: 'gold',
      ratePlanType: notification.ratePlanType,
      developerRatePlanQuotaTarget: 1000,
      quotaPercentUsed: 80,
      ratePlanStartDate: Date.UTC(2026, 0, 1),
      ratePlanEndDate: Date.UTC(2027, 0, 1),
      nextBillingCycleStartDate: notification.nextBillingCycleStartDate,
      products: ['payment'],
      developerCustomAttributes: [{ name: 'TIER', value: 'gold' }],
      triggerReason: eventTriggerReason,
      developerQuotaResetDate: notification.developerQuotaResetDate,
    });
    assert.match(notification.developerQuotaResetDate, /^2026-02-28 10:0\d:\d\d$/);
    const { secret } = (await client.call(`/webhooks/${id}/secret`)).body;
    assert.ok(isSignedWith(secret, request));
  });

  test('the properties that differ from the sample are enough, and so is no body', async () => {
    const id = await client.createEnabled('/differing');
    for (const body of [{ properties: [{ key: 'quotaPercentUsed', value: 120 }] }, {}, undefined]) {
      const answer = await client.call(pathOf(id), { method: 'POST', ...(body && { body }) });
      assert.equal(answer.status, 201, answer.text);
    }
    const received = () => client.receiver.received.filter(({ path }) => path === '/differing');
    await eventually(() => received().length === 3);
    const percents = received().map(({ body }) => JSON.parse(String(body)).quotaPercentUsed);
    assert.deepEqual(percents.sort(), [120, 80, 80]);
  });

  test('properties change the callback, as text or as JSON', async () => {
    const id = await client.createEnabled('/changed');
    const asText = await sent(id, '/changed', [
      { key: 'quotaPercentUsed', value: '110' },
      { key: 'ratePlanEndDate', value: '' },
      { key: 'products', value: '["a","b"]' },
      { key: 'developerCustomAttributes', value: '[]' },
      { key: 'companyName', value: '' },
    ]);
    const asJson = await sent(id, '/changed', [
      { key: 'quotaPercentUsed', value: 110 },
      { key: 'ratePlanEndDate', value: null },
      { key: 'products', value: ['a', 'b'] },
      { key: 'developerCustomAttributes', value: [] },
      { key: 'companyName', value: '' },
    ]);
    for (const { notification } of [asText, asJson]) {
      const { quotaPercentUsed, ratePlanEndDate, products, developerCustomAttributes, companyName } = notification;
      assert.deepEqual(
        [quotaPercentUsed, ratePlanEndDate, products, developerCustomAttributes, companyName],
        [110, null, ['a', 'b'], [], ''],
      );
      assert.deepEqual(Object.keys(notification), members);
    }
  });

  test('a disabled webhook is called, and stays disabled', async () => {
    const { id } = (await client.create({ postURL: `${client.receiver.url}/disabled` })).body;
    await sent(id, '/disabled');
    assert.equal((await client.call(`/webhooks/${id}`)).body.enabled, false);
    assert.equal(client.receivedAt('/disabled').length, 1);
  });

  test('a test call is attempted once, successful or not', async () => {
    for (const [name, script] of [
      ['failing', () => answer(503)],
      ['refusing', () => answer(404)],
      ['closing', () => ({ afterwards: 'close' as const })],
    ] as const) {
      client.receiver.script(script);
      const id = await client.createEnabled(`/${name}`);
      const { attempts } = await client.reached((await post(id)).body.id, 'failed');
      assert.equal(attempts.length, 1, name);
      assert.match(attempts[0].decision, /^failed: /);
      // Notifications to the same address are retried as usual.
      if (name !== 'failing') continue;
      const [delivery = ''] = await client.trigger([id]);
      await client.reached(delivery, 'failed');
      assert.equal(client.receivedAt('/failing').length, 1 + 4);
    }
  });

  test('notifications and test calls have the headers of the webhook, and notifications alone its retry schedule', async () => {
    client.receiver.script(() => answer(503));
    const id = await client.createEnabled('/configured');
    const body = { headers: { 'X-Key': 's3cr3t-value' }, retry_schedule: [1], ordered: true };
    assert.equal((await client.call(`/webhooks/${id}/delivery`, { method: 'PUT', body })).status, 200);
    assert.equal((await client.reached((await post(id)).body.id, 'failed')).attempts.length, 1);
    const [delivery = ''] = await client.trigger([id]);
    await eventually(async () => {
      client.gateway.clock.advance(1000);
      return (await client.delivery(delivery)).status === 'failed';
    });
    assert.equal((await client.delivery(delivery)).attempts.length, 2);
    const received = client.receivedAt('/configured').map(({ headers }) => headers['x-key']);
    assert.deepEqual(received, Array(3).fill('s3cr3t-value'));
  });

  test('holding and enabling do not affect test calls, and deleting cancels them', async () => {
    const id = await client.createEnabled('/busy');
    client.receiver.script(() => ({ afterwards: 'silence' }));
    const { body } = await post(id);
    await eventually(() => client.receivedAt('/busy').length === 1);
    assertMintError(await client.remove(id, '?forceDelete=false'), 409, 'mint.webhookHasPendingDeliveries');
    await client.change(id, { enabled: false });
    assert.equal((await client.delivery(body.id)).status, 'in_flight');
    await client.reached(body.id, 'failed');
    assert.equal((await client.remove(id, '?forceDelete=false')).status, 204);
  });

  test('every resource in the path must exist', async () => {
    const id = await client.createEnabled('/nothing');
    const cases: [string, string, string][] = [
      [unknownId, 'ann@example.com/my-app/payment/payments_gold', 'Webhook'],
      [id, 'bob@example.com/my-app/payment/payments_gold', 'Developer'],
      [id, 'ann@example.com/my-app/Payment/payments_gold', 'Product'],
      [id, 'ann@example.com/my-app/payment/payments_silver', 'RatePlan'],
    ];
    for (const [webhook, more, type] of cases) {
      for (const answered of [
        await client.call(pathOf(webhook, more)),
        await client.call(`${pathOf(webhook, more)}/${eventTriggerReason}`),
        await post(webhook, [], more),
      ]) {
        assertMintError(answered, 404, 'mint.resourceDoesNotExist', ['type', 'id']);
        assert.equal(answered.body.contexts[0].value, type);
      }
    }
    assertMintError(await client.call(`${pathOf(id)}/OTHER`), 404, 'mint.resourceDoesNotExist');
    assertMintError(
      await post(id, [], 'ann@example.com/my-app/payment/payments_plain'),
      400,
      'mint.ratePlanNotAdjustable',
    );
    assert.equal((await post(id, [], 'ann@example.com/any/payment/payments_draft')).status, 201);
  });

  test('bad input is refused, and no call is sent', async () => {
    const id = await client.createEnabled('/bad');
    const bad = (body: unknown) => client.call(pathOf(id), { body });
    assertMintError(await bad({ properties: [{ key: 'products' }] }), 400, 'mint.validationError', [
      'properties.0.value',
    ]);
    assertMintError(await bad({ eventTriggerReason: 'X' }), 400, 'mint.validationError', ['eventTriggerReason']);
    const property = { key: 'products', value: '[]' };
    for (const [properties, field] of [
      ['x', 'properties'],
      [[{ key: 'products' }], 'properties.0.value'],
      [[{ value: 'x' }], 'properties.0.key'],
      [[property, property], 'properties.1'],
    ] as const)
      assertMintError(await post(id, properties), 400, 'mint.validationError', [field]);
    for (const key of ['nothing', 'triggerReason', 'constructor', '__proto__ ', 'toString'])
      assertMintError(await post(id, [{ key, value: 'x' }]), 400, 'mint.unknownProperty', ['key']);
    for (const [key, value] of [
      ['quotaPercentUsed', 'many'],
      ['quotaPercentUsed', '1.5'],
      ['quotaPercentUsed', ''],
      ['products', 'a, b'],
      ['products', '[1]'],
      ['developerCustomAttributes', '[{"name":"x"}]'],
      ['companyName', 7],
      ['ratePlanEndDate', 'never'],
    ])
      assertMintError(await post(id, [{ key, value }]), 400, 'mint.invalidProperty', [String(key)]);
    const large = await post(id, [{ key: 'companyName', value: 'x'.repeat(300_000) }]);
    assertMintError(large, 413, 'mint.payloadTooLarge');
    assert.equal(client.receivedAt('/bad').length, 0);
  });

  test('an Idempotency-Key makes a call safe to repeat', async () => {
    const id = await client.createEnabled('/once');
    const request = { headers: { 'Idempotency-Key': 'test-call' }, body: { eventTriggerReason } };
    const first = await client.call(pathOf(id), request);
    const second = await client.call(pathOf(id), request);
    assert.deepEqual([second.status, second.body], [201, first.body]);
    await client.reached(first.body.id, 'delivered');
    assert.equal(client.receivedAt('/once').length, 1);
  });
});
