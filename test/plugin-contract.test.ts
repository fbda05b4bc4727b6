import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import express from 'express';
import { definePlugin, defineRoute, type HandlerRoute, type Plugin } from '../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';
import { eventually } from './support/eventually.ts';

const answers = { 200: { description: 'Done.' } };

/** A target `things` with each handler at `/<name>` and a deadline of `timeoutMs`. */
const withHandlers = (handlers: Record<string, HandlerRoute['handler']>, timeoutMs = 1000): Plugin =>
  definePlugin({
    name: 'things',
    apiVersion: 1,
    setup: () => ({
      routes: Object.entries(handlers).map(([name, handler]) =>
        defineRoute({ method: 'GET', path: `/${name}`, summary: name, answers, timeoutMs, handler }),
      ),
    }),
  });

const withSetup = (setup: Plugin['setup']): Plugin => definePlugin({ name: 'things', apiVersion: 1, setup });

let gateway: TestGateway;

async function start(plugin: Plugin): Promise<void> {
  gateway = await createTestGateway({ plugins: [plugin] });
}

const get = async (path: string, token?: string) =>
  gateway.request(path, { target: 'things', token: token ?? (await gateway.token()) });

/** Log entries with the request's id, without the access log. */
async function logOf(requestId: string): Promise<Record<string, unknown>[]> {
  await gateway.app.foundation.log.flush();
  const lines = gateway.log.map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter((line) => line.request_id === requestId && line.label !== 'access');
}

describe('an Express router', () => {
  afterEach(() => gateway.close());

  const router = express.Router();
  router.get('/hello/:name', (req, res) => {
    const { principal, organization } = req as unknown as { principal: { subject: string }; organization: string };
    res.json({ hello: req.params.name, query: req.query, subject: principal.subject, organization });
  });
  router.get('/throws', () => {
    throw new TypeError('a secret detail');
  });
  router.get('/rejects', async () => Promise.reject(new TypeError('a secret detail')));
  router.get('/passes', (_req, _res, next) => next());

  test('a router requires credentials and the scopes that its plugin declares', async () => {
    await start(withSetup(() => ({ router, routerScopes: ['things:read'] })));
    const token = await gateway.token({ scope: 'things:read', sub: 'ann', org: 'myorg' });
    const answer = await get('/hello/bob?loud=yes', token);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { hello: 'bob', query: { loud: 'yes' }, subject: 'ann', organization: 'myorg' });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('x-powered-by'), null);
    assert.equal((await get('/hello/bob')).status, 403);
    assert.equal((await gateway.request('/hello/bob', { target: 'things' })).status, 401);
    assert.equal((await gateway.request('/passes', { target: 'things' })).status, 401);
  });

  test('a router that does not answer gives 404, and a failing one 500 without the cause', async () => {
    await start(withSetup(() => ({ router })));
    for (const path of ['/passes', '/nowhere']) {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.body.error.code], [404, 'NOT_FOUND'], path);
    }
    for (const path of ['/throws', '/rejects']) {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.body.error.code], [500, 'INTERNAL_ERROR'], path);
      assert.ok(!answer.text.includes('secret detail'));
      assert.equal((await logOf(answer.body.error.request_id))[0]?.reason, 'a secret detail');
    }
    assert.equal((await get('/hello/bob')).status, 200);
  });

  test("the plugin's routes take precedence over its router", async () => {
    const handler: HandlerRoute['handler'] = (_req, res) => res.json({ from: 'route' });
    const route = defineRoute({
      method: 'GET',
      path: '/hello/route',
      summary: 'Hello',
      public: true,
      answers,
      handler,
    });
    await start(withSetup(() => ({ routes: [route], router })));
    assert.deepEqual((await gateway.request('/hello/route', { target: 'things' })).body, { from: 'route' });
    assert.equal((await gateway.request('/hello/bob', { target: 'things' })).status, 401);
    assert.equal((await get('/hello/bob')).body.hello, 'bob');
  });
});

