import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { authentication } from '../../plugins/authentication/index.ts';
import { createApiKeyService } from '../../plugins/authentication/keys/api-key-service.ts';
import { console as webConsole } from '../../plugins/console/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import { clientFiles, errorCodeType, parseClientFile } from '../../scripts/client/client-file.ts';
import { type GatewayDocument, hashOf, toClientDocument } from '../../scripts/client/gateway-document.ts';
import {
  type ApiKey,
  type Client,
  createClient,
  type Delivery,
  isHookgateError,
  verifyWebhook,
  type Webhook,
} from '../../src/client/client.ts';
import { operationRoutes } from '../../src/client/operation-routes.ts';
import { errorCatalogue } from '../../src/errors.ts';
import { resolveOwnSpecifiers } from '../../src/own-specifiers.ts';
import { answer } from '../../src/receiver/receiver.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../src/testing/index.ts';
import { createWorkspace, snippetsOf, type Workspace } from '../docs/documents.ts';
import { eventually } from '../support/eventually.ts';

const org_name = 'myorg';
const email = 'ada@example.com';
const node_id = 'e40efce4-38a3-46c4-a202-e8db95d0409c';

let gateway: TestGateway;
let receiver: Receiver;
let credentials: ApiKey;
let client: Client;
let workspace: Workspace;

before(async () => {
  resolveOwnSpecifiers();
  mock.method(console, 'log', () => undefined);
  workspace = createWorkspace(snippetsOf('docs/client.md'));
  receiver = await createReceiver();
  gateway = await createTestGateway({
    plugins: [authentication, webConsole, integration],
    targets: { billing: { upstreams: [receiver.url] } },
    env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' },
  });
  const keys = createApiKeyService({ database: gateway.app.foundation.database, maxKeys: 10, now: gateway.clock.now });
  credentials = await keys.create({ organizations: [org_name], email, scope: 'integration:read integration:write' });
  client = createClient({ url: gateway.url, credentials });
});
after(async () => {
  await gateway.close();
  await receiver.close();
  workspace.remove();
  mock.restoreAll();
});

const load = <T>(file: string): Promise<T> => import(pathToFileURL(join(workspace.folder, file)).href) as Promise<T>;

const deliveriesOf = async (endpoint: string): Promise<Delivery[]> => {
  const all: Delivery[] = [];
  for await (const delivery of client.pages('/api/v1/integration/deliveries', { params: { query: { endpoint } } }))
    all.push(delivery);
  return all;
};

test('an event reaches its distributor, and its callback is verified', async () => {
  const distributor = await client.call('createDistributor', {
    params: { path: { node_id } },
    body: { meta: { host: receiver.url, path: '/orders', method: 'POST' } },
  });
  const path = { id: distributor.id };
  const { secret } = await client.call('getDistributorSecret', { params: { path } });
  const { deliveries } = await client.call('sendEvent', {
    params: { path },
    body: { type: 'order.filled', data: { order_id: '42' } },
  });
  assert.equal(deliveries.length, 1);

  const callback = await eventually(() => receiver.received.find((each) => each.path === '/orders'));
  const { id, payload } = await verifyWebhook<{ type: string }>(callback.headers, callback.body, secret);
  assert.equal(id, deliveries[0]?.id);
  assert.equal(payload.type, 'order.filled');
  await assert.rejects(
    verifyWebhook(callback.headers, `${callback.body} `, secret),
    (error) => isHookgateError(error) && error.code === 'WEBHOOK_SIGNATURE_INVALID',
  );

  await eventually(async () => (await deliveriesOf(distributor.id))[0]?.status === 'delivered');
  const { data, response } = await client.GET('/api/v1/integration/deliveries/{id}', { params: { path: { id } } });
  assert.equal(response.status, 200);
  assert.equal(data.attempts[0]?.status, 200);
});

