import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { type Express, type NextFunction, type Request, type Response, Router } from 'express';
import Joi from 'joi';
import { conflict } from '../../../src/errors.ts';
import { definePlugin, defineRoute, type HandlerRoute, type PluginSurface } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';

const answers = { 200: { description: 'Done.' } };

const routeOf = (path: string, handler: HandlerRoute['handler'], isPublic = false) =>
  defineRoute({ method: 'GET', path, summary: path, public: isPublic, answers, handler });

let gateway: TestGateway;

async function start(surface: PluginSurface): Promise<void> {
  const things = definePlugin({ name: 'things', apiVersion: 1, setup: () => surface });
  gateway = await createTestGateway({ plugins: [things] });
}

const get = async (path: string, token?: string) =>
  gateway.request(path, { target: 'things', token: token ?? (await gateway.token()) });

/** Answers an error as an Express application of its own would. */
const answerError = (error: Error, _req: Request, res: Response, _next: NextFunction) => {
  res.status(418).json({ caught: error.message });
};

const failing: HandlerRoute['handler'] = async () => {
  throw new TypeError('oops');
};

describe("a plugin's route on its Express application", () => {
  afterEach(() => gateway.close());

  test('The request has req.route with the declared path, and an empty req.baseUrl', async () => {
    const show: HandlerRoute['handler'] = ({ route, baseUrl, path, originalUrl, url, method }, res) =>
      res.json({ route: route.path, baseUrl, path, originalUrl, url, method });
    await start({ routes: [routeOf('/things/:id', show), routeOf('/things/special', show)] });
    assert.deepEqual((await get('/things/7')).body, {
      route: '/things/:id',
      baseUrl: '',
      path: '/things/7',
      originalUrl: '/things/7',
      url: '/things/7',
      method: 'GET',
    });
    assert.equal((await get('/things/special')).body.route, '/things/special');
  });

  test('The request has the traceparent of the call if it is valid', async () => {
    await start({ routes: [routeOf('/things', (req, res) => res.json({ traceparent: req.traceparent ?? 'none' }))] });
    const token = await gateway.token();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const seen = async (headers: Record<string, string>) =>
      (await gateway.request('/things', { target: 'things', token, headers })).body.traceparent;
    assert.equal(await seen({ traceparent }), traceparent);
    assert.equal(await seen({ traceparent: `${traceparent}, ${traceparent}` }), 'none');
    assert.equal(await seen({ traceparent: traceparent.toUpperCase() }), 'none');
    assert.equal(await seen({}), 'none');
  });

  test('Express enters the route that the gateway has found, and decodes its parameters once', async () => {
    const entered: string[] = [];
    const show =
      (name: string): HandlerRoute['handler'] =>
      (req, res) => {
        entered.push(name);
        res.json(req.params);
      };
    await start({ routes: [routeOf('/things/:id', show('any')), routeOf('/things/special', show('special'))] });
    assert.deepEqual((await get('/things/special')).body, {});
    assert.deepEqual((await get('/things/100%2525')).body, { id: '100%25' });
    assert.equal((await get('/Things/special')).status, 404);
    assert.equal((await get('/things/special/')).status, 404);
    assert.deepEqual(entered, ['special', 'any']);
  });

  test('Params, query and body are the results of the schemas', async () => {
    const post = defineRoute({
      method: 'POST',
      path: '/things/:id',
      summary: 'Post',
      params: Joi.object<{ id: number }>({ id: Joi.number() }),
      query: Joi.object<{ loud: boolean }>({ loud: Joi.boolean().default(false) }),
      body: Joi.object<{ text: string }>({ text: Joi.string().default('none') }),
      answers,
      handler: ({ params, query, body }, res) => res.json({ params, query, body }),
    });
    await start({ routes: [post] });
    const token = await gateway.token();
    const answer = await gateway.request('/things/7?loud=true', { target: 'things', token, body: {} });
    assert.deepEqual(answer.body, { params: { id: 7 }, query: { loud: true }, body: { text: 'none' } });
  });

  test('Routes and router share req.app and app.locals, while res.locals belongs to one call', async () => {
    const show = (req: Request, res: Response) => {
      const { count = 0 } = res.locals;
      res.locals.count = count + 1;
      res.json({
        title: req.app.locals.title,
        same: req.app === res.app,
        count: res.locals.count,
        req: res.req === req,
      });
    };
    const router = Router().get('/plain', show);
    const configureApp = (app: Express) => {
      app.locals.title = 'Things';
    };
    await start({ routes: [routeOf('/things', show as HandlerRoute['handler'])], router, configureApp });
    for (const path of ['/things', '/plain', '/things'])
      assert.deepEqual((await get(path)).body, { title: 'Things', same: true, count: 1, req: true }, path);
  });
});

