import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway, type TestRequest } from '../../../src/testing/index.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { echo } from '../../support/echo-plugin.ts';

const friend = 'https://app.example.com';
const answers = { 200: { description: 'Anything.' } };

/** Routes that set `Vary` in each way that Node and Express offer. */
const varying = definePlugin({
  name: 'varying',
  apiVersion: 1,
  prefixes: ['/varying'],
  setup: () => ({
    routes: [
      defineRoute({
        method: 'GET',
        path: '/varying/set',
        summary: 'Set it',
        answers,
        handler: (_req, res) => res.set('Vary', 'Accept-Language').json({}),
      }),
      defineRoute({
        method: 'GET',
        path: '/varying/add',
        summary: 'Add to it',
        answers,
        handler: (_req, res) => res.vary('Accept').vary('origin').json({}),
      }),
      defineRoute({
        method: 'GET',
        path: '/varying/head',
        summary: 'Write a head',
        answers,
        handler: (_req, res) => res.writeHead(200, { vary: 'Accept' }).end('{}'),
      }),
      defineRoute({
        method: 'GET',
        path: '/varying/fail',
        summary: 'Fail',
        answers,
        handler: (_req, res) => {
          res.set('Vary', 'Accept');
          throw new Error('on purpose');
        },
      }),
    ],
  }),
});

describe('Vary', () => {
  let backend: Backend;
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    backend = await createBackend();
    const upstreams = [backend.url];
    gateway = await createTestGateway({
      plugins: [echo, varying],
      targets: {
        billing: { upstreams, prefixes: ['/billing'] },
        open: { upstreams, prefixes: ['/open'], public: true },
      },
      env: { CORS_ORIGINS: friend },
    });
    token = await gateway.token();
  });
  after(async () => {
    await gateway.close();
    await backend.close();
  });

  /** The names in `Vary`, in lower case and sorted; fails if one is there twice. */
  async function namesOf(path: string, request: TestRequest = {}): Promise<string[]> {
    const { headers, status } = await gateway.request(path, request);
    const names = (headers.get('vary') ?? '').toLowerCase().split(', ').filter(Boolean);
    assert.equal(new Set(names).size, names.length, `${status} ${path}: ${headers.get('vary')}`);
    return names.toSorted();
  }

  const all = ['origin', 'x-target-server'];
  const ofCallers = ['authorization', 'origin', 'x-organization', 'x-target-server'];

  test('every response names the headers that chose it, with and without an Origin', async () => {
    for (const origin of [undefined, friend, 'https://evil.example.com']) {
      const headers = origin === undefined ? {} : { Origin: origin };
      for (const [path, request, expected] of [
        ['/healthz', {}, all],
        ['/readyz', {}, all],
        ['/docs', {}, ['accept-encoding', ...all]],
        ['/echo/open', {}, all],
        ['/open/a', {}, all],
        ['/billing/../a%2f', {}, all],
        ['/openapi/unknown.json', {}, ofCallers],
        ['/echo', { token }, ofCallers],
        ['/billing/a', { token }, ofCallers],
        ['/a', { target: 'billing', token }, ofCallers],
        ['/a', { target: 'unknown', token }, ofCallers],
        ['/nowhere', { token }, ofCallers],
        ['/echo/guarded', { token }, ofCallers],
        ['/nowhere', {}, [...ofCallers, 'accept'].toSorted()],
        ['/billing/a', {}, [...ofCallers, 'accept'].toSorted()],
      ] as [string, TestRequest, string[]][])
        assert.deepEqual(await namesOf(path, { ...request, headers }), expected, `${path} ${origin}`);
    }
    const asking = { Origin: friend, 'Access-Control-Request-Method': 'PUT' };
    const ofPreflights = ['access-control-request-headers', 'access-control-request-method', ...all];
    assert.deepEqual(await namesOf('/billing/a', { method: 'OPTIONS', headers: asking }), ofPreflights);
  });

  test("a backend's own names are kept, each once", async () => {
    for (const [vary, further] of [
      [undefined, []],
      ['', []],
      ['Accept-Encoding', ['accept-encoding']],
      ['accept-encoding,ORIGIN , Cookie,', ['accept-encoding', 'cookie']],
      [['Accept', 'X-Target-Server, accept'], ['accept']],
    ] as const) {
      backend.answer((_req, res) => {
        if (vary !== undefined) res.setHeader('Vary', vary);
        res.end('{}');
      });
      assert.deepEqual(await namesOf('/billing/a', { token }), [...ofCallers, ...further].toSorted(), String(vary));
      assert.deepEqual(await namesOf('/open/a', { headers: { Origin: friend } }), [...all, ...further].toSorted());
    }
    backend.answer((_req, res) => res.writeHead(200, { Vary: 'Accept, *' }).end());
    assert.deepEqual(await namesOf('/billing/a', { token }), ['*']);
  });

  test('a plugin cannot lose them', async () => {
    for (const [path, further] of [
      ['/varying/set', 'accept-language'],
      ['/varying/add', 'accept'],
      ['/varying/head', 'accept'],
      ['/varying/fail', 'accept'],
    ] as const)
      assert.deepEqual(await namesOf(path, { token }), [...ofCallers, further].toSorted(), path);
  });
});
