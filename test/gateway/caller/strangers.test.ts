import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { createTestGateway, type TestAnswer, type TestGateway, type TestRequest } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

const id = '39e8003c-6342-4fd3-97a1-3f2a7b437d0a';

/** A response without the parts that differ from request to request. */
function traceless(answer: TestAnswer): string {
  const requestId: string = answer.body.error.request_id;
  const headers = [...answer.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  return JSON.stringify([answer.status, headers, answer.text.replace(requestId, '')]);
}

describe('a caller without credentials', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [integration, echo] });
  });
  after(() => gateway.close());

  const places: readonly [path: string, request: TestRequest][] = [
    ['/api/v1/integration/distributors', { target: 'integration' }],
    [`/api/v1/integration/distributors/${id}`, { target: 'integration' }],
    [`/api/v1/integration/distributors/${id}`, { target: 'integration', method: 'PATCH' }],
    ['/api/v1/integration/distributors/not-a-uuid', { target: 'integration' }],
    ['/api/v1/integration/distributors?page=0&nonsense=1', { target: 'integration' }],
    ['/api/v1/integration/nothing', { target: 'integration' }],
    [`/api/v1/integration/distributors/nodes/${id}`, { target: 'integration', body: { wrong: true } }],
    [`/api/v1/integration/distributors/nodes/${id}`, { target: 'integration', body: '{broken' }],
    [`/api/v1/integration/distributors/nodes/${id}`, { target: 'unknown', body: {} }],
    ['/api/v1/integration/distributors', { target: 'unknown' }],
    ['/api/v1/integration/distributors', { target: 'constructor' }],
    ['/api/v1/integration/distributors', { target: '__proto__' }],
    ['/api/v1/integration/distributors', { target: '' }],
    ['/api/v1/integration/distributors', {}],
    ['/api/v1/nothing', {}],
    ['/', { method: 'DELETE' }],
    ['/nowhere', { method: 'DELETE' }],
    ['/echo', {}],
    ['/echo', { method: 'PUT', body: {} }],
    ['/echo/words/%ff', {}],
    ['/echo/nowhere', {}],
    ['/echo/guarded', { headers: { 'X-Organization': 'foreign' } }],
    ['/echo', { target: 'echo', method: 'OPTIONS' }],
    ['/healthz', { target: 'unknown' }],
  ];

  test('existing and unknown targets and paths get the same response', async () => {
    const answers = await Promise.all(places.map(([path, request]) => gateway.request(path, request)));
    for (const [index, answer] of answers.entries()) {
      assertError(answer, 'UNAUTHORIZED', String(places[index]?.[0]));
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    }
    assert.equal(new Set(answers.map(traceless)).size, 1, JSON.stringify(answers.map(traceless), null, 1));
  });

  test('bad credentials of any kind get the same response as none', async () => {
    const plain = traceless(await gateway.request('/echo'));
    const bad = [
      'Bearer',
      'Bearer ',
      'Bearer x',
      'Bearer a.b.c',
      'Bearer a b',
      'Basic',
      'Basic !!!',
      'Basic dXNlcg==',
      'Basic dXNlcjpwYXNz',
      'Basic /////w==',
      'Digest username="a"',
      'Negotiate abc',
      'nonsense',
      `Bearer ${'a'.repeat(4000)}`,
    ];
    for (const Authorization of bad) {
      for (const target of ['echo', 'unknown']) {
        const answer = await gateway.request('/echo', { target, headers: { Authorization } });
        assert.equal(traceless(answer), plain, Authorization.slice(0, 40));
      }
    }
  });

  test('Basic is offered only to clients that take no HTML and are no browser', async () => {
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const offered = [
      {},
      { 'User-Agent': 'curl/8.14.1' },
      { Accept: 'text/event-stream' },
      { Accept: 'text/plain, image/*' },
    ];
    const withheld = [
      { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
      { Accept: 'application/xhtml+xml' },
      { Accept: 'text/*;q=0.1' },
      { Accept: '*/*' },
      { Accept: 'image/png, *' },
      { Accept: '' },
      { 'User-Agent': firefox },
      { 'User-Agent': firefox, Accept: 'text/event-stream' },
      { 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Dest': 'empty' },
      { Origin: gateway.url },
      { Referer: `${gateway.url}/docs` },
    ];
    const both = 'Bearer error="invalid_token", Basic realm="hookgate", charset="UTF-8"';
    for (const [list, expected] of [
      [offered, both],
      [withheld, 'Bearer error="invalid_token"'],
    ] as const) {
      for (const headers of list) {
        for (const path of ['/echo', '/openapi.json', '/nowhere', '/v1/mint/organizations/x/webhooks']) {
          const lines = Object.entries({ Accept: 'application/json', ...headers }).map(
            ([name, value]) => `${name}: ${value}`,
          );
          // A bad token, because the documents are public here.
          const text = requestText(`GET ${path}`, ['Authorization: Bearer x', ...lines]);
          const answer = await rawRequest(gateway.port, text);
          assert.equal(answer.headers.get('www-authenticate'), expected, `${path} ${JSON.stringify(headers)}`);
        }
      }
    }
  });

  test('the format of a 401 depends on the path alone', async () => {
    const paths = [
      '/v1/mint/organizations/x/webhooks',
      '/v1/mint/nothing',
      '/v1/organizations/x/apiproducts',
      '/v1/other',
    ];
    for (const path of paths) {
      const [plain, ...others] = await Promise.all(
        [undefined, 'integration', 'echo', 'unknown', ''].map((target) =>
          gateway.request(path, target === undefined ? {} : { target }),
        ),
      );
      const formOf = ({ status, body }: TestAnswer): unknown => [status, Object.keys(body), body.code];
      for (const other of others) assert.deepEqual(formOf(other), formOf(plain as TestAnswer), path);
    }
  });

  test('a public route serves the caller and ignores its credentials', async () => {
    const expired = await gateway.token({ lifetimeSeconds: -10 });
    for (const Authorization of ['Bearer nonsense', 'Basic dXNlcjpwYXNz', 'nonsense', `Bearer ${expired}`]) {
      const answer = await gateway.request('/echo/open', { target: 'echo', headers: { Authorization } });
      assert.equal(answer.status, 200, Authorization);
      assert.deepEqual(answer.body, { principal: null });
    }
    const known = await gateway.request('/echo/open', { target: 'echo', token: await gateway.token() });
    assert.deepEqual(known.body, { principal: null });
    assertError(await gateway.request('/echo/open', { target: 'echo', method: 'DELETE' }), 'UNAUTHORIZED');
    assertError(await gateway.request('/echo/open', { target: 'unknown' }), 'UNAUTHORIZED');
  });

  test('an authenticated caller learns of targets and paths', async () => {
    const token = await gateway.token({ scope: 'integration:read' });
    const codes: string[] = [];
    for (const [path, request] of places) {
      const { body, status } = await gateway.request(path, { ...request, token });
      codes.push(body?.error?.code ?? String(status));
    }
    assert.ok(!codes.includes('UNAUTHORIZED'), codes.join());
    for (const code of ['200', 'NOT_FOUND', 'TARGET_UNKNOWN', 'TARGET_REQUIRED', 'METHOD_NOT_ALLOWED', 'FORBIDDEN'])
      assert.ok(codes.includes(code), `${code} is missing in ${codes.join()}`);
  });
});