describe('an answer of a route', () => {
  afterEach(() => gateway.close());

  const handler = routeOf('/handler', (_req, res) => res.json({ name: 'ann', secret: 's' }));
  const transact = defineRoute({
    method: 'POST',
    path: '/transact',
    summary: 'Transact',
    answers,
    transact: async () => ({ status: 201, headers: { Location: '/things/1' }, body: { name: 'ann', secret: 's' } }),
  });
  const post = async () =>
    gateway.request('/transact', { target: 'things', method: 'POST', token: await gateway.token() });

  test("Express's res.json writes the answers of handler and transact, with the application's settings", async () => {
    const configureApp = (app: Express) => {
      app.set('json spaces', 2);
      app.set('json replacer', (key: string, value: unknown) => (key === 'secret' ? undefined : value));
    };
    await start({ routes: [handler, transact], configureApp });
    const expected = '{\n  "name": "ann"\n}';
    const read = await get('/handler');
    const created = await post();
    assert.deepEqual([read.text, created.text], [expected, expected]);
    assert.equal(created.status, 201);
    assert.equal(created.headers.get('location'), '/things/1');
  });

  test('Answers have the headers of the gateway, and neither X-Powered-By nor ETag', async () => {
    await start({ routes: [handler, transact] });
    for (const { headers, text } of [await get('/handler'), await post()]) {
      assert.equal(text, '{"name":"ann","secret":"s"}');
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      assert.equal(headers.get('content-length'), String(text.length));
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('x-powered-by'), null);
      assert.equal(headers.get('etag'), null);
    }
  });

  test('HEAD gets the length of the answer and no body', async () => {
    await start({ routes: [handler] });
    const token = await gateway.token();
    const { status, headers, text } = await gateway.request('/handler', { target: 'things', token, method: 'HEAD' });
    assert.deepEqual([status, text, headers.get('content-length')], [200, '', '27']);
  });
});

