// The story of docs/usage.md and docs/delivery.md with a client that @hey-api/openapi-ts has generated into `./generated`. It is
// compiled and run by `npm run check:client`.
import { client } from './generated/client.gen';
import * as hookgate from './generated/index';
import type { Surroundings } from './surroundings';

const throwOnError = true;
const org_name = 'myorg';
const email = 'ada@example.com';

export async function tell({ url, key, receiverUrl, callback, verify, today }: Surroundings): Promise<void> {
  client.setConfig({ baseUrl: url });
  const headers = { 'X-Target-Server': 'integration' } as const;
  const { data: tokens } = await hookgate.createAccessToken({
    headers: { 'X-Target-Server': 'authentication' },
    body: key,
    throwOnError,
  });
  client.setConfig({ auth: ({ scheme }) => (scheme === 'bearer' ? tokens.access_token : undefined) });

  // Events.
  const { data: distributor } = await hookgate.createDistributor({
    headers,
    path: { node_id: 'e40efce4-38a3-46c4-a202-e8db95d0409c' },
    body: { meta: { host: receiverUrl, path: '/orders', method: 'POST' } },
    throwOnError,
  });
  const path = { id: distributor.id };
  const { data: signing } = await hookgate.getDistributorSecret({ headers, path, throwOnError });
  const { data: accepted } = await hookgate.sendEvent({
    headers: { ...headers, 'Idempotency-Key': 'order-42' },
    path,
    body: { type: 'order.filled', data: { order_id: '42', amounts: [12.5] } },
    throwOnError,
  });
  verify(signing.secret, await callback('/orders'));
  const id = accepted.deliveries[0]?.id ?? '';
  const { data: delivery } = await hookgate.getDelivery({ headers, path: { id }, throwOnError });
  assert(delivery.type === 'order.filled' && delivery.attempts.length <= 1, 'the delivery');
  const query = { status: 'delivered', limit: 10 } as const;
  const { data: page } = await hookgate.listDeliveries({ headers, query, throwOnError });
  assert(page.next_cursor === null, 'one page');

  // Usage.
  const org = { org_name };
  const { data: webhook } = await hookgate.createWebhook({
    path: org,
    body: { name: 'usage', postURL: `${receiverUrl}/usage`, enabled: true },
    throwOnError,
  });
  await hookgate.createDeveloper({
    path: org,
    body: { email, firstName: 'Ada', lastName: 'Example', userName: 'ada' },
    throwOnError,
  });
  await hookgate.createProduct({ path: org, body: { name: 'payment', displayName: 'Payment API' }, throwOnError });
  const { data: bundle } = await hookgate.createPackage({
    path: org,
    body: { name: 'payments', displayName: 'Payments', product: [{ id: 'payment' }], status: 'ACTIVE' },
    throwOnError,
  });
  const { data: plan } = await hookgate.createRatePlan({
    path: { org_name, package_id: bundle.id },
    body: {
      name: 'Gold',
      displayName: 'Gold',
      published: true,
      startDate: today,
      ratePlanDetails: [
        {
          type: 'USAGE_TARGET',
          meteringType: 'DEV_SPECIFIC',
          duration: 1,
          durationType: 'MONTH',
          ratingParameter: 'VOLUME',
        },
      ],
    },
    throwOnError,
  });
  await hookgate.createSubscription({
    path: { org_name, email },
    body: { developer: { id: email }, ratePlan: { id: plan.id }, startDate: today, quotaTarget: 100 },
    throwOnError,
  });
  await hookgate.createCondition({
    path: org,
    body: {
      notificationCondition: [
        { attribute: 'RATEPLAN', value: plan.id },
        { attribute: 'UsageTarget', value: '%= 80' },
      ],
      actions: [{ actionAttribute: 'WEBHOOK', value: webhook.id }],
    },
    throwOnError,
  });
  await hookgate.reportUsage({
    path: org,
    body: { developer: { id: email }, application: { id: 'shop' }, product: { id: 'payment' }, batchSize: 80 },
    throwOnError,
  });
  const { data: usageSecret } = await hookgate.getWebhookSecret({ path: { org_name, id: webhook.id }, throwOnError });
  verify(usageSecret.secret, await callback('/usage'));

  // Errors are typed: both formats.
  const missing = await hookgate.getDelivery({ headers, path: { id: '00000000-0000-7000-8000-000000000000' } });
  assert(missing.error?.error.code === 'NOT_FOUND', 'a missing delivery');
  const taken = await hookgate.createWebhook({ path: org, body: { name: 'usage', postURL: `${receiverUrl}/usage` } });
  assert(taken.error?.code === 'mint.webhookNameAlreadyExists', 'a taken name');

  // The rest of the life of the objects.
  const { data: changed } = await hookgate.updateWebhook({
    path: { org_name, id: webhook.id },
    body: { enabled: false },
    throwOnError,
  });
  assert(!changed.enabled, 'a disabled webhook');
  const gone = await hookgate.deleteDistributor({ headers, path, throwOnError });
  assert(gone.response.status === 204, 'a deleted distributor');
}

function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`not as expected: ${what}`);
}
