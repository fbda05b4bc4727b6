import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTurnOff } from '../../../plugins/integration/delivery-settings/turn-off.ts';
import { createEndpointChanges } from '../../../src/dispatcher/deliveries/endpoint-changes.ts';
import { answer, type TestAnswer } from '../../../src/testing/index.ts';
import { assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';
import { basic } from './distributor-client.ts';
import { assertMintError } from './webhook-client.ts';

const mask = '********';
const defaults = {
  enabled: true,
  event_types: ['*'],
  headers: {},
  retry_schedule: null,
  timeout_ms: null,
  rate_limit: null,
  ordered: false,
  disable_after_s: null,
};
const { enabled: _enabled, event_types: _types, ...webhookDefaults } = defaults;
const shared = {
  retry_schedule: [1, 604_800],
  timeout_ms: 100,
  rate_limit: { per_second: 0.1 },
  ordered: true,
  disable_after_s: 86_400,
};
const full = {
  enabled: false,
  event_types: ['hookgate.*', 'order.*'],
  headers: { 'X-Key': 's3cr3t-value' },
  ...shared,
};

const bad: readonly (readonly [field: string, value: unknown, ...paths: string[]])[] = [
  ...['x', 1, null, []].map((value) => ['headers', value, 'headers'] as const),
  ['headers', Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`x-${index}`, 'v'])), 'headers'],
  ...[1, null, '', 'a\nb', 'a\u0000', '€', 'v'.repeat(4097), ' v', {}].map(
    (value) => ['headers', { 'X-Y': value, 'X-Z': 'good' }, 'headers.X-Y'] as const,
  ),
  ...[
    ...['a b', 'ä', 'x:y', 'x\n', 'n'.repeat(101), 'Host', 'Content-Type', 'User-Agent', 'Webhook-Id', 'Connection'],
    ...['webhook-anything', 'Transfer-Encoding', 'Content-Length', 'Keep-Alive', 'TE', 'Upgrade', 'Expect'],
    ...['Proxy-Authorization', 'traceparent', 'Accept-Encoding'],
  ].map((name) => ['headers', { [name]: 'v', 'X-Z': 'good' }, `headers.${name}`] as const),
  ['headers', { Host: 'v', 'X-Y': 5, Te: 'v' }, 'headers.Host', 'headers.X-Y', 'headers.Te'],
  ['headers', { 'X-Y': 'v', 'x-y': 'w' }, 'headers.x-y'],
  ['headers', { 'X-Y': mask }, 'headers.X-Y'],
  ['headers', { a: 'v'.repeat(4096), b: 'v'.repeat(4096) }, 'headers'],
  ...['x', 60, {}, true].map((value) => ['retry_schedule', value, 'retry_schedule'] as const),
  ['retry_schedule', Array.from({ length: 21 }, () => 1), 'retry_schedule'],
  ...[0, -1, 604_801, 1.5, '5', null].map((value) => ['retry_schedule', [1, 2, value], 'retry_schedule.2'] as const),
  ...[99, 10_001, 100.5, '100', {}, true].map((value) => ['timeout_ms', value, 'timeout_ms'] as const),
  ...['x', 5, []].map((value) => ['rate_limit', value, 'rate_limit'] as const),
  ...[0.09, 1000.1, 0, -1, '1', null, undefined].map(
    (value) => ['rate_limit', { per_second: value }, 'rate_limit.per_second'] as const,
  ),
  ['rate_limit', { per_second: 1, per_minute: 60 }, 'rate_limit.per_minute'],
  ...['true', 1, null].map((value) => ['ordered', value, 'ordered'] as const),
  ...[0, -1, 1.5, 31_536_001, '60'].map((value) => ['disable_after_s', value, 'disable_after_s'] as const),
];
const badOfDistributors: typeof bad = [
  ...['false', 0, null].map((value) => ['enabled', value, 'enabled'] as const),
  ...['*', null, {}].map((value) => ['event_types', value, 'event_types'] as const),
  ['event_types', Array.from({ length: 51 }, (_, index) => `t${index}`), 'event_types'],
  ['event_types', ['a', '*.b'], 'event_types.1'],
  ['event_types', ['a', 'a'], 'event_types.1'],
  ['unknown', 1, 'unknown'],
  ['retrySchedule', [1], 'retrySchedule'],
];
const misleading = ['enabled', 'event_types', 'eventTypes', 'retrySchedule', 'timeoutMs', 'rateLimit', 'disableAfterS'];

