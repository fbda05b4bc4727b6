import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { answer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { clientFor } from './catalog-client.ts';
import { assertMintError, startWebhooks, unknownId, type WebhookClient } from './webhook-client.ts';

const keys = [
  ...['id', 'orgId', 'webhook', 'triggerReason', 'test', 'status', 'deliveryStatus', 'attempts'],
  ...['responseCode', 'nextAttempt', 'created', 'updated'],
];

const path = '/notification-service-items';

onEveryEngine('notification items', ({ serverUrl }) => {
  let client: WebhookClient;

  before(async () => {
    client = await startWebhooks(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '300000' });
  });
  beforeEach(() => client.receiver.script(() => answer(200)));
  after(() => client.close());

  const item = async (id: string, caller = client) => (await caller.call(`${path}/${id}`)).body;
  const reprocess = (id: string, caller = client) => caller.call(`${path}/${id}/reprocess`, { method: 'POST' });

  async function idsOf(caller: WebhookClient, query = ''): Promise<string[]> {
    const { status, body } = await caller.call(`${path}${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.notificationServiceItems.map(({ id }: { id: string }) => id);
  }

  async function triggerOne(caller: WebhookClient, webhook: string): Promise<string> {
    const [id, ...others] = await caller.trigger([webhook]);
    assert.deepEqual(others, []);
    return id ?? assert.fail('it was not triggered');
  }

  const isIn = (id: string, deliveryStatus: string) =>
    eventually(async () => (await item(id)).deliveryStatus === deliveryStatus);

  test('items are the deliveries to webhooks, and a single item has the sent notification', async () => {
    const webhook = await client.createEnabled('/sent');
    const id = await triggerOne(client, webhook);
    await isIn(id, 'delivered');
    const { notification, ...read } = await item(id);
    assert.deepEqual(notification, { orgName: 'test-org' });
    assert.deepEqual(Object.keys(read), keys.toSorted());
    const { created, updated, ...rest } = read;
    assert.deepEqual(rest, {
      id,
      orgId: 'test-org',
      webhook: { id: webhook },
      triggerReason: 'RATEPLANQUOTAUSAGE',
      test: false,
      status: 'NOTIFICATION_SENT',
      deliveryStatus: 'delivered',
      attempts: 1,
      responseCode: 200,
      nextAttempt: null,
    });
    assert.ok(Number.isInteger(created) && Math.abs(created - Date.now()) < 60_000);
    assert.ok(Number.isInteger(updated) && updated >= created);
    const { body } = await client.call(path);
    assert.deepEqual(Object.keys(body), ['hasMoreItems', 'notificationServiceItems']);
    assert.deepEqual([body.notificationServiceItems[0], body.hasMoreItems], [read, false]);
    assert.equal((await item(id.toUpperCase())).id, id);
  });

  test('items can be filtered by queued, sent and failed', async () => {
    const other = await client.as('statuses');
    const itemOf = (id: string) => item(id, other);
    const reached = (id: string, status: string) =>
      eventually(async () => (await itemOf(id)).deliveryStatus === status && (await itemOf(id)).attempts > 0);
    const webhook = await other.createEnabled('/statuses');
    const sent = await triggerOne(other, webhook);
    await reached(sent, 'delivered');
    client.receiver.script(() => answer(400));
    const failed = await triggerOne(other, webhook);
    await reached(failed, 'failed');
    client.receiver.script(() => answer(503));
    const gone = await other.createEnabled('/gone');
    const cancelled = await triggerOne(other, gone);
    await reached(cancelled, 'pending');
    await other.remove(gone);
    const pending = await triggerOne(other, webhook);
    await reached(pending, 'pending');
    const waiting = await itemOf(pending);
    assert.deepEqual([waiting.status, waiting.attempts, waiting.responseCode], ['QUEUED', 1, 503]);
    assert.ok(waiting.nextAttempt > waiting.created + 299_000);
    assert.equal(waiting.updated, waiting.created);

    assert.deepEqual(await idsOf(other), [pending, cancelled, failed, sent]);
    assert.deepEqual(await idsOf(other, '?status=QUEUED'), [pending]);
    assert.deepEqual(await idsOf(other, '?status=NOTIFICATION_SENT'), [sent]);
    assert.deepEqual(await idsOf(other, '?status=FAILED&other=x'), [cancelled, failed]);
    assert.deepEqual([(await itemOf(failed)).status, (await itemOf(cancelled)).status], ['FAILED', 'FAILED']);
    await other.change(webhook, { enabled: false });
    const held = await itemOf(pending);
    assert.deepEqual([held.status, held.deliveryStatus, held.nextAttempt], ['QUEUED', 'held', null]);
    assert.deepEqual(await idsOf(other, '?status=QUEUED'), [pending]);
  });

  test('items can be filtered by the time of acceptance, start inclusive and end exclusive', async () => {
    const other = await client.as('dates');
    const webhook = await other.createEnabled('/dates');
    const accepted = new Map<string, string>();
    for (const day of ['2026-01-30', '2026-01-31', '2026-02-01']) {
      client.gateway.clock.set(new Date(`${day}T12:00:30Z`));
      accepted.set(day, await triggerOne(other, webhook));
      await eventually(async () => (await item(accepted.get(day) ?? '', other)).status === 'NOTIFICATION_SENT');
    }
    client.gateway.clock.set(new Date());
    const [first, second, third] = [...accepted.values()];
    assert.deepEqual(await idsOf(other), [third, second, first]);
    assert.deepEqual(await idsOf(other, '?startdate=2026-01-31'), [third, second]);
    assert.deepEqual(await idsOf(other, '?enddate=2026-01-31'), [first]);
    assert.deepEqual(await idsOf(other, '?startdate=2026-01-31%2000:00:00&enddate=2026-02-01'), [second]);
    assert.deepEqual(await idsOf(other, '?startdate=2026-01-31&enddate=2026-02-01&status=FAILED'), []);
    assert.deepEqual(await idsOf(other, '?startdate=2026-01-31%2012:00:00&enddate=2026-02-01'), [second]);
    assert.deepEqual(await idsOf(other, '?startdate=2026-01-31%2012:05:00&enddate=2026-02-01'), []);
    assert.deepEqual(await idsOf(other, '?startdate=2026-01-31&enddate=2026-01-31'), []);
  });

  test('bad filters are refused', async () => {
    for (const [query, field] of [
      ['status=SENT', 'status'],
      ['status=queued', 'status'],
      ['startdate=yesterday', 'startdate'],
      ['startdate=2026-02-30', 'startdate'],
      ['enddate=2026-01-01T00:00:00Z', 'enddate'],
      ['enddate=', 'enddate'],
    ])
      assertMintError(await client.call(`${path}?${query}`), 400, 'mint.validationError', [field ?? '']);
    const reversed = await client.call(`${path}?startdate=2026-02-01&enddate=2026-01-31`);
    assertMintError(reversed, 400, 'mint.endDateEarlierThanStart');
  });

  test('test calls are listed and marked', async () => {
    const catalog = await clientFor(client.gateway, 'testing');
    await catalog.developer('ann@example.com');
    await catalog.product('payment');
    await catalog.package('Payments', ['payment']);
    await catalog.plan('payments', 'gold');
    const other = await client.as('testing');
    const webhook = await other.createEnabled('/tested');
    const { body } = await other.call(`/webhooks/${webhook}/test/ann@example.com/app/payment/payments_gold`, {
      body: { eventTriggerReason: 'RATEPLANQUOTAUSAGE' },
    });
    await eventually(async () => (await item(body.id, other)).status === 'NOTIFICATION_SENT');
    const read = await item(body.id, other);
    assert.deepEqual([read.test, read.webhook, read.notification.quotaPercentUsed], [true, { id: webhook }, 80]);
    assert.deepEqual(await idsOf(other), [body.id]);
  });

  test('reprocess sends an item again under the same id, whether it was delivered or failed', async () => {
    const webhook = await client.createEnabled('/again');
    client.receiver.script((_request, count) => answer(count % 2 === 0 ? 200 : 400));
    const id = await triggerOne(client, webhook);
    for (let attempts = 1; attempts <= 3; attempts += 1) {
      await eventually(async () => (await item(id)).attempts === attempts && (await item(id)).status !== 'QUEUED');
      if (attempts === 3) break;
      const { status, body } = await reprocess(id);
      assert.equal(status, 201);
      assert.deepEqual(Object.keys(body), keys.toSorted());
      assert.deepEqual([body.id, body.status], [id, 'QUEUED']);
    }
    const received = client.receivedAt('/again');
    assert.deepEqual(
      received.map(({ headers }) => [headers['webhook-id'], headers['webhook-attempt']]),
      [1, 2, 3].map((attempt) => [id, String(attempt)]),
    );
    assert.equal(new Set(received.map(({ body }) => body)).size, 1);
  });

  test('reprocess sends an item that waits for its retry at once', async () => {
    client.receiver.script(() => answer(503));
    const webhook = await client.createEnabled('/early');
    const id = await triggerOne(client, webhook);
    await eventually(async () => (await item(id)).attempts === 1);
    client.receiver.script(() => answer(200));
    assert.equal((await reprocess(id)).status, 201);
    await isIn(id, 'delivered');
  });

  test('reprocess is refused for an item in flight, held or without its webhook', async () => {
    client.receiver.script(() => ({ afterwards: 'silence' }));
    const webhook = await client.createEnabled('/refused');
    const id = await triggerOne(client, webhook);
    await isIn(id, 'in_flight');
    assertMintError(await reprocess(id), 409, 'mint.deliveryInFlight');
    await client.change(webhook, { enabled: false });
    await isIn(id, 'held');
    assertMintError(await reprocess(id), 409, 'mint.deliveryHeld');
    client.receiver.script(() => answer(200));
    await client.change(webhook, { enabled: true });
    await isIn(id, 'delivered');
    await client.change(webhook, { enabled: false });
    assert.equal((await reprocess(id)).status, 201);
    await isIn(id, 'held');
    await client.remove(webhook);
    assertMintError(await reprocess(id), 409, 'mint.endpointGone');
    assert.equal((await item(id)).status, 'FAILED');
  });

  test('deliveries to distributors are not listed and cannot be reprocessed', async () => {
    const token = await client.gateway.token({ scope: 'integration:read integration:write' });
    const request = { token, target: 'integration' };
    const base = '/api/v1/integration/distributors';
    const created = await client.gateway.request(`${base}/nodes/${unknownId}`, {
      ...request,
      body: { meta: { host: client.receiver.url, path: '/distributor' } },
    });
    const sent = await client.gateway.request(`${base}/${created.body.id}/events`, {
      ...request,
      body: { type: 'x', data: {} },
    });
    const [{ id }] = sent.body.deliveries;
    await client.reached(id, 'delivered');
    assert.ok(!(await idsOf(client)).includes(id));
    assertMintError(await client.call(`${path}/${id}`), 404, 'mint.resourceDoesNotExist', ['type', 'id']);
    assertMintError(await reprocess(id), 404, 'mint.resourceDoesNotExist', ['type', 'id']);
    assert.equal((await client.delivery(id)).attempt_count, 1);
  });

  test('another organization’s item is 404, as if it did not exist', async () => {
    const [owner, thief] = [await client.as('owner'), await client.as('thief')];
    const id = await triggerOne(owner, await owner.createEnabled('/owned'));
    await eventually(async () => (await item(id, owner)).status === 'NOTIFICATION_SENT');
    for (const each of [id, unknownId, 'nothing', `${id}%20`]) {
      for (const answered of [await thief.call(`${path}/${each}`), await reprocess(each, thief)]) {
        assertMintError(answered, 404, 'mint.resourceDoesNotExist');
        assert.equal(
          answered.body.message,
          `NotificationServiceItem with id [${decodeURIComponent(each)}] does not exist`,
        );
      }
    }
    assertMintError(await owner.call(`${path}/${id}%20`), 404, 'mint.resourceDoesNotExist');
    assert.deepEqual(await idsOf(thief), []);
    assert.equal(client.receivedAt('/owned').length, 1);
    const reader = await client.as('owner', 'integration:read');
    assertMintError(await reprocess(id, reader), 403, 'mint.forbidden', ['missing_scopes']);
    assertMintError(await (await client.as('owner', 'integration:write')).call(path), 403, 'mint.forbidden');
  });

  test('a list has at most 1000 items and tells that there are more', async () => {
    const other = await client.as('many');
    const { id } = (await other.create()).body;
    const enqueue = (count: number) =>
      client.transaction((trx) =>
        client.dispatcher.enqueue(
          trx,
          Array.from({ length: count }, () => ({
            organization: 'many',
            endpoint: { kind: 'webhook', id },
            type: 'RATEPLANQUOTAUSAGE',
            payload: '{}',
          })),
        ),
      );
    const first = await enqueue(1000);
    const { body } = await other.call(path);
    assert.deepEqual([body.notificationServiceItems.length, body.hasMoreItems], [1000, false]);
    const [last] = await enqueue(1);
    const more = (await other.call(`${path}?status=QUEUED`)).body;
    assert.deepEqual([more.notificationServiceItems.length, more.hasMoreItems], [1000, true]);
    assert.equal(more.notificationServiceItems[0].id, last?.id);
    const listed = new Set(more.notificationServiceItems.map((each: { id: string }) => each.id));
    assert.equal(first.filter((each) => !listed.has(each.id)).length, 1);
  });
});