describe('error middleware', () => {
  afterEach(() => gateway.close());

  test("Error middleware of a router catches the router's errors; errors that it passes on are answered in the gateway's shape", async () => {
    const router = Router();
    router.get('/throws', () => {
      throw new TypeError('oops');
    });
    router.get('/conflict', async () => {
      throw conflict('NAME_TAKEN', 'The name is taken.');
    });
    router.use((error: Error, req: Request, res: Response, next: NextFunction) =>
      error instanceof TypeError ? answerError(error, req, res, next) : next(error),
    );
    await start({ routes: [routeOf('/route', failing)], router });
    const caught = await get('/throws');
    assert.deepEqual([caught.status, caught.body], [418, { caught: 'oops' }]);
    const passed = await get('/conflict');
    assert.deepEqual([passed.status, passed.body.error.code], [409, 'NAME_TAKEN']);
    assert.deepEqual((await get('/route')).body.error.code, 'INTERNAL_ERROR');
  });

  test('Error middleware of the application catches the errors of handlers, of transact and of the router', async () => {
    const change = defineRoute({
      method: 'POST',
      path: '/change',
      summary: 'Change',
      answers,
      transact: async () => {
        throw new TypeError('rolled back');
      },
    });
    const passing: HandlerRoute['handler'] = (_req, _res, next) => next(new TypeError('passed'));
    await start({
      routes: [routeOf('/throws', failing), routeOf('/passes', passing), change],
      router: Router().get('/plain', failing as (req: Request) => unknown),
      configureApp: (app) => app.use(answerError),
    });
    for (const [path, caught] of [
      ['/throws', 'oops'],
      ['/passes', 'passed'],
      ['/plain', 'oops'],
    ] as const) {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.body], [418, { caught }], path);
    }
    const token = await gateway.token();
    const changed = await gateway.request('/change', { target: 'things', method: 'POST', token });
    assert.deepEqual(changed.body, { caught: 'rolled back' });
  });

  test('Any thrown value gets 500, and the log describes it under the name of the plugin', async () => {
    const thrown: unknown[] = [null, undefined, 'no luck', { status: 7, password: 'secret' }];
    const throwing = (value: unknown) => async () => {
      throw value;
    };
    const change = (value: unknown, index: number) =>
      defineRoute({ method: 'POST', path: `/${index}`, summary: 'Change', answers, transact: throwing(value) });
    await start({
      routes: [...thrown.map(change), ...thrown.map((value, index) => routeOf(`/${index}`, throwing(value)))],
    });
    const token = await gateway.token();
    for (const method of ['POST', 'GET'])
      for (const index of thrown.keys()) {
        const { status } = await gateway.request(`/${index}`, { target: 'things', method, token });
        assert.equal(status, 500, `${method} ${index}`);
      }
    await gateway.app.foundation.log.flush();
    const lines = gateway.log.map((line) => JSON.parse(line)).filter(({ message }) => message === 'request failed');
    const described = ['no luck', 'an object with the members status, password'];
    const ofTransact = ['null', 'undefined'].map((text) => `the work of a transaction threw ${text}`);
    // Express makes an error of what it would take for none.
    const ofHandler = ['Rejected promise', 'Rejected promise'];
    assert.deepEqual(
      lines.map((line) => [line.target, line.thrown ?? line.reason]),
      [...ofTransact, ...described, ...ofHandler, ...described].map((text) => ['things', text]),
    );
  });

  test('Error middleware of the application does not see calls that the gateway refuses', async () => {
    await start({ routes: [routeOf('/throws', failing)], configureApp: (app) => app.use(answerError) });
    assert.equal((await gateway.request('/throws', { target: 'things' })).status, 401);
    assert.equal((await get('/nowhere')).body.error.code, 'NOT_FOUND');
    assert.equal((await get('/throws?unknown=1')).body.error.code, 'VALIDATION_ERROR');
  });
});

describe("a route's next()", () => {
  afterEach(() => gateway.close());

  const passing: HandlerRoute['handler'] = (_req, _res, next) => next();
  const last = (_req: Request, res: Response) => res.json({ from: 'application' });

  test('A call without further layers gets 404', async () => {
    await start({ routes: [routeOf('/things', passing)] });
    assert.deepEqual((await get('/things')).body.error.code, 'NOT_FOUND');
  });

  test('The next layers are those of the application, never the router, which has scopes of its own', async () => {
    const router = Router().use((_req, res) => res.json({ from: 'router' }));
    const routes = [routeOf('/things', passing), routeOf('/open', passing, true)];
    await start({ routes, router, routerScopes: ['things:read'], configureApp: (app) => app.use(last) });
    const reader = await gateway.token({ scope: 'things:read' });
    for (const answer of [await get('/things'), await get('/things', reader), await get('/open', 'none')])
      assert.deepEqual(answer.body, { from: 'application' });
    assert.deepEqual((await get('/elsewhere', reader)).body, { from: 'router' });
    assert.equal((await get('/elsewhere')).status, 403);
    assert.equal((await gateway.request('/elsewhere', { target: 'things' })).status, 401);
  });
});
