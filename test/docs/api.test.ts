import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { conditionAnswer } from '../../plugins/integration/conditions/condition-schemas.ts';
import { attempt, deliveryAnswer } from '../../plugins/integration/deliveries/delivery-schemas.ts';
import { distributorAnswer } from '../../plugins/integration/distributors/distributor-schemas.ts';
import { itemAnswer } from '../../plugins/integration/notification-items/item-schemas.ts';
import { type Subject, toCallbackBody } from '../../plugins/integration/usage/callback-body.ts';
import { webhookAnswer } from '../../plugins/integration/webhooks/webhook-schemas.ts';
import { loadSources } from '../../src/plugin-loader.ts';
import { sourcesIn } from '../../src/plugin-sources.ts';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { documents, readDocument, root } from './documents.ts';

const text = readDocument('docs/api.md');
let gateway: TestGateway;

before(async () => {
  const plugins = (await loadSources(sourcesIn(join(root, 'plugins')))).map(({ plugin }) => plugin);
  gateway = await createTestGateway({ plugins });
});
after(() => gateway.close());

test('docs/api.md lists exactly the calls of the targets', async () => {
  const { body } = await gateway.request('/openapi.json');
  const calls = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const pages = ['/', '/healthz', '/readyz', '/openapi.json', '/openapi/{target}.json', '/docs'].map(
    (path) => `GET ${path}`,
  );
  const named = [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`]*)`/g)].map(([, call]) => call);
  assert.deepEqual([...new Set(named)].toSorted(), [...calls, ...pages].toSorted());
});

test('the tables of `integration` list all calls with their scopes', async () => {
  const { body } = await gateway.request('/openapi/integration.json');
  const rows = [...text.matchAll(/^\| `(\w+) (\/(?:api|v1)\/[^`]+)` \| `(\S+)` \|/gm)];
  const calls = Object.values(body.paths).flatMap((operations) => Object.keys(operations as object));
  assert.equal(rows.length, calls.length);
  for (const [, method = '', path = '', scope = ''] of rows) {
    assert.match(body.paths[path][method.toLowerCase()].description, new RegExp(`Scopes: ${scope}\\.$`));
  }
});

test('the pages of the gateway itself respond with 200, and / leads to the web pages', async () => {
  const front = await gateway.request('/', { headers: { Accept: 'text/html' } });
  assert.deepEqual([front.status, front.headers.get('location')], [302, '/console/']);
  for (const path of ['/healthz', '/readyz', '/openapi.json', '/openapi/integration.json', '/docs']) {
    assert.equal((await gateway.request(path, { headers: { Accept: 'text/html' } })).status, 200, path);
  }
});

const crossing = { application: '', target: 1n, threshold: 1, cycle: 0, time: 0 };
const subject: Subject = {
  ...{ subscriptionId: '', startAt: 0, organization: '', email: '', firstName: '', lastName: '', companyName: '' },
  ...{ attributes: [], packageId: '', packageName: '', planId: '', planName: '', planType: '', products: [] },
  ...{ planStartAt: 0, planEndAt: null, durationMonths: 1 },
};

test('every JSON example is valid, and examples of responses match their schemas', () => {
  const examples = documents.flatMap((document) =>
    [...readDocument(document).matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
      ([, json = '']) => JSON.parse(json) as object,
    ),
  );
  const distributors = examples.filter((example) => 'node_id' in example);
  assert.equal(distributors.length, 1);
  assert.equal(distributorAnswer.validate(distributors[0], { convert: false }).error, undefined);
  const [webhook] = examples.filter((example) => 'postUrl' in example);
  assert.equal(webhookAnswer.required().validate(webhook, { convert: false }).error, undefined);
  const [item] = examples.filter((example) => 'deliveryStatus' in example);
  assert.equal(itemAnswer.required().validate(item, { convert: false }).error, undefined);
  const [condition] = examples.filter((example) => 'notificationCondition' in example);
  assert.equal(conditionAnswer.required().validate(condition, { convert: false }).error, undefined);
  const [callback] = examples.filter((example) => 'quotaPercentUsed' in example);
  assert.deepEqual(Object.keys(callback ?? {}), Object.keys(toCallbackBody(subject, crossing)));
  const [delivery] = examples.filter((example) => 'next_attempt_at' in example);
  assert.equal(deliveryAnswer.required().validate(delivery, { convert: false }).error, undefined);
  const [attempted] = examples.filter((example) => 'phases_ms' in example);
  assert.equal(attempt.required().validate(attempted, { convert: false }).error, undefined);
});