test('usage that crosses a threshold calls the webhook', async () => {
  const org = { path: { org_name } };
  const webhook = await client.call('createWebhook', {
    params: org,
    body: { name: 'usage', postURL: `${receiver.url}/usage`, enabled: true },
  });
  await client.call('createDeveloper', {
    params: org,
    body: { email, firstName: 'Ada', lastName: 'Example', userName: 'ada' },
  });
  await client.call('createProduct', { params: org, body: { name: 'payment', displayName: 'Payment API' } });
  const { id: package_id } = await client.call('createPackage', {
    params: org,
    body: { name: 'payments', displayName: 'Payments', product: [{ id: 'payment' }], status: 'ACTIVE' },
  });
  const startDate = new Date(gateway.clock.now() / 1000).toISOString().slice(0, 10);
  const detail = { type: 'USAGE_TARGET', meteringType: 'DEV_SPECIFIC', duration: 1 } as const;
  const plan = await client.call('createRatePlan', {
    params: { path: { org_name, package_id } },
    body: {
      name: 'Gold',
      displayName: 'Gold',
      published: true,
      startDate,
      ratePlanDetails: [{ ...detail, durationType: 'MONTH', ratingParameter: 'VOLUME' }],
    },
  });
  await client.call('createSubscription', {
    params: { path: { org_name, email } },
    body: { developer: { id: email }, ratePlan: { id: plan.id }, startDate, quotaTarget: 100 },
  });
  await client.call('createCondition', {
    params: org,
    body: {
      notificationCondition: [
        { attribute: 'RATEPLAN', value: plan.id },
        { attribute: 'UsageTarget', value: '%= 80' },
      ],
      actions: [{ actionAttribute: 'WEBHOOK', value: webhook.id }],
    },
  });
  await client.call('reportUsage', {
    params: org,
    body: { developer: { id: email }, application: { id: 'shop' }, product: { id: 'payment' }, batchSize: 80 },
  });

  const { secret } = await client.call('getWebhookSecret', { params: { path: { org_name, id: webhook.id } } });
  const callback = await eventually(() => receiver.received.find((each) => each.path === '/usage'));
  const { payload } = await verifyWebhook<{ quotaPercentUsed: number }>(callback.headers, callback.body, secret);
  assert.equal(payload.quotaPercentUsed, 80);
});

test('the quick start of docs/client.md creates a distributor', async () => {
  const file = join(workspace.folder, 'create-distributor.ts');
  writeFileSync(join(workspace.folder, 'key.json'), JSON.stringify(credentials));
  writeFileSync(file, readFileSync(file, 'utf8').replace('http://127.0.0.1:8080', gateway.url));
  await load('create-distributor.ts');
  const { data } = await client.GET('/api/v1/integration/distributors');
  assert.equal(data.distributors[0]?.meta?.host, 'https://example.com');
});

test('the snippet about errors tells a taken name from other failures', async () => {
  const { addWebhook } = await load<{
    addWebhook(client: Client, name: string, url: string): Promise<Webhook | undefined>;
  }>('add-webhook.ts');
  assert.equal((await addWebhook(client, 'orders', 'http://127.0.0.1:9/hook'))?.name, 'orders');
  assert.equal(await addWebhook(client, 'orders', 'http://127.0.0.1:9/hook'), undefined);
  await assert.rejects(addWebhook(client, 'others', 'no url'), { code: 'mint.validationError' });
});

test('the snippet about lists counts failed deliveries', async () => {
  const { countFailed } = await load<{ countFailed(client: Client, from: string): Promise<number> }>('count-failed.ts');
  assert.equal(await countFailed(client, '2026-01-01'), 0);
});