describe('a public route', () => {
  afterEach(() => gateway.close());

  test('a public route needs no credentials and ignores any that are sent', async () => {
    const handler: HandlerRoute['handler'] = ({ principal, organization }, res) =>
      res.json({ principal: principal ?? null, organization });
    const open = defineRoute({ method: 'GET', path: '/open', summary: 'Open', public: true, answers, handler });
    const closed = defineRoute({ method: 'POST', path: '/open', summary: 'Closed', answers, handler });
    await start(withSetup(() => ({ routes: [open, closed] })));
    const expected = { principal: null, organization: '' };
    for (const headers of [
      {},
      { Authorization: 'Bearer nonsense' },
      { Authorization: `Bearer ${await gateway.token()}` },
    ]) {
      const answer = await gateway.request('/open', { target: 'things', headers });
      assert.deepEqual([answer.status, answer.body], [200, expected]);
    }
    assert.equal((await gateway.request('/open', { target: 'things', method: 'POST' })).status, 401);
    assert.equal((await gateway.request('/open', { target: 'things', method: 'DELETE' })).status, 401);
  });
});

describe('a handler', () => {
  afterEach(() => gateway.close());

  /** Asserts that the call fails as expected and that another route of the plugin still works. */
  async function assertFails(path: string, status: number, code: string): Promise<string> {
    const answer = await get(path);
    assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
    assert.ok(!/oops|plugin-contract|at /.test(answer.text), answer.text);
    assert.equal((await get('/fine')).status, 200);
    return answer.body.error.request_id;
  }
  const fine: HandlerRoute['handler'] = (_req, res) => res.json({ fine: true });

  test('a handler that throws or rejects fails its own request only', async () => {
    const throws: HandlerRoute['handler'] = () => {
      throw new TypeError('oops');
    };
    const rejects: HandlerRoute['handler'] = async () => Promise.reject(new TypeError('oops'));
    const text: HandlerRoute['handler'] = async () => Promise.reject('oops');
    await start(withHandlers({ throws, rejects, text, fine }));
    for (const path of ['/throws', '/rejects', '/text']) {
      const [line] = await logOf(await assertFails(path, 500, 'INTERNAL_ERROR'));
      assert.equal(line?.level, 'error');
      assert.equal(line?.route, path);
    }
  });

  test('a handler that answers twice or throws after its answer leaves the answer intact and is logged', async () => {
    const twice: HandlerRoute['handler'] = (_req, res) => {
      res.json({ answer: 1 });
      res.json({ answer: 2 });
    };
    const after: HandlerRoute['handler'] = (_req, res) => {
      res.json({ answer: 1 });
      throw new TypeError('oops');
    };
    const longAfter: HandlerRoute['handler'] = async (_req, res) => {
      res.json({ answer: 1 });
      await once(res, 'close');
      throw new TypeError('oops');
    };
    await start(withHandlers({ twice, after, longAfter, fine }));
    for (const path of ['/twice', '/after', '/longAfter']) {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.body], [200, { answer: 1 }], path);
      const id = answer.headers.get('x-request-id') ?? '';
      await eventually(async () => (await logOf(id)).some(({ level }) => level === 'error'));
      assert.equal((await get('/fine')).status, 200);
    }
  });

  test('a handler that fails in the middle of its answer aborts the transfer', async () => {
    const half: HandlerRoute['handler'] = async (_req, res) => {
      res.set('Content-Length', '100').write('half');
      throw new TypeError('oops');
    };
    const halfChunked: HandlerRoute['handler'] = async (_req, res) => {
      res.write('half');
      throw new TypeError('oops');
    };
    await start(withHandlers({ half, halfChunked, fine }));
    await assert.rejects(get('/half'), TypeError);
    await assert.rejects(get('/halfChunked'), TypeError);
    assert.equal((await get('/fine')).status, 200);
  });

  test('a handler that never answers gives 504 after its deadline, and may fail or answer later', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const silent: HandlerRoute['handler'] = () => {};
    const failsLate: HandlerRoute['handler'] = async () => {
      await released;
      throw new TypeError('oops');
    };
    const answersLate: HandlerRoute['handler'] = async (_req, res) => {
      await released;
      res.json({ late: true });
    };
    await start(withHandlers({ silent, failsLate, answersLate, fine }, 200));
    await assertFails('/silent', 504, 'HANDLER_TIMEOUT');
    const ids = [
      await assertFails('/failsLate', 504, 'HANDLER_TIMEOUT'),
      await assertFails('/answersLate', 504, 'HANDLER_TIMEOUT'),
    ];
    release();
    for (const id of ids) {
      await eventually(async () => (await logOf(id)).some(({ message }) => message === 'failed after its answer'));
    }
    assert.equal((await get('/fine')).status, 200);
  });
});
