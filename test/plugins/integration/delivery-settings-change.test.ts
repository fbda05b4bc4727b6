import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestAnswer } from '../../../src/testing/index.ts';
import { assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';
import { assertMintError } from './webhook-client.ts';

const mask = '********';
const shared = {
  retry_schedule: [5, 60],
  timeout_ms: 2000,
  rate_limit: { per_second: 10 },
  ordered: true,
  disable_after_s: 86_400,
};
const headers = { 'X-Key': 's3cr3t-value', 'X-Other': 'other' };
const full = { enabled: false, event_types: ['order.*'], headers, ...shared };
const masked = { 'X-Key': mask, 'X-Other': mask };

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

onEveryEngine('changes of delivery settings', ({ serverUrl }) => {
  let integration: IntegrationGateway;
  let token: string;

  before(async () => {
    integration = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '600000' });
    token = await integration.gateway.token({ scope: 'integration:read integration:write' });
  });
  after(() => integration.close());

  const settings = (method: string, id: string, request: object = {}): Promise<TestAnswer> =>
    integration.call(`/distributors/${id}/delivery`, { method, ...request });
  const patch = (id: string, body: object) => settings('PATCH', id, { body });
  const read = async (id: string) => (await settings('GET', id)).body;
  const mint = (path: string, request: object = {}): Promise<TestAnswer> =>
    integration.gateway.request(`/v1/mint/organizations/test-org/webhooks${path}`, { token, ...request });

  async function createDistributor(path = '/hook'): Promise<string> {
    const id = await integration.createDistributor({ path });
    assert.equal((await settings('PUT', id, { body: full })).status, 200);
    return id;
  }
  async function createWebhook(): Promise<string> {
    const body = { name: `webhook ${Math.random()}`, postURL: `${integration.receiver.url}/hook` };
    const { id } = (await mint('', { body })).body;
    assert.equal((await mint(`/${id}/delivery`, { method: 'PUT', body: { headers, ...shared } })).status, 200);
    return id;
  }

  test('PATCH changes the given settings and keeps all others, also the values of headers', async () => {
    const id = await createDistributor('/kept');
    const held = await integration.send(id);
    await integration.reached(held, 'held');
    const changed = await patch(id, { enabled: true });
    assert.deepEqual([changed.status, changed.body], [200, { ...full, enabled: true, headers: masked }]);
    assert.deepEqual(await read(id), changed.body);
    await integration.reached(held, 'delivered');
    const request = integration.receiver.received.find(({ path }) => path === '/kept');
    assert.deepEqual([request?.headers['x-key'], request?.headers['x-other']], ['s3cr3t-value', 'other']);
    assert.deepEqual((await patch(id, { timeout_ms: 300 })).body, { ...changed.body, timeout_ms: 300 });
    assert.equal((await patch(id, { enabled: false })).body.enabled, false);
    await integration.reached(await integration.send(id), 'held');
  });

  test('a webhook has the same call', async () => {
    const id = await createWebhook();
    const changed = await mint(`/${id}/delivery`, { method: 'PATCH', body: { timeout_ms: 300, unknown: 1 } });
    assert.deepEqual([changed.status, changed.body], [200, { ...shared, timeout_ms: 300, headers: masked }]);
    assert.deepEqual(Object.keys(changed.body), Object.keys(changed.body).sort());
    assert.deepEqual((await mint(`/${id}/delivery`)).body, changed.body);
    const refused = await mint(`/${id}/delivery`, { method: 'PATCH', body: { enabled: true, retrySchedule: [1] } });
    assertMintError(refused, 400, 'mint.validationError', ['enabled', 'retrySchedule']);
  });

  test('null resets a setting to its default', async () => {
    const id = await createDistributor();
    let expected: Record<string, unknown> = { ...full, headers: masked };
    for (const [name, value] of Object.entries(defaults)) {
      expected = { ...expected, [name]: value };
      assert.deepEqual((await patch(id, { [name]: null })).body, expected, name);
    }
    assert.deepEqual(await read(id), defaults);
  });

  test('headers are set one by one under any spelling of their names, and null removes one', async () => {
    const id = await createDistributor('/changed');
    const changed = await patch(id, {
      enabled: true,
      headers: { 'x-KEY': mask, 'x-other': null, 'X-New': 'new', 'X-Never': null },
    });
    assert.deepEqual(changed.body.headers, { 'x-KEY': mask, 'X-New': mask });
    await integration.reached(await integration.send(id, { type: 'order.filled', data: {} }), 'delivered');
    const sent = integration.receiver.received.find(({ path }) => path === '/changed')?.headers ?? {};
    assert.deepEqual([sent['x-key'], sent['x-new'], sent['x-other']], ['s3cr3t-value', 'new', undefined]);
    const log = integration.gateway.log.join();
    assert.doesNotMatch(changed.text + log, /s3cr3t/);
  });

  test('bad values are refused as in PUT, and change nothing', async () => {
    const [id, webhook] = [await createDistributor(), await createWebhook()];
    const many = Object.fromEntries(Array.from({ length: 19 }, (_, index) => [`x-${index}`, 'v']));
    const bad: readonly (readonly [body: object, ...paths: string[]])[] = [
      [{ timeout_ms: 99 }, 'timeout_ms'],
      [{ rate_limit: {} }, 'rate_limit.per_second'],
      [{ headers: { Host: 'v' } }, 'headers.Host'],
      [{ headers: { Host: null, 'a b': null } }, 'headers.Host', 'headers.a b'],
      [{ headers: { 'X-New': mask } }, 'headers.X-New'],
      [{ headers: { 'X-New': 'v', 'x-new': null } }, 'headers.x-new'],
      [{ headers: many }, 'headers'],
      [{ headers: { a: 'v'.repeat(4096), b: 'v'.repeat(4085) } }, 'headers'],
    ];
    for (const [body, ...paths] of bad) {
      assertInvalid(await patch(id, body), paths, JSON.stringify(body).slice(0, 60));
      const answer = await mint(`/${webhook}/delivery`, { method: 'PATCH', body });
      assertMintError(answer, 400, 'mint.validationError', paths);
    }
    assertInvalid(await patch(id, { unknown: 1 }), ['unknown']);
    assert.deepEqual(await read(id), { ...full, headers: masked });
    assert.deepEqual((await patch(id, {})).body, { ...full, headers: masked });
  });

  test('a change without a body is refused, in place of resetting everything', async () => {
    const [id, webhook] = [await createDistributor(), await createWebhook()];
    for (const method of ['PUT', 'PATCH']) {
      const refused = await settings(method, id);
      assertInvalid(refused, ['']);
      assert.match(refused.text, /a body is required/);
      assertMintError(await mint(`/${webhook}/delivery`, { method }), 400, 'mint.validationError', ['']);
    }
    assert.deepEqual(await read(id), { ...full, headers: masked });
    assert.deepEqual((await mint(`/${webhook}/delivery`)).body, { ...shared, headers: masked });
  });

  test('concurrent changes keep the settings of each other', async () => {
    const [id, webhook] = [await createDistributor(), await createWebhook()];
    const changes = [
      { enabled: true },
      { event_types: ['invoice.*'] },
      { headers: { 'X-Key': 'changed' } },
      { headers: { 'X-Other': null } },
      { headers: { 'X-New': 'new' } },
      { retry_schedule: [1] },
      { timeout_ms: 700 },
      { rate_limit: null },
      { ordered: false },
      { disable_after_s: 60 },
    ];
    const after = {
      ...{ headers: { 'X-Key': mask, 'X-New': mask }, retry_schedule: [1], timeout_ms: 700 },
      ...{ rate_limit: null, ordered: false, disable_after_s: 60 },
    };
    const answers = await Promise.all(changes.map((body) => patch(id, body)));
    for (const { status, text } of answers) assert.equal(status, 200, text);
    assert.deepEqual(await read(id), { enabled: true, event_types: ['invoice.*'], ...after });
    const ofWebhook = changes.slice(2).map((body) => mint(`/${webhook}/delivery`, { method: 'PATCH', body }));
    for (const { status, text } of await Promise.all(ofWebhook)) assert.equal(status, 200, text);
    assert.deepEqual((await mint(`/${webhook}/delivery`)).body, after);
  });

  test('a change with an outdated tag is refused', async () => {
    const id = await createDistributor();
    const tag = (await settings('GET', id)).headers.get('etag') ?? '';
    const change = (timeout_ms: number) =>
      settings('PATCH', id, { body: { timeout_ms }, headers: { 'If-Match': tag } });
    assert.deepEqual([(await change(800)).status, (await change(900)).status], [200, 412]);
    assert.equal((await read(id)).timeout_ms, 800);
  });
});
