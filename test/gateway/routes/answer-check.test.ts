import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { checkRouter } from '../../../src/gateway/routes/answer-check.ts';
import { definePlugin, defineRoute, type HandlerRoute } from '../../../src/plugin.ts';
import { createTestGateway, type TestAnswer, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';

type Handler = HandlerRoute['handler'];

/** A handler's deadline: longer than a test, so that no answer comes from it. */
const longMs = 600_000;
const shortMs = 100;
const slow = async (): Promise<number> => sleep(20, 1);
const folder = mkdtempSync(join(tmpdir(), 'answers-'));
const file = join(folder, 'file.txt');

/** Callbacks that answer when the test calls them. */
const late: (() => void)[] = [];

const forgetful: Record<string, Handler> = {
  async: async () => {},
  asyncLater: async () => void (await slow()),
  asyncHalfway: async (_req, res) => void res.status(204),
  promise: () => slow(),
};

const answered: Record<string, Handler> = {
  async: async (_req, res) => {
    await slow();
    res.json({});
  },
  sync: (_req, res) => void res.json({}),
  piped: async (_req, res) => {
    await slow();
    Readable.from(slowly()).pipe(res);
  },
  pipeline: async (_req, res) => void pipeline(Readable.from(slowly()), res),
  sendFile: async (_req, res) => res.sendFile(file),
  download: async (_req, res) => res.download(file),
  next: async (_req, _res, next) => next(),
  nextLater: async (_req, _res, next) => {
    await slow();
    next();
  },
};

async function* slowly(): AsyncGenerator<string> {
  await slow();
  yield 'text';
}

const routesOf = (prefix: string, handlers: Record<string, Handler>, more: Partial<HandlerRoute> = {}) =>
  Object.entries(handlers).map(([name, handler]) =>
    defineRoute({
      method: 'GET',
      path: `/${prefix}/${name}`,
      summary: name,
      timeoutMs: longMs,
      answers: { 200: { description: 'Done.' } },
      ...more,
      handler,
    }),
  );

const callback: Handler = (_req, res) => void setTimeout(() => res.json({}), 20);
const asyncCallback: Handler = async (_req, res) => void setTimeout(() => res.json({}), 20);
const afterError: Handler = async (_req, res) => void late.push(() => res.status(200).json({}));
const afterDeadline: Handler = (_req, res) =>
  void late.push(() => {
    res.type('text').write('late');
    res.end();
  });

const inner = Router().get('/inner', async () => {});
const router = Router()
  .use(async (_req, _res, next) => {
    await slow();
    next();
  })
  .get('/router/async', async () => {})
  .get('/router/callback', (_req, res) => void setTimeout(() => res.json({}), 20))
  .get('/router/fine', async (_req, res) => void res.json({}))
  .use('/router', inner);

const things = definePlugin({
  name: 'things',
  apiVersion: 1,
  setup: () => ({
    router,
    configureApp: (app) => void app.use((_req, res) => void res.json({ by: 'configureApp' })),
    routes: [
      ...routesOf('forgetful', forgetful),
      ...routesOf('public', forgetful, { public: true }),
      ...routesOf('heavy', forgetful, { heavy: true }),
      ...routesOf('answered', answered),
      ...routesOf('undeclared', { callback }),
      ...routesOf('declared', { callback, asyncCallback }, { answersLater: true }),
      ...routesOf('late', { afterError }),
      ...routesOf('late', { afterDeadline }, { timeoutMs: shortMs, answersLater: true }),
    ],
  }),
});

describe('the end of a handler', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    writeFileSync(file, 'text');
    gateway = await createTestGateway({ plugins: [things] });
    token = await gateway.token();
  });
  after(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string) => gateway.request(path, { target: 'things', token });

  /** Errors, or warnings, in the log about one request. */
  async function errorsOf(answer: TestAnswer, wanted = 'error'): Promise<Record<string, unknown>[]> {
    await gateway.app.foundation.log.flush();
    const id = answer.headers.get('x-request-id');
    const lines = gateway.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    return lines.filter(({ request_id, level }) => request_id === id && level === wanted);
  }

  async function assertForgetful(path: string): Promise<void> {
    const answer = await get(path);
    assert.deepEqual([answer.status, answer.body.error.code], [500, 'INTERNAL_ERROR'], path);
    const [error] = await errorsOf(answer);
    assert.equal(error?.reason, 'The handler ended without an answer.', path);
    assert.equal(error?.target, 'things');
    assert.equal(error?.route, path.startsWith('/router') ? '(router)' : path);
  }

  test('a handler that ends without an answer gets 500 at once and is logged with its route, on every kind of route', async () => {
    for (const kind of ['forgetful', 'public', 'heavy'])
      for (const name of Object.keys(forgetful)) await assertForgetful(`/${kind}/${name}`);
  });

  test('a handler of a plain router that ends without an answer gets 500 as well, if it returns a promise', async () => {
    await assertForgetful('/router/async');
    await assertForgetful('/router/inner');
  });

  test('a handler that has answered, handed over to a stream or to Express, or called next is no error', async () => {
    for (const path of [
      ...Object.keys(answered).map((name) => `/answered/${name}`),
      '/router/fine',
      '/router/callback',
    ]) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.deepEqual(await errorsOf(answer), [], path);
    }
    assert.equal((await get('/answered/piped')).text, 'text');
    assert.deepEqual((await get('/answered/nextLater')).body, { by: 'configureApp' });
  });

  test('a callback that answers is no error where the route declares it; without that, a warning names the route once', async () => {
    for (const path of ['/declared/callback', '/declared/asyncCallback']) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.deepEqual(await errorsOf(answer), [], path);
    }
    const answer = await get('/undeclared/callback');
    assert.equal(answer.status, 200);
    const [warning] = await errorsOf(answer, 'warn');
    assert.match(String(warning?.message), /without an answer.*answersLater/);
    assert.equal(warning?.route, '/undeclared/callback');
    assert.deepEqual(await errorsOf(await get('/undeclared/callback'), 'warn'), []);
  });

  test('a callback that answers after the error of its handler changes nothing, and is logged', async () => {
    for (const [path, status] of [
      ['/late/afterError', 500],
      ['/late/afterDeadline', 504],
    ] as const) {
      const answer = await get(path);
      assert.equal(answer.status, status);
      for (const answerLate of late.splice(0)) answerLate();
      await eventually(async () =>
        (await errorsOf(answer)).some(({ message }) => message === 'failed after its answer'),
      );
      assert.equal((await get('/answered/sync')).status, 200);
    }
  });
});

test('a rejection reaches next where the router does not look at promises, as in Express 4', async () => {
  const reasons = [new TypeError('no'), undefined];
  const layers = reasons.map((reason) => ({ handle: (): unknown => Promise.reject(reason) }));
  checkRouter({ stack: layers } as unknown as Router);
  const errors = await Promise.all(
    layers.map(({ handle }) => new Promise((next) => (handle as (...args: unknown[]) => unknown)({}, {}, next))),
  );
  assert.deepEqual(errors, [new TypeError('no'), new Error('Rejected promise')]);
});
