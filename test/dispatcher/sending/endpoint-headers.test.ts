import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ResolvedEndpoint } from '../../../src/plugin.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Received,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { active, createProbe, type Probe } from '../../support/probe-plugin.ts';

onEveryEngine('headers of an endpoint', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  let number = 0;
  const described = new Map<string, ResolvedEndpoint>();

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    probe.resolve = async (ids) => new Map(ids.flatMap((id) => [[id, described.get(id) ?? { state: 'gone' }]]));
    const env = {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_POLL_INTERVAL_MS: '20',
      DISPATCH_RETRY_INTERVAL_MS: '20',
    };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  /** Sends a delivery to a new endpoint with these headers; resolves to its record and its requests. */
  async function send(headers: Record<string, string>, more: { method?: string; authorization?: string } = {}) {
    number += 1;
    const endpoint = `e${number}`;
    described.set(endpoint, { ...active(`${receiver.url}/${endpoint}`), ...more, delivery: { headers } });
    const [id = ''] = await probe.enqueue(endpoint);
    const record = await eventually(async () => {
      const delivery = await probe.dispatcher.deliveries.read('test-org', id);
      return ['delivered', 'failed'].includes(delivery.status) ? delivery : undefined;
    });
    const requests = receiver.received.filter(({ path }) => path.startsWith(`/${endpoint}`));
    return { record, requests, first: requests[0] as Received };
  }

  test('they go with every attempt of every method, and their values are masked in the record', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      receiver.script((_, count) => answer(count % 2 === 1 ? 500 : 200));
      const { record, requests } = await send({ 'X-Tenant': 'blue', 'x-key': 'k-1234', accept: '' }, { method });
      assert.deepEqual(
        requests.map(({ method, headers }) => [method, headers['x-tenant'], headers['x-key'], headers.accept]),
        Array.from({ length: 2 }, () => [method, 'blue', 'k-1234', '']),
      );
      for (const { requestHeaders = {} } of record.attempts) {
        const { 'x-tenant': tenant, 'x-key': key, accept } = requestHeaders;
        assert.deepEqual([tenant, key, accept], ['********', '********', '********']);
      }
    }
  });

  test('values of Latin-1 arrive byte for byte', async () => {
    const { first } = await send({ 'x-name': 'grüße \u00ff' });
    assert.equal(Buffer.from(first.headers['x-name'] ?? '', 'latin1').toString('latin1'), 'grüße \u00ff');
  });

  test("names of the dispatcher and the connection are left out, and the dispatcher's own stay", async () => {
    const forged = [
      ...['Webhook-Id', 'webhook-signature', 'webhook-timestamp', 'webhook-attempt', 'webhook-other', 'User-Agent'],
      ...['content-type', 'Content-Length', 'content-encoding', 'accept-encoding', 'traceparent', 'tracestate', 'HOST'],
      ...['connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
    ];
    const headers = Object.fromEntries(forged.map((name) => [name, 'forged']));
    const { record, first } = await send(
      { ...headers, authorization: 'forged', 'x-kept': 'yes' },
      { authorization: 'own' },
    );
    assert.equal(record.status, 'delivered');
    assert.ok(!Object.values(first.headers).includes('forged'));
    assert.deepEqual(
      [
        first.headers['webhook-id'],
        first.headers.authorization,
        first.headers['content-type'],
        first.headers['x-kept'],
      ],
      [record.id, 'own', 'application/json', 'yes'],
    );
    assert.equal(first.headers.host, new URL(receiver.url).host);
  });

  test('an endpoint without authentication may have a header Authorization', async () => {
    const { first } = await send({ Authorization: 'ApiKey 42' });
    assert.equal(first.headers.authorization, 'ApiKey 42');
  });

  const unsendable: Record<string, Record<string, string>> = {
    'a name that is no token': { 'x y': '1' },
    'a line end in its value': { 'x-a': '1\r\nx-b: 2' },
    'a line end in its name': { 'x-a: 1\r\nx-b': '2' },
    'a value beyond Latin-1': { 'x-a': '€' },
    'too many headers': Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`x-${index}`, '1'])),
    'long headers': { 'x-a': 'a'.repeat(4096), 'x-b': 'b'.repeat(4096) },
  };

  for (const [title, headers] of Object.entries(unsendable)) {
    test(`with ${title}, the delivery fails for good and nothing is sent`, async () => {
      const { record, requests } = await send(headers);
      assert.deepEqual([record.status, record.error, requests.length], ['failed', 'request_not_buildable', 0]);
    });
  }

  test('an answer that echoes the values is recorded without them, short ones aside', async () => {
    const text = 'key-sesame0, sesame1, SESAME0, true, {"x":"c2VzYW1lMA"}';
    receiver.script(() => answer(200, text, { 'x-echo': 'sesame0' }));
    const { record } = await send({ 'x-key': 'sesame0', authorization: 'Bearer sesame1', 'x-flag': 'true' });
    const [attempt] = record.attempts;
    assert.equal(attempt?.responseBody, 'key-[redacted], [redacted], [redacted], true, {"x":"[redacted]"}');
    assert.equal(attempt?.responseHeaders?.['x-echo'], '[redacted]');
    assert.ok(!JSON.stringify(record).includes('sesame'));
    assert.ok(!gateway.log.some((line) => line.includes('sesame')));
  });
});