test('callbacks with and without a body are genuine, by either secret of a rotation', async () => {
  for (const method of ['POST', 'GET'] as const) {
    const hook = `/rotated-${method}`;
    const { id } = await client.call('createDistributor', {
      params: { path: { node_id } },
      body: { meta: { host: receiver.url, path: `${hook}?a=b`, method } },
    });
    const path = { id };
    const first = await client.call('getDistributorSecret', { params: { path } });
    const second = await client.call('rotateDistributorSecret', { params: { path } });
    await client.call('sendEvent', { params: { path }, body: { type: 'order.filled', data: {} } });
    const callback = await eventually(() => receiver.received.find((each) => each.path.startsWith(hook)));
    for (const secrets of [first.secret, second.secret, [first.secret, second.secret]])
      await verifyWebhook(callback.headers, method === 'GET' ? callback.path : callback.body, secrets);
  }
});

test("a token is renewed after the gateway's own 401, in either format, and not after a backend's", async () => {
  const own = await gateway.token({ org: org_name, scope: 'integration:read' });
  let asked = 0;
  const token = () => {
    asked += 1;
    return asked === 1 || asked === 3 ? 'expired' : own;
  };
  const renewing = createClient({ url: gateway.url, token });
  await renewing.call('getBacklog');
  await renewing.call('listWebhooks', { params: { path: { org_name } } });
  assert.equal(asked, 4);

  receiver.script(({ headers }) => {
    const error = { code: 'UNAUTHORIZED', message: 'No.', details: {}, request_id: headers['x-request-id'] };
    return answer(401, JSON.stringify({ error }), { 'WWW-Authenticate': 'Basic realm="billing"' });
  });
  const billing = createClient({ url: gateway.url, token, target: 'billing' });
  const earlier = receiver.received.length;
  await assert.rejects(billing.fetch('/api/v1/invoices', { method: 'POST', body: '{}' }), { status: 401 });
  assert.deepEqual([receiver.received.length, asked], [earlier + 1, 5]);
});

const remedy = 'run `npm run client`';
const readDocument = async (): Promise<GatewayDocument> => (await gateway.request('/openapi.json')).body;

test('the client is made from the document that the gateway serves, and was not changed by hand', async () => {
  const document = await readDocument();
  for (const name of Object.values(clientFiles)) {
    const file = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'client', name), 'utf8');
    const { documentHash, textHash, text } = parseClientFile(file);
    assert.equal(documentHash, hashOf(JSON.stringify(toClientDocument(document))), `${name}: ${remedy}`);
    assert.equal(textHash, hashOf(text), `${name}: ${remedy}`);
    if (name === clientFiles.types)
      assert.ok(text.endsWith(`${errorCodeType(Object.keys(errorCatalogue))};\n`), remedy);
  }
  const served = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId = '' }]) => `${operationId}: ${method} ${path}`),
  );
  const known = Object.entries(operationRoutes).map(([id, { method, path }]) => `${id}: ${method} ${path}`);
  assert.ok(known.length > 60, `${known.length} operations`);
  assert.deepEqual(known.toSorted(), served.toSorted());
});

test('the hash of the document depends on calls, parameters and data', async () => {
  const document = await readDocument();
  const changed = (change: (copy: GatewayDocument) => void): string => {
    const copy = structuredClone(document);
    change(copy);
    return hashOf(JSON.stringify(toClientDocument(copy)));
  };
  const operationOf = (copy: GatewayDocument) => copy.paths['/api/v1/integration/backlog']?.get ?? {};
  const hash = changed(() => undefined);
  assert.equal(
    changed((copy) => Object.assign(copy.info, { version: '99.0.0' })),
    hash,
  );
  assert.equal(
    changed((copy) => Object.assign(operationOf(copy), { example: 7 })),
    hash,
  );
  assert.notEqual(
    changed((copy) => Object.assign(operationOf(copy), { summary: '' })),
    hash,
  );
});

test('the client knows which calls honour Idempotency-Key', () => {
  assert.equal(operationRoutes.createDistributor.isIdempotent, true);
  assert.equal('isIdempotent' in operationRoutes.createAccessToken, false);
  assert.equal('isIdempotent' in operationRoutes.listDeliveries, false);
});
