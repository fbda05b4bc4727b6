import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createClient, HookgateError, type paths } from '../../src/client/client.ts';
import { delayBeforeRetry } from '../../src/client/retries.ts';
import { answer, type Reaction } from '../../src/receiver/receiver.ts';
import { createScriptedGateway, failure, json, type ScriptedGateway } from '../support/scripted-gateway.ts';

const path = '/api/v1/integration/backlog';
const webhooks = '/v1/mint/organizations/{org_name}/webhooks';
const now = { 'Retry-After': '0' };
const reset: Reaction = { pieces: [], afterwards: 'reset' };
const silence: Reaction = { pieces: [], afterwards: 'silence' };
const broken: Reaction = { pieces: ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"endp'], afterwards: 'close' };

describe('retries of a client', () => {
  let gateway: ScriptedGateway;
  before(async () => {
    gateway = await createScriptedGateway();
  });
  after(() => gateway.receiver.close());
  beforeEach(() => gateway.reset());

  const keys = () => gateway.calls().map(({ headers }) => headers['idempotency-key']);
  const createWebhook = () =>
    gateway
      .client()
      .POST(webhooks, { params: { path: { org_name: 'myorg' } }, body: { name: 'a', postURL: 'http://a' } });

  const passing: [title: string, reaction: Reaction][] = [
    ['429 with Retry-After', failure(429, 'RATE_LIMITED', now)],
    ['503 with a date in Retry-After', failure(503, 'OVERLOADED', { 'Retry-After': 'Thu, 01 Jan 1970 00:00:00 GMT' })],
    ['502 of a proxy in between', answer(502, '<html>Bad gateway</html>', now)],
    ['504', failure(504, 'UPSTREAM_TIMEOUT', now)],
    ['a reset connection', reset],
    ['a broken body', broken],
  ];
  for (const [title, reaction] of passing)
    test(`a GET is repeated after ${title}`, async () => {
      gateway.reactions = [reaction, json(200, { endpoints: [] })];
      const { data } = await gateway.client().GET(path);
      assert.deepEqual(data, { endpoints: [] });
      assert.equal(gateway.calls().length, 2);
    });

  test('a POST that honours Idempotency-Key keeps its key over all attempts', async () => {
    gateway.reactions = [reset, failure(409, 'IDEMPOTENCY_KEY_IN_USE', now), failure(503, 'OVERLOADED', now)];
    await createWebhook();
    assert.equal(keys().length, 4);
    assert.match(keys()[0] ?? '', /^[0-9a-f]{32}$/);
    assert.equal(new Set(keys()).size, 1);
    assert.equal(new Set(gateway.calls().map(({ body }) => body)).size, 1);

    gateway.reset();
    await createWebhook();
    await createWebhook();
    assert.equal(new Set(keys()).size, 2);
  });

  test("the caller's own Idempotency-Key is sent", async () => {
    const params = { path: { org_name: 'myorg' }, header: { 'Idempotency-Key': 'own' } };
    await gateway.client().POST(webhooks, { params, body: { name: 'a', postURL: 'http://a' } });
    assert.deepEqual(keys(), ['own']);
  });

  test('the in-use error of a /v1 call is repeated as well', async () => {
    const inUse = { code: 'mint.idempotencyKeyInUse', message: 'In use.', contexts: [] };
    gateway.reactions = [json(409, inUse, now)];
    await createWebhook();
    assert.equal(keys().length, 2);
  });

  const lasting: [title: string, reaction: Reaction, code: string][] = [
    ['a POST without Idempotency-Key', reset, 'NETWORK_ERROR'],
    ['a POST without Idempotency-Key', failure(503, 'OVERLOADED', now), 'OVERLOADED'],
  ];
  for (const [title, reaction, code] of lasting)
    test(`${title} is not repeated after ${code}`, async () => {
      gateway.reactions = [reaction];
      await assert.rejects(gateway.client().fetch('/api/v1/notes', { method: 'POST', body: '{}' }), { code });
      assert.equal(gateway.calls().length, 1);
    });

  test('a POST to another target on the path of an own call gets no key and is sent once', async () => {
    const node = '/api/v1/integration/distributors/nodes/{node_id}';
    const params = { path: { node_id: 'a' } };
    const body = { meta: { host: 'http://a', path: '/' } };
    const headers = { 'X-Target-Server': 'billing' };
    const billing = createClient<paths, string>({ url: gateway.receiver.url, token: 'token', target: 'billing' });
    const toBilling: (() => Promise<unknown>)[] = [
      () => billing.POST(node, { params, body }),
      () =>
        billing.POST(webhooks, { params: { path: { org_name: 'myorg' } }, body: { name: 'a', postURL: 'http://a' } }),
      () => billing.fetch('/api/v1/integration/deliveries/redeliver', { method: 'POST', body: '{}' }),
      () => gateway.client().POST(node, { params, body, headers }),
    ];
    for (const post of toBilling) {
      gateway.reset();
      gateway.reactions = [failure(503, 'OVERLOADED', now)];
      await assert.rejects(post(), { code: 'OVERLOADED' });
      assert.deepEqual(keys(), [undefined]);
    }
    gateway.reset();
    await billing.POST(node, { params, body, headers: { 'X-Target-Server': 'integration' } });
    assert.match(keys()[0] ?? '', /^[0-9a-f]{32}$/);
  });

  test('a body that is a stream is sent once', async () => {
    const sent: string[] = [];
    const fetch = async (request: Request) => {
      sent.push(await request.text());
      return new Response('{"error":{"code":"OVERLOADED","message":"Later."}}', { status: 503, headers: now });
    };
    const { url } = gateway.receiver;
    const init = { method: 'PUT', body: new Blob(['{}']).stream(), duplex: 'half' } as RequestInit;
    await assert.rejects(createClient({ url, token: 'token', fetch }).fetch('/api/v1/notes', init), {
      code: 'OVERLOADED',
    });
    assert.deepEqual(sent, ['{}']);
  });

  const final: [code: string, reaction: Reaction][] = [
    ['QUERY_TIMEOUT', failure(504, 'QUERY_TIMEOUT', now)],
    ['INTERNAL_ERROR', failure(500, 'INTERNAL_ERROR')],
    ['CONFLICT', failure(409, 'CONFLICT')],
    ['OVERLOADED', failure(503, 'OVERLOADED', { 'Retry-After': '3600' })],
  ];
  for (const [code, reaction] of final)
    test(`a GET is not repeated after ${code} that will not pass soon`, async () => {
      gateway.reactions = [reaction];
      await assert.rejects(gateway.client().GET(path), { code });
      assert.equal(gateway.calls().length, 1);
    });

  test('the number of attempts is bounded', async () => {
    gateway.reactions = Array.from({ length: 9 }, () => failure(503, 'OVERLOADED', now));
    await assert.rejects(gateway.client({ retries: 2 }).GET(path), { code: 'OVERLOADED' });
    assert.equal(gateway.calls().length, 3);
  });

  test('the time of all attempts is bounded', async () => {
    gateway.reactions = [failure(503, 'OVERLOADED', { 'Retry-After': '30' })];
    await assert.rejects(gateway.client({ totalTimeoutMs: 20_000 }).GET(path), { code: 'OVERLOADED', retryAfter: 30 });
    assert.equal(gateway.calls().length, 1);
  });

  test('a silent gateway ends the attempt with TIMEOUT', async () => {
    const client = gateway.client({ timeoutMs: 200, retries: 0 });
    await client.GET(path);
    gateway.reactions = [silence];
    const message = 'No complete response within the 200 ms of timeoutMs.';
    await assert.rejects(client.GET(path), { code: 'TIMEOUT', status: 0, message });
    const deaf = gateway.client({ timeoutMs: 1, retries: 0, fetch: () => new Promise(() => undefined) });
    await assert.rejects(deaf.GET(path), { code: 'TIMEOUT' });
    const { url } = gateway.receiver;
    const impatient = createClient({ url, token: 't', totalTimeoutMs: 20, fetch: () => new Promise(() => undefined) });
    await assert.rejects(impatient.GET(path), { message: 'No complete response within the 20 ms of totalTimeoutMs.' });
    await gateway.client({ timeoutMs: Infinity, totalTimeoutMs: Infinity }).GET(path);
  });

  test('an aborted call ends at once, also while it waits for its next attempt', async () => {
    const abort = new AbortController();
    gateway.reactions = [failure(503, 'OVERLOADED', { 'Retry-After': '30' })];
    const call = gateway.client().GET(path, { signal: abort.signal });
    call.catch(() => undefined);
    while (gateway.calls().length === 0) await new Promise(setImmediate);
    abort.abort(new Error('enough'));
    await assert.rejects(call, (error: HookgateError) => {
      assert.equal(error.code, 'ABORTED');
      assert.equal((error.cause as Error).message, 'enough');
      return true;
    });
    await assert.rejects(gateway.client().GET(path, { signal: AbortSignal.abort() }), { code: 'ABORTED' });
    assert.equal(gateway.calls().length, 1);
  });

  test('pauses grow, vary and have a bound', () => {
    const lost = new HookgateError('NETWORK_ERROR', 'Lost.');
    const delays = (random: number) => [0, 1, 2, 9].map((retries) => delayBeforeRetry(retries, lost, () => random));
    assert.deepEqual(delays(1), [250, 500, 1000, 8000]);
    assert.deepEqual(delays(0), [125, 250, 500, 4000]);
    const limited = new HookgateError('RATE_LIMITED', 'Limited.', { status: 429, retryAfter: 7 });
    assert.equal(
      delayBeforeRetry(0, limited, () => 0),
      7000,
    );
  });
});