onEveryEngine('delivery settings', ({ serverUrl, testOnServer }) => {
  let integration: IntegrationGateway;
  let call: IntegrationGateway['call'];
  let token: string;
  let webhooks = 0;

  before(async () => {
    // No retry is due in a test.
    integration = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '600000' });
    ({ call } = integration);
    token = await integration.gateway.token({ scope: 'integration:read integration:write' });
  });
  after(() => integration.close());

  const put = (id: string, body: object): Promise<TestAnswer> =>
    call(`/distributors/${id}/delivery`, { method: 'PUT', body });
  const read = async (id: string) => (await call(`/distributors/${id}/delivery`)).body;
  const update = (id: string, meta: object | null) => call(`/distributors/${id}`, { method: 'PUT', body: { meta } });
  const meta = (change: object = {}) => ({ host: integration.receiver.url, path: '/hook', method: 2, ...change });
  const receivedAt = (path: string) => integration.receiver.received.filter((request) => request.path === path);
  const mint = (path: string, request: object = {}): Promise<TestAnswer> =>
    integration.gateway.request(`/v1/mint/organizations/test-org/webhooks${path}`, { token, ...request });
  const putMint = (id: string, body: object) => mint(`/${id}/delivery`, { method: 'PUT', body });

  async function createWebhook(path = '/hook'): Promise<string> {
    webhooks += 1;
    const body = { name: `webhook ${webhooks}`, postURL: integration.receiver.url + path, enabled: true };
    return (await mint('', { body })).body.id;
  }

  /** The columns of the settings, as stored. */
  const stored = (table: string, id: string): Promise<Record<string, string | null>> =>
    integration.gateway.app.foundation.database.read((db) =>
      db(table).where({ id }).first('delivery_settings', 'delivery_headers'),
    );

  test('a distributor has the defaults, and PUT replaces all of them', async () => {
    const id = await integration.createDistributor();
    const object = (await call(`/distributors/${id}`)).body;
    assert.deepEqual(await read(id), defaults);
    assert.deepEqual(Object.keys(await read(id)), Object.keys(defaults));
    const changed = await put(id, full);
    assert.deepEqual([changed.status, changed.body], [200, { ...full, headers: { 'X-Key': mask } }]);
    assert.deepEqual(await read(id), changed.body);
    assert.deepEqual((await put(id, changed.body)).body, changed.body);
    assert.deepEqual((await call(`/distributors/${id}`)).body, object);
    const single = await put(id, { retry_schedule: [] });
    assert.deepEqual(single.body, { ...defaults, retry_schedule: [] });
    assert.deepEqual((await put(id, {})).body, defaults);
    assert.deepEqual(await read(id), defaults);
  });

  test('a webhook has the same settings but two, in alphabetical order', async () => {
    const id = await createWebhook();
    const object = (await mint(`/${id}`)).body;
    const names = Object.keys(webhookDefaults).sort();
    const before = await mint(`/${id}/delivery`);
    assert.deepEqual([before.status, before.body], [200, webhookDefaults]);
    const { enabled: _1, event_types: _2, ...settings } = full;
    const changed = await putMint(id, { ...settings, unknown: 1 });
    assert.deepEqual([changed.status, changed.body], [200, { ...settings, headers: { 'X-Key': mask } }]);
    for (const { body } of [before, changed]) assert.deepEqual(Object.keys(body), names);
    assert.deepEqual((await mint(`/${id}/delivery`)).body, changed.body);
    assert.deepEqual((await mint(`/${id}`)).body, object);
    for (const name of misleading)
      assertMintError(await putMint(id, { ...settings, [name]: true }), 400, 'mint.validationError', [name]);
    assert.deepEqual((await mint(`/${id}/delivery`)).body, changed.body);
    assert.deepEqual((await putMint(id, {})).body, webhookDefaults);
  });

  test('every bad value is refused by its place, and changes nothing', async () => {
    const [id, webhook] = [await integration.createDistributor(), await createWebhook()];
    for (const [field, value, ...paths] of [...bad, ...badOfDistributors]) {
      const note = `${field} ${JSON.stringify(value)?.slice(0, 60)}`;
      assertInvalid(await put(id, { timeout_ms: 200, [field]: value }), paths, note);
    }
    for (const [field, value, ...paths] of bad)
      assertMintError(await putMint(webhook, { [field]: value }), 400, 'mint.validationError', paths);
    assert.deepEqual(await read(id), defaults);
    assert.deepEqual((await mint(`/${webhook}/delivery`)).body, webhookDefaults);
  });

  test('values of headers are encrypted, in no answer and no line of the log', async () => {
    const [id, webhook] = [await integration.createDistributor(), await createWebhook()];
    const headers = { 'X-Key': 's3cr3t-value', Authorization: 'Bearer s3cr3t-value' };
    const answers = [await put(id, { headers }), await putMint(webhook, { headers })];
    for (const [table, key] of [
      ['integration_distributors', id],
      ['integration_webhooks', webhook],
    ] as const) {
      const { delivery_headers, delivery_settings } = await stored(table, key);
      assert.ok(delivery_headers && delivery_settings);
      assert.doesNotMatch(delivery_headers + delivery_settings, /s3cr3t/);
    }
    for (const { status, text } of answers) assert.equal(status, 200, text);
    assert.deepEqual((await read(id)).headers, { 'X-Key': mask, Authorization: mask });
    assert.doesNotMatch(answers.map(({ text }) => text).join() + integration.gateway.log.join(), /s3cr3t/);
    await put(id, {});
    assert.equal((await stored('integration_distributors', id)).delivery_headers, null);
  });

  test('headers are sent with every attempt, and a mask keeps the value under any spelling of the name', async () => {
    const id = await integration.createDistributor({ path: '/headers' });
    const sent = async () => {
      await integration.reached(await integration.send(id), 'delivered');
      return receivedAt('/headers').at(-1)?.headers ?? {};
    };
    await put(id, { headers: { 'X-One': 'first', 'X-Two': 'second', constructor: 'third' } });
    const first = await sent();
    assert.deepEqual([first['x-one'], first['x-two'], first.constructor], ['first', 'second', 'third']);
    const changed = await put(id, { headers: { 'x-ONE': mask, 'X-Two': 'changed' } });
    assert.deepEqual(changed.body.headers, { 'x-ONE': mask, 'X-Two': mask });
    const second = await sent();
    assert.deepEqual(
      [second['x-one'], second['x-two'], Object.hasOwn(second, 'constructor')],
      ['first', 'changed', false],
    );
    assertInvalid(await put(id, { headers: { 'X-Two': mask, 'X-Three': mask } }), ['headers.X-Three']);
  });

  test('headers do not travel to another origin of a distributor', async () => {
    const id = await integration.createDistributor({ path: '/bound' });
    await put(id, { headers: { 'X-Key': 's3cr3t-value' }, timeout_ms: 5000 });
    const { port } = new URL(integration.receiver.url);
    for (const host of [`http://localhost:${port}`, `https://127.0.0.1:${port}`, 'http://127.0.0.1:9'])
      assertInvalid(await update(id, meta({ host })), ['meta.host'], host);
    assert.equal((await update(id, meta({ host: `${integration.receiver.url}/`, path: '/bound-2' }))).status, 200);
    await integration.reached(await integration.send(id), 'delivered');
    assert.equal(receivedAt('/bound-2')[0]?.headers['x-key'], 's3cr3t-value');
    // A webhook that is removed takes its headers along, as it does its credentials.
    await update(id, null);
    assert.deepEqual(await read(id), { ...defaults, timeout_ms: 5000 });
    assertInvalid(await put(id, { headers: { 'X-Key': 'v' } }), ['headers']);
    await update(id, meta({ host: `http://localhost:${port}`, path: '/bound-3' }));
    await integration.reached(await integration.send(id), 'delivered');
    assert.equal(receivedAt('/bound-3')[0]?.headers['x-key'], undefined);
  });

  test('headers do not travel to another origin of a webhook', async () => {
    const id = await createWebhook('/bound');
    await putMint(id, { headers: { 'X-Key': 's3cr3t-value' } });
    for (const postUrl of ['http://127.0.0.1:9/bound', integration.receiver.url.replace('127.0.0.1', 'localhost')])
      for (const method of ['PUT', 'POST'])
        assertMintError(await mint(`/${id}`, { method, body: { postUrl } }), 400, 'mint.validationError', ['postUrl']);
    const postURL = `${integration.receiver.url}/elsewhere`;
    assert.equal((await mint(`/${id}`, { method: 'PUT', body: { postURL } })).status, 200);
    assert.deepEqual((await mint(`/${id}/delivery`)).body.headers, { 'X-Key': mask });
    await putMint(id, {});
    assert.equal((await mint(`/${id}`, { method: 'PUT', body: { postUrl: 'http://127.0.0.1:9/bound' } })).status, 200);
  });

  test('an address that was changed beside the rules gets no headers', async () => {
    const id = await integration.createDistributor({ path: '/beside' });
    await put(id, { headers: { 'X-Key': 's3cr3t-value' } });
    const host = integration.receiver.url.replace('127.0.0.1', 'localhost');
    const { database } = integration.gateway.app.foundation;
    await database.transaction((trx) => trx('integration_distributors').where({ id }).update({ host }));
    assert.deepEqual((await read(id)).headers, {});
    assertInvalid(await put(id, { headers: { 'X-Key': mask } }), ['headers.X-Key']);
    await integration.reached(await integration.send(id), 'delivered');
    assert.equal(receivedAt('/beside')[0]?.headers['x-key'], undefined);
  });

  test('a header Authorization and an authentication exclude each other, in both orders', async () => {
    const headers = { authorization: 'Bearer mine' };
    const id = await integration.createDistributor({ path: '/authorized' });
    assert.equal((await put(id, { headers })).status, 200);
    assertInvalid(await update(id, meta({ path: '/authorized', authentication: basic })), ['meta.authentication']);
    await integration.reached(await integration.send(id), 'delivered');
    assert.equal(receivedAt('/authorized')[0]?.headers.authorization, 'Bearer mine');
    await put(id, {});
    assert.equal((await update(id, meta({ path: '/authorized', authentication: basic }))).status, 200);
    assertInvalid(await put(id, { headers: { AUTHORIZATION: 'Bearer mine' } }), ['headers.AUTHORIZATION']);
    assertInvalid(await put(id, { headers: { AUTHORIZATION: mask } }), ['headers.AUTHORIZATION']);
    assert.equal((await update(id, meta({ path: '/authorized' }))).status, 200);
    assert.equal((await put(id, { headers })).status, 200);
  });

  test('a disabled distributor holds deliveries that wait and that come, and enabling releases them', async () => {
    integration.receiver.script(({ path }) => answer(path === '/switched' ? 503 : 200));
    const id = await integration.createDistributor({ path: '/switched' });
    await put(id, { retry_schedule: [600] });
    const waiting = await integration.send(id);
    await integration.reached(waiting, 'pending');
    while ((await integration.read(waiting)).attempt_count === 0) await integration.reached(waiting, 'pending');
    assert.equal((await put(id, { enabled: false })).body.enabled, false);
    await integration.reached(waiting, 'held');
    const coming = [await integration.send(id), await integration.send(id)];
    for (const delivery of coming) await integration.reached(delivery, 'held');
    assert.equal(receivedAt('/switched').length, 1);
    integration.receiver.script(() => answer(200));
    assert.equal((await put(id, {})).body.enabled, true);
    for (const delivery of [waiting, ...coming]) await integration.reached(delivery, 'delivered');
    assert.equal(receivedAt('/switched').length, 4);
  });

  testOnServer('no delivery slips through while a distributor is disabled and enabled', async () => {
    const id = await integration.createDistributor({ path: '/storm' });
    const sent: Promise<string>[] = [];
    for (let round = 0; round < 6; round += 1) {
      sent.push(...Array.from({ length: 4 }, () => integration.send(id)));
      const [changed] = await Promise.all([put(id, { enabled: round % 2 === 1 }), ...sent.slice(-2)]);
      assert.equal(changed.status, 200, changed.text);
    }
    const deliveries = await Promise.all(sent);
    await put(id, { enabled: false });
    const late = await integration.send(id);
    await integration.reached(late, 'held');
    await put(id, { enabled: true });
    for (const delivery of [...deliveries, late]) await integration.reached(delivery, 'delivered');
  });

  test('the gateway turns endpoints off once, as a caller does', async () => {
    const [id, webhook] = [await integration.createDistributor(), await createWebhook()];
    const { database, encryption, now, log } = integration.gateway.app.foundation;
    const logger = log.labelled('test');
    const dispatcher = createEndpointChanges({ database, now, logger, wake: () => undefined });
    const turnOff = createTurnOff({ encryption, dispatcher, now });
    const off = (kind: 'distributor' | 'webhook', key: string, organization = 'test-org') =>
      database.transaction((trx) => turnOff[kind](trx, organization, key));
    assert.equal(await off('distributor', id, 'other-org'), false);
    assert.equal(await off('webhook', webhook, 'other-org'), false);
    assert.deepEqual([await off('distributor', id), await off('distributor', id)], [true, false]);
    assert.deepEqual([await off('webhook', webhook), await off('webhook', webhook)], [true, false]);
    assert.equal((await read(id)).enabled, false);
    await integration.reached(await integration.send(id), 'held');
    const { enabled, updatedBy } = (await mint(`/${webhook}`)).body;
    assert.deepEqual([enabled, updatedBy], [false, 'hookgate']);
  });

  test('settings of an endpoint that does not exist, or of another organization, are not found', async () => {
    const [id, webhook] = [await integration.createDistributor(), await createWebhook()];
    const other = await integration.gateway.token({ org: 'other-org', scope: 'integration:read integration:write' });
    for (const method of ['GET', 'PUT', 'PATCH']) {
      const request = { method, token: other, ...(method === 'GET' ? {} : { body: {} }) };
      assert.equal((await call(`/distributors/${id}/delivery`, request)).status, 404);
      const path = `/v1/mint/organizations/other-org/webhooks/${webhook}/delivery`;
      assertMintError(await integration.gateway.request(path, request), 404, 'mint.resourceDoesNotExist');
    }
    const reader = await integration.gateway.token({ scope: 'integration:read' });
    for (const method of ['PUT', 'PATCH'])
      assert.equal((await call(`/distributors/${id}/delivery`, { token: reader, method, body: {} })).status, 403);
    assert.equal((await call(`/distributors/${id}/delivery`, { token: reader })).status, 200);
  });
});
