import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { integration } from '../../../plugins/integration/index.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Received,
  type Receiver,
  type TestGateway,
  type TestRequest,
} from '../../../src/testing/index.ts';
import { version } from '../../../src/version.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';

const base = '/api/v1/integration';
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const maxPayloadBytes = 256 * 1024;
const dayMs = 24 * 3600 * 1000;

onEveryEngine('the signed request', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;

  before(async () => {
    receiver = await createReceiver();
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_RETRY_INTERVAL_MS: '20' };
    gateway = await createTestGateway({ plugins: [integration], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  async function call(path: string, request: TestRequest = {}) {
    const token = await gateway.token({ scope: 'integration:read integration:write' });
    return gateway.request(`${base}${path}`, { target: 'integration', token, ...request });
  }

  async function createDistributor(meta: object = {}): Promise<string> {
    const body = { meta: { host: receiver.url, path: '/hook', ...meta } };
    const created = await call(`/distributors/nodes/${nodeId}`, { body });
    assert.equal(created.status, 201, created.text);
    return created.body.id;
  }

  const post = (id: string, data: object) => call(`/distributors/${id}/events`, { body: { type: 'a.b', data } });

  /** Sends an event. Returns the requests at the receiver and the delivery once it is settled. */
  async function deliver(id: string, data: object) {
    const sent = await post(id, data);
    assert.equal(sent.status, 202, sent.text);
    const [{ id: deliveryId }] = sent.body.deliveries;
    const delivery = await eventually(async () => {
      const { body } = await call(`/deliveries/${deliveryId}`);
      return ['delivered', 'failed'].includes(body.status) ? body : undefined;
    });
    return { delivery, requests: receiver.received.filter(({ headers }) => headers['webhook-id'] === deliveryId) };
  }

  async function deliverOne(id: string, data: object = { a: 1 }): Promise<Received> {
    const { requests } = await deliver(id, data);
    assert.equal(requests.length, 1);
    return requests[0] as Received;
  }

  const secretOf = async (id: string): Promise<string> => (await call(`/distributors/${id}/secret`)).body.secret;
  const rotate = async (id: string): Promise<string> =>
    (await call(`/distributors/${id}/secret/rotate`, { method: 'POST' })).body.secret;

  /** Compares with the signature of the specification's library, since its `verify` uses the machine's clock. */
  function isValid(secret: string, { headers, body, method, path }: Received): boolean {
    const seconds = Number(headers['webhook-timestamp']);
    assert.ok(Math.abs(seconds - gateway.clock.now() / 1_000_000) < 60);
    const content = method === 'GET' || method === 'DELETE' ? path : body;
    const expected = new Webhook(secret).sign(headers['webhook-id'] ?? '', new Date(seconds * 1000), content);
    return (headers['webhook-signature'] ?? '').split(' ').includes(expected);
  }

  test('the library of the specification verifies a request, and rejects changed ones', async () => {
    const id = await createDistributor();
    const secret = await secretOf(id);
    const { headers, body } = await deliverOne(id, { name: 'grüß 👋 \u0000\u2028', nested: { a: [1, null] } });
    const webhook = new Webhook(secret);
    assert.deepEqual(webhook.verify(body, headers), JSON.parse(body));
    assert.throws(() => webhook.verify(`${body} `, headers));
    assert.throws(() => webhook.verify(body, { ...headers, 'webhook-id': 'other' }));
    assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(body, headers));
  });

  test('both secrets sign for 24 h after a rotation, then only the new one', async () => {
    const id = await createDistributor();
    const old = await secretOf(id);
    const current = await rotate(id);
    assert.notEqual(current, old);
    const both = await deliverOne(id);
    assert.equal(both.headers['webhook-signature']?.split(' ').length, 2);
    assert.deepEqual([isValid(old, both), isValid(current, both)], [true, true]);
    gateway.clock.advance(dayMs - 60_000);
    const still = await deliverOne(id);
    assert.deepEqual([isValid(old, still), isValid(current, still)], [true, true]);
    gateway.clock.advance(120_000);
    const later = await deliverOne(id);
    assert.deepEqual([isValid(old, later), isValid(current, later)], [false, true]);
  });

  for (const [method, number] of Object.entries({ GET: 1, DELETE: 5 })) {
    test(`${method} signs path and query, keeps the query of the path unchanged and has no body`, async () => {
      const id = await createDistributor({ path: '/q?flag&x=a%20b&y=%2F~', method: number });
      const request = await deliverOne(id, { name: 'ü&=', list: [1], no: null });
      assert.match(
        request.path,
        /^\/q\?flag&x=a%20b&y=%2F~&id=[^&]+&type=a\.b&timestamp=[^&]+&name=%C3%BC%26%3D&list=/,
      );
      assert.equal(request.method, method);
      assert.equal(request.body, '');
      assert.ok(isValid(await secretOf(id), request));
    });
  }

  test('each method has exactly the documented headers', async () => {
    const always = [
      ...['accept-encoding', 'connection', 'host', 'user-agent'],
      ...['webhook-attempt', 'webhook-id', 'webhook-signature', 'webhook-timestamp'],
    ];
    const authentication = { type: 2, token: 'tok' };
    for (const [index, method] of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].entries()) {
      const id = await createDistributor({ method: index + 1, authentication });
      const { headers } = await deliverOne(id);
      const withBody = method === 'GET' || method === 'DELETE' ? [] : ['content-length', 'content-type'];
      assert.deepEqual(Object.keys(headers).sort(), [...always, ...withBody, 'authorization'].sort(), method);
      assert.equal(headers['user-agent'], `hookgate/${version}`);
      assert.equal(headers['accept-encoding'], 'identity');
      assert.equal(headers.authorization, 'Bearer tok');
      if (withBody.length > 0) assert.equal(headers['content-type'], 'application/json');
    }
  });

  test('attempts are numbered, keep id and body, and each has a timestamp and signature of its own', async () => {
    const id = await createDistributor();
    const secret = await secretOf(id);
    receiver.script(() => {
      gateway.clock.advance(1000);
      return answer(500);
    });
    const { requests } = await deliver(id, { a: 1 });
    receiver.script(() => answer(200, 'ok'));
    assert.deepEqual(
      requests.map(({ headers }) => headers['webhook-attempt']),
      ['1', '2', '3', '4'],
    );
    assert.equal(new Set(requests.map(({ body }) => body)).size, 1);
    assert.equal(new Set(requests.map(({ headers }) => headers['webhook-timestamp'])).size, 4);
    assert.ok(requests.every((request) => isValid(secret, request)));
  });

  test('the stored bytes are sent unchanged up to 256 KiB, and a byte more is refused', async () => {
    const id = await createDistributor();
    const secret = await secretOf(id);
    const { body: probe } = await deliverOne(id, { text: '' });
    const room = maxPayloadBytes - Buffer.byteLength(probe);
    const text = `${'👋é'.repeat(Math.floor(room / 6))}${'x'.repeat(room % 6)}`;
    const { delivery, requests } = await deliver(id, { text });
    const [request] = requests;
    assert.ok(request);
    assert.equal(Buffer.byteLength(request.body), maxPayloadBytes);
    assert.equal(request.headers['content-length'], String(maxPayloadBytes));
    assert.deepEqual(delivery.payload, JSON.parse(request.body));
    assert.ok(isValid(secret, request));
    const over = await post(id, { text: `${text}x` });
    assert.ok([400, 413].includes(over.status), over.text);
    assert.match(over.body.error.code, /^(VALIDATION_ERROR|PAYLOAD_TOO_LARGE)$/);
  });

  test('lone surrogates arrive as JSON escapes', async () => {
    const id = await createDistributor();
    const { body } = await deliverOne(id, { text: 'a\ud800b' });
    assert.equal(JSON.parse(body).data.text, 'a\ud800b');
  });
});
