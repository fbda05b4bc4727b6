import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { integration } from '../../plugins/integration/index.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  isSignedWith,
  type Receiver,
  type TestGateway,
  type TestRequest,
} from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';

const base = '/api/v1/integration';
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';

onEveryEngine('events', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let token: string;

  before(async () => {
    receiver = await createReceiver();
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_RETRY_INTERVAL_MS: '30' };
    gateway = await createTestGateway({ plugins: [integration], serverUrl, env });
    token = await gateway.token({ scope: 'integration:read integration:write' });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const call = (path: string, request: TestRequest = {}) =>
    gateway.request(`${base}${path}`, { target: 'integration', token, ...request });

  async function createDistributor(meta: object): Promise<string> {
    const created = await call(`/distributors/nodes/${nodeId}`, { body: { meta: { host: receiver.url, ...meta } } });
    assert.equal(created.status, 201, created.text);
    return created.body.id;
  }

  async function sendEvent(id: string, event: object = { type: 'order.filled', data: { order: 42 } }): Promise<string> {
    const sent = await call(`/distributors/${id}/events`, { body: event });
    assert.equal(sent.status, 202, sent.text);
    return sent.body.deliveries[0].id;
  }

  const settled = (id: string) =>
    eventually(async () => {
      const { body } = await call(`/deliveries/${id}`);
      return ['delivered', 'failed', 'cancelled'].includes(body.status) ? body : undefined;
    });

  test('a distributor with Basic authentication gets a signed event', async () => {
    const authentication = { type: 1, username: 'user', password: 'päss' };
    const id = await createDistributor({ path: '/basic', method: 2, authentication });
    const secret = (await call(`/distributors/${id}/secret`)).body.secret;
    const delivery = await settled(await sendEvent(id));
    assert.equal(delivery.status, 'delivered');
    const request = receiver.received.find(({ path }) => path === '/basic');
    assert.ok(request);
    assert.equal(request.headers.authorization, `Basic ${Buffer.from('user:päss').toString('base64')}`);
    assert.equal(request.headers['webhook-id'], delivery.id);
    assert.ok(isSignedWith(secret, request));
    assert.deepEqual(JSON.parse(request.body).data, { order: 42 });
    assert.equal(delivery.attempts.length, 1);
    assert.equal(delivery.attempts[0].response_body, 'ok');
  });

  test('a GET request carries the event in its query, after the query of the path', async () => {
    const id = await createDistributor({ path: '/query?a=1', method: 1, authentication: { type: 2, token: 'tok' } });
    const secret = (await call(`/distributors/${id}/secret`)).body.secret;
    await settled(await sendEvent(id, { type: 'x', data: { name: 'ü', list: [1, 2] } }));
    const request = receiver.received.find(({ path }) => path.startsWith('/query'));
    assert.ok(request);
    assert.equal(request.headers.authorization, 'Bearer tok');
    assert.equal(request.body, '');
    const query = new URL(request.path, receiver.url).searchParams;
    assert.deepEqual([...query.keys()], ['a', 'id', 'type', 'timestamp', 'name', 'list']);
    assert.equal(query.get('list'), '[1,2]');
    assert.ok(isSignedWith(secret, request));
  });

  test('a 5xx answer leads to four attempts, a 4xx answer to one', async () => {
    receiver.script(({ path }) => answer(path === '/five' ? 503 : 410));
    const failing = await settled(await sendEvent(await createDistributor({ path: '/five' })));
    const refusing = await settled(await sendEvent(await createDistributor({ path: '/four' })));
    receiver.script(() => answer(200));
    assert.deepEqual([failing.status, failing.attempt_count, failing.last_status], ['failed', 4, 503]);
    assert.deepEqual([refusing.status, refusing.attempt_count, refusing.last_status], ['failed', 1, 410]);
    assert.equal(receiver.received.filter(({ path }) => path === '/five').length, 4);
    assert.equal(
      new Set(receiver.received.filter(({ path }) => path === '/five').map(({ headers }) => headers['webhook-id']))
        .size,
      1,
    );
  });
});
