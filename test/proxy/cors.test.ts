import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { assertError } from '../support/assert-error.ts';
import { type Backend, createBackend } from '../support/backend.ts';
import { openInBrowser } from '../support/browser.ts';
import { echo } from '../support/echo-plugin.ts';
import { type RawAnswer, rawRequest, requestText } from '../support/raw-request.ts';

const general = 'https://app.example.com';
const partner = 'https://partner.example.com';
const strange = 'https://evil.example.com';

const namesIn = (answer: RawAnswer, header: string): string[] =>
  (answer.headers.get(header) ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
const corsOf = ({ headers }: RawAnswer): string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-')).toSorted();

describe('CORS of targets', () => {
  let backend: Backend;
  let page: Backend;
  let gateway: TestGateway;
  let bearer: string;

  before(async () => {
    backend = await createBackend();
    page = await createBackend();
    const upstreams = [backend.url];
    gateway = await createTestGateway({
      plugins: [echo],
      targets: {
        usual: { upstreams, prefixes: ['/usual'] },
        strict: {
          upstreams,
          prefixes: ['/strict'],
          hosts: ['strict.example.com'],
          cors: {
            origins: [`${partner}/`],
            methods: ['GET', 'PURGE'],
            headers: ['X-Requested-With'],
            expose: ['X-Total-Count'],
            credentials: true,
            maxAgeS: 60,
          },
        },
        wide: {
          upstreams,
          prefixes: ['/wide'],
          cors: { origins: ['*'], methods: ['*'], headers: ['*'], expose: ['*'] },
        },
        cookies: {
          upstreams,
          prefixes: ['/cookies'],
          cors: { origins: [partner], methods: ['*'], headers: ['*'], expose: ['*'], credentials: true },
        },
        closed: { upstreams, prefixes: ['/closed'], cors: {} },
        asked: { upstreams, prefixes: ['/asked'], cors: 'pass-through', forwardAuthorization: true },
        browsed: {
          upstreams,
          prefixes: ['/browsed'],
          cors: { origins: [page.url], headers: ['X-If-Edition'], expose: ['X-Edition'] },
        },
      },
      env: { CORS_ORIGINS: `${general},${page.url}` },
    });
    bearer = `Authorization: Bearer ${await gateway.token()}`;
  });
  beforeEach(() => {
    backend.requests.length = 0;
    backend.answer((req, res) => {
      res.setHeader('X-Total-Count', '3');
      res.setHeader('X-Edition', '"1"');
      res.setHeader('Access-Control-Allow-Origin', '*');
      res.setHeader('Access-Control-Allow-Credentials', 'true');
      res.setHeader('Access-Control-Max-Age', '5');
      res.end(`${req.method} ${req.url}`);
    });
  });
  after(async () => {
    await gateway.close();
    await page.close();
    await backend.close();
  });

  const preflight = (path: string, origin: string, { method = 'PUT', headers = '', more = [] as string[] } = {}) =>
    rawRequest(
      gateway.port,
      requestText(`OPTIONS ${path}`, [
        `Origin: ${origin}`,
        `Access-Control-Request-Method: ${method}`,
        ...(headers === '' ? [] : [`Access-Control-Request-Headers: ${headers}`]),
        ...more,
      ]),
    );
  const call = (path: string, origin: string, more: readonly string[] = []) =>
    rawRequest(gateway.port, requestText(`GET ${path}`, [`Origin: ${origin}`, bearer, ...more]));

  test('without a rule, pages of CORS_ORIGINS send and read any header', async () => {
    const headers = 'authorization,x-target-server,x-requested-with,x-if-edition';
    for (const path of ['/usual/a', '/api/v1/anything', '/echo']) {
      const answer = await preflight(path, general, { headers: `${headers}, b@d, ,${'x'.repeat(200)}` });
      assert.equal(answer.status, 204, path);
      const allowed = namesIn(answer, 'access-control-allow-headers');
      for (const name of [...headers.split(','), 'idempotency-key', 'x-organization'])
        assert.ok(allowed.includes(name), name);
      assert.equal(new Set(allowed).size, allowed.length);
      assert.ok(!allowed.some((name) => name.includes('@') || name.length > 100));
    }
    const answer = await call('/usual/a', general, ['X-Requested-With: page', 'X-If-Edition: "1"']);
    assert.equal(answer.headers.get('access-control-allow-origin'), general);
    assert.ok(namesIn(answer, 'access-control-expose-headers').includes('*'));
    // The gateway decides: the backend's permission for credentials would not fit its own answer.
    assert.deepEqual(corsOf(answer), ['access-control-allow-origin', 'access-control-expose-headers']);
    const [arrived] = backend.requests;
    assert.deepEqual([arrived?.headers['x-requested-with'], arrived?.headers['x-if-edition']], ['page', '"1"']);
    assertError(await preflight('/usual/a', partner, { headers: 'x-requested-with' }), 'UNAUTHORIZED');
  });

  test("a target's rule decides alone, for its prefix and its host", async () => {
    const more = (host: string): string =>
      [
        'OPTIONS / HTTP/1.1',
        `Host: ${host}`,
        'Connection: close',
        `Origin: ${partner}`,
        'Access-Control-Request-Method: GET',
        '',
        '',
      ].join('\r\n');
    const answers = [
      await preflight('/strict/a', partner, { headers: 'x-requested-with,x-if-edition' }),
      await rawRequest(gateway.port, more('STRICT.example.com:80')),
    ];
    for (const answer of answers) {
      assert.equal(answer.status, 204);
      assert.equal(answer.headers.get('access-control-allow-origin'), partner);
      assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
      assert.equal(answer.headers.get('access-control-max-age'), '60');
      assert.deepEqual(namesIn(answer, 'access-control-allow-methods'), ['get', 'purge']);
      const allowed = namesIn(answer, 'access-control-allow-headers');
      assert.ok(allowed.includes('x-requested-with') && allowed.includes('authorization'));
      assert.ok(!allowed.includes('x-if-edition') && !allowed.includes('*'));
    }
    const answer = await call('/strict/a', partner);
    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
    const exposed = namesIn(answer, 'access-control-expose-headers');
    assert.ok(exposed.includes('x-total-count') && exposed.includes('x-request-id') && !exposed.includes('x-edition'));
    for (const [path, origin] of [
      ['/strict/a', general],
      ['/strict/a', strange],
      ['/closed/a', general],
    ] as const) {
      assertError(await preflight(path, origin), 'UNAUTHORIZED', path);
      assert.deepEqual(corsOf(await call(path, origin)), [], `${path} ${origin}`);
    }
  });

  test('the star allows every origin, method and header', async () => {
    const answer = await preflight('/wide/a', strange, { method: 'PURGE', headers: 'x-any,authorization' });
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.deepEqual(namesIn(answer, 'access-control-allow-methods'), ['purge']);
    assert.ok(namesIn(answer, 'access-control-allow-headers').includes('x-any'));
    assert.equal(answer.headers.get('access-control-allow-credentials'), undefined);
    assert.ok(namesIn(await call('/wide/a', strange), 'access-control-expose-headers').includes('*'));
    // A browser would add Basic credentials to the calls of any page.
    const basic = `Authorization: Basic ${Buffer.from('a:b').toString('base64')}`;
    const refused = await rawRequest(gateway.port, requestText('GET /wide/a', [`Origin: ${strange}`, basic]));
    assertError(refused, 'ORIGIN_REFUSED');
  });

  test('with credentials names are listed, because browsers take a star literally', async () => {
    const answer = await preflight('/cookies/a', partner, { method: 'PURGE', headers: 'X-Any' });
    for (const name of ['origin', 'methods', 'headers'])
      assert.ok(!namesIn(answer, `access-control-allow-${name}`).includes('*'), name);
    assert.ok(namesIn(answer, 'access-control-allow-headers').includes('x-any'));
    const exposed = namesIn(await call('/cookies/a', partner), 'access-control-expose-headers');
    assert.ok(exposed.includes('x-total-count') && exposed.includes('x-edition'), exposed.join());
  });

  test('where the header selects the target, a preflight gets the permissions of all targets together', async () => {
    for (const path of ['/api/v1/a', '/strict/a', '/closed/a']) {
      const answer = await preflight(path, partner, { method: 'PURGE', headers: 'x-target-server, x-any' });
      assert.equal(answer.status, 204, path);
      assert.ok(namesIn(answer, 'access-control-allow-methods').includes('purge'));
      assert.equal(answer.headers.get('access-control-max-age'), '60');
    }
    const [known, closed] = [
      await call('/a', partner, ['X-Target-Server: strict']),
      await call('/a', partner, ['X-Target-Server: usual']),
    ];
    assert.equal(known.headers.get('access-control-allow-credentials'), 'true');
    // Only the backend's own headers: the origin is none of CORS_ORIGINS.
    assert.equal(closed.headers.get('access-control-allow-origin'), '*');
    assert.deepEqual(corsOf(await call('/a', partner, ['X-Target-Server: closed'])), []);
  });

  test('without credentials, the CORS headers do not tell which targets exist', async () => {
    for (const origin of [partner, general, strange]) {
      const answers = await Promise.all(
        ['strict', 'usual', 'closed', 'asked', 'echo', 'unknown'].map((target) =>
          rawRequest(gateway.port, requestText('GET /a', [`Origin: ${origin}`, `X-Target-Server: ${target}`])),
        ),
      );
      for (const answer of answers) {
        assertError(answer, 'UNAUTHORIZED');
        assert.deepEqual(corsOf(answer), corsOf(answers[0] as RawAnswer), origin);
      }
    }
    const asking = ['Access-Control-Request-Method: GET', `Origin: ${strange}`];
    const [asked, unknown] = await Promise.all(
      ['asked', 'unknown'].map((target) =>
        rawRequest(gateway.port, requestText('OPTIONS /asked/a', [`X-Target-Server: ${target}`, ...asking])),
      ),
    );
    assert.deepEqual([asked?.status, corsOf(asked as RawAnswer)], [unknown?.status, corsOf(unknown as RawAnswer)]);
    assert.equal(backend.requests.length, 0);
  });

  test('with pass-through the backend answers preflights, without credentials, and its headers stay unchanged', async () => {
    backend.answer((_req, res) => {
      res.writeHead(200, {
        'Access-Control-Allow-Origin': strange,
        'Access-Control-Allow-Headers': 'x-own',
        'Access-Control-Expose-Headers': 'x-a',
      });
      res.end('from the backend');
    });
    const more = ['Authorization: Bearer x.y.z', 'Cookie: a=b', 'X-User-Id: admin'];
    for (const origin of [strange, general]) {
      const answer = await preflight('/asked/a?b=1', origin, { headers: 'x-own', more });
      assert.deepEqual([answer.status, answer.text], [200, 'from the backend'], origin);
      assert.equal(answer.headers.get('access-control-allow-origin'), strange);
      assert.equal(answer.headers.get('access-control-allow-headers'), 'x-own');
      const { method, url, headers } = backend.requests.at(-1) ?? {};
      assert.deepEqual([method, url, headers?.origin], ['OPTIONS', '/asked/a?b=1', origin]);
      assert.equal(headers?.['access-control-request-headers'], 'x-own');
      assert.deepEqual(
        [headers?.authorization, headers?.cookie, headers?.['x-user-id']],
        [undefined, undefined, undefined],
      );
    }
    const answer = await call('/asked/a', general);
    assert.equal(answer.headers.get('access-control-allow-origin'), strange);
    assert.equal(answer.headers.get('access-control-expose-headers'), 'x-a');
    assert.equal(backend.requests.at(-1)?.headers.authorization, bearer.slice('Authorization: '.length));
  });

  test('only a preflight passes: any other OPTIONS request needs credentials', async () => {
    const method = 'Access-Control-Request-Method: PUT';
    const origin = `Origin: ${strange}`;
    for (const lines of [
      [],
      [origin],
      [method],
      [origin, method, 'Content-Length: 1'],
      [origin, method, 'Transfer-Encoding: chunked'],
    ]) {
      const answer = await rawRequest(
        gateway.port,
        requestText('OPTIONS /asked/a', lines, lines.length > 2 ? '0\r\n\r\n' : ''),
      );
      assertError(answer, 'UNAUTHORIZED', lines.join());
    }
    assertError(await rawRequest(gateway.port, requestText('POST /asked/a', [origin, method])), 'UNAUTHORIZED');
    assert.equal(backend.requests.length, 0);
  });

  test('a page in a browser sends X-If-Edition and X-Requested-With, and reads the headers of the backend', async () => {
    const token = await gateway.token();
    page.answer((_req, res) => {
      res.setHeader('Content-Type', 'text/html');
      res.end(`<!doctype html><body><script type="module">
        const seen = [];
        for (const [path, headers] of [['/usual/a', { 'X-Requested-With': 'page', 'X-If-Edition': '"1"' }],
          ['/api/v1/a', { 'X-Target-Server': 'usual', 'X-Requested-With': 'page' }],
          ['/browsed/a', { 'X-If-Edition': '"1"' }], ['/browsed/a', { 'X-Requested-With': 'page' }], ['/strict/a', {}]])
          seen.push(await fetch('${gateway.url}' + path, { method: 'PUT', headers: { Authorization: 'Bearer ${token}', ...headers } })
            .then((answer) => [answer.status, answer.headers.get('X-Total-Count'), answer.headers.get('X-Edition')].join(), () => 'blocked'));
        document.body.innerHTML = '<p id="seen"></p>';
        document.getElementById('seen').textContent = seen.join(' ');
      </script>`);
    });
    const { dom } = await openInBrowser(page.url, '#seen', 1);
    assert.equal(/<p id="seen">([^<]*)/.exec(dom)?.[1], '200,3,"1" 200,3,"1" 200,,"1" blocked blocked');
    assert.deepEqual(
      backend.requests.map(({ headers }) => [headers['x-requested-with'], headers['x-if-edition']]),
      [
        ['page', '"1"'],
        ['page', undefined],
        [undefined, '"1"'],
      ],
    );
  });
});

test('credentials for every origin are refused at the start', async () => {
  const upstreams = ['http://127.0.0.1:9'];
  for (const origins of [['*'], '*' as unknown as string[], [partner, '*']]) {
    await assert.rejects(
      createTestGateway({ plugins: [], targets: { a: { upstreams, cors: { origins, credentials: true } } } }),
      /targets\.a\.cors\.origins must list the origins if credentials are allowed/,
    );
  }
});
