import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { type ClientOptions, createClient, type HookgateError, isHookgateError } from '../../src/client/client.ts';
import { secondsOfRetryAfter } from '../../src/client/hookgate-error.ts';
import { answer } from '../../src/receiver/receiver.ts';
import { createScriptedGateway, json, type ScriptedGateway } from '../support/scripted-gateway.ts';

const path = '/api/v1/integration/backlog';
const distributor = '/api/v1/integration/distributors/{id}';

describe('calls of a client', () => {
  let gateway: ScriptedGateway;
  before(async () => {
    gateway = await createScriptedGateway();
  });
  after(() => gateway.receiver.close());
  beforeEach(() => gateway.reset());

  const failed = async (promise: Promise<unknown>): Promise<HookgateError> => {
    const error: unknown = await promise.then(
      () => assert.fail('the call succeeded'),
      (reason: unknown) => reason,
    );
    assert.ok(isHookgateError(error), String(error));
    return error;
  };
  const headersOfCall = () => gateway.calls().at(-1)?.headers ?? assert.fail('no call arrived');

  test('target and organization are sent where calls need them', async () => {
    const client = gateway.client({ organization: 'myorg' });
    await client.GET(path);
    assert.equal(headersOfCall()['x-target-server'], 'integration');
    assert.equal(headersOfCall()['x-organization'], 'myorg');
    await client.GET(path, { params: { header: { 'X-Organization': 'another' } } });
    assert.equal(headersOfCall()['x-organization'], 'another');
    await client.GET('/api/v1/gateway/targets');
    assert.equal(headersOfCall()['x-target-server'], 'gateway');
    await client.GET('/.well-known/jwks.json');
    assert.equal(headersOfCall()['x-target-server'], undefined);
    await client.POST('/api/v1/integration/auth/refresh', {
      params: { header: { 'X-Target-Server': 'authentication' } },
      body: { refresh_token: 'r' },
    });
    assert.equal(
      gateway.requestsOf('/api/v1/integration/auth/refresh')[0]?.headers['x-target-server'],
      'authentication',
    );
  });

  test('types of another document and its target', async () => {
    interface NotePaths {
      '/api/v1/notes/{id}': {
        get: {
          parameters: { path: { id: string }; header: { 'X-Target-Server': 'notes' } };
          responses: { 200: { content: { 'application/json': { text: string } } } };
        };
      };
    }
    const client = createClient<NotePaths, 'notes'>({ url: gateway.receiver.url, token: 'token', target: 'notes' });
    gateway.reactions = [json(200, { text: 'Buy milk.' })];
    const { data } = await client.GET('/api/v1/notes/{id}', { params: { path: { id: 'a/b' } } });
    assert.equal(data.text.length, 9);
    assert.equal(headersOfCall()['x-target-server'], 'notes');
    assert.equal(gateway.calls()[0]?.path, '/api/v1/notes/a%2Fb');
    await client.call('getBacklog');
    assert.equal(headersOfCall()['x-target-server'], 'integration');
  });

  test('an error has the facts of the response', async () => {
    const details = { fields: [{ path: 'limit', message: 'limit must be a number', in: 'query' }] };
    const body = { error: { code: 'VALIDATION_ERROR', message: 'Not valid.', details, request_id: 'r-1' } };
    gateway.reactions = [json(400, body, { 'X-Request-Id': 'r-1', RateLimit: '"default";r=1;t=2', Server: 'x' })];
    const error = await failed(gateway.client().GET(path));
    const { status, code, message, requestId, retryAfter, headers } = error;
    assert.deepEqual(
      { status, code, message, details: error.details, requestId, retryAfter, headers },
      {
        status: 400,
        code: 'VALIDATION_ERROR',
        message: 'Not valid.',
        details,
        requestId: 'r-1',
        retryAfter: undefined,
        headers: { ratelimit: '"default";r=1;t=2', 'x-request-id': 'r-1' },
      },
    );
  });

  test('an error of a /v1 call has its contexts', async () => {
    const contexts = [{ name: 'id', value: 'gold' }];
    gateway.reactions = [json(404, { code: 'mint.resourceDoesNotExist', message: 'No gold.', contexts })];
    const error = await failed(gateway.client().GET(path));
    assert.equal(error.code, 'mint.resourceDoesNotExist');
    assert.deepEqual(error.details, { contexts });
  });

  for (const body of ['<html>', '', 'null', '[]', '{"error":"text"}', '{"error":{"code":7,"details":[]}}'])
    test(`an error response ${JSON.stringify(body)} is INVALID_RESPONSE with its status`, async () => {
      gateway.reactions = [answer(418, body)];
      const { code, status, details } = await failed(gateway.client().GET(path));
      assert.deepEqual({ code, status, details }, { code: 'INVALID_RESPONSE', status: 418, details: {} });
    });

  test('a 2xx response that is not JSON is INVALID_RESPONSE and is not quoted', async () => {
    gateway.reactions = [answer(200, 'secret text', { 'X-Request-Id': 'r-1' })];
    const error = await failed(gateway.client().GET(path));
    assert.deepEqual([error.code, error.status, error.requestId], ['INVALID_RESPONSE', 200, 'r-1']);
    assert.doesNotMatch(JSON.stringify([error.message, error.cause]), /secret/);
  });

  test('204 has no data', async () => {
    gateway.reactions = [answer(204)];
    const { data, response } = await gateway.client().DELETE(distributor, { params: { path: { id: 'a' } } });
    assert.equal(data, undefined);
    assert.equal(response.status, 204);
  });

  for (const id of ['', '.', '..'])
    test(`the path parameter ${JSON.stringify(id)} leads to no other path`, async () => {
      const error = await failed(gateway.client().DELETE(distributor, { params: { path: { id } } }));
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.equal(gateway.receiver.received.length, 0);
    });

  test('credentials go to no other host', async () => {
    for (const elsewhere of ['.example.com/', undefined as unknown as string])
      assert.equal((await failed(gateway.client().fetch(elsewhere))).code, 'INVALID_ARGUMENT');
    gateway.reactions = [
      {
        pieces: ['HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
        afterwards: 'keep',
      },
    ];
    const { code, status, message } = await failed(gateway.client().GET(path));
    assert.deepEqual([code, status], ['REDIRECTED', 302]);
    assert.match(message, /answered with a redirect \(302\)/);
    assert.equal(gateway.calls().length, 1);
  });

  const unusable: [title: string, init: RequestInit][] = [
    ['a body of a GET', { body: 'text' }],
    ['a header with a line break', { headers: { 'X-Note': 'secret\r\nX-Admin: 1' } }],
    ['a stream without duplex', { method: 'POST', body: new Blob(['text']).stream() }],
  ];
  for (const [title, init] of unusable)
    test(`fetch with ${title} is INVALID_ARGUMENT`, async () => {
      const error = await failed(gateway.client().fetch('/api/v1/notes', init));
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.doesNotMatch(inspect(error), /secret/);
      assert.equal(gateway.receiver.received.length, 0);
    });

  test('a redirect that a browser hides is one, too', async () => {
    let calls = 0;
    const fetch = async ({ redirect }: Request): Promise<Response> => {
      calls += 1;
      assert.equal(redirect, 'manual');
      return Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
    };
    const client = createClient({ url: 'http://host', token: 't', fetch });
    const { code, status } = await failed(client.GET(path));
    assert.deepEqual({ code, status, calls }, { code: 'REDIRECTED', status: 0, calls: 1 });
  });

  const wrong: [title: string, make: () => unknown][] = [
    ['a relative url', () => createClient({ url: '/api', token: 't' })],
    ['a url with a password', () => createClient({ url: 'http://user:pass@host/', token: 't' })],
    ['a url of another scheme', () => createClient({ url: 'ftp://host/', token: 't' })],
    ['an organization with a line break', () => createClient({ url: 'http://host', token: 't', organization: 'a\nb' })],
  ];
  const url = 'http://host';
  const credentials = { api_key: 'hk_key', secret_key: 'secret' };
  const untyped: [title: string, options: unknown][] = [
    ['no options', undefined],
    ['null', null],
    ['no url', { token: 't' }],
    ['no credentials', { url }],
    ['both credentials and token', { url, credentials, token: 't' }],
    ['credentials that are text', { url, credentials: 'secret' }],
    ['credentials that are null', { url, credentials: null }],
    ['credentials without a secret', { url, credentials: { api_key: 'hk_key' } }],
    ['an empty token', { url, token: '' }],
    ['a token that is null', { url, token: null }],
    ['an organization that is a number', { url, token: 't', organization: 7 }],
    ['retries that are text', { url, token: 't', retries: '3' }],
    ['a time limit that is NaN', { url, token: 't', timeoutMs: Number.NaN }],
    ['a total time limit below 0', { url, token: 't', totalTimeoutMs: -1 }],
    ['a fetch that is no function', { url, token: 't', fetch: {} }],
  ];
  for (const [title, options] of untyped) wrong.push([title, () => createClient(options as ClientOptions)]);
  for (const [title, make] of wrong)
    test(`${title} is refused`, () => assert.throws(make, { name: 'HookgateError', code: 'INVALID_ARGUMENT' }));

  test('fetch leaves the body of the response to the caller', async () => {
    gateway.reactions = [answer(200, 'a,b\n1,2\n')];
    const response = await gateway
      .client()
      .fetch('/api/v1/reports/1.csv', { headers: { 'X-Target-Server': 'reports' } });
    assert.equal(await response.text(), 'a,b\n1,2\n');
    assert.equal(headersOfCall()['x-target-server'], 'reports');
  });

  test('Retry-After is read as seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const values = [
      '7',
      '0',
      'Thu, 01 Jan 2026 00:00:09 GMT',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      '-1',
      'soon',
      '2026',
      '',
      null,
    ];
    assert.deepEqual(
      values.map((value) => secondsOfRetryAfter(value, now)),
      [7, 0, 9, 0, undefined, undefined, 2026, undefined, undefined],
    );
  });
});
