import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ApiError, isApiError, isStartError, readApiError, validationError } from '../src/errors.ts';
import { definePlugin, defineRoute, type Plugin } from '../src/plugin.ts';
import { isSettingsError, SettingsError } from '../src/settings.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';

/** An error as a package without the gateway's classes makes it. */
const shaped = (members: object, message = 'There is no such note.'): Error =>
  Object.assign(new Error(message), { name: 'ApiError', status: 404, code: 'NOT_FOUND' }, members);

/** The class of a package that brings its own copy. */
class Copy extends Error {
  override readonly name = 'ApiError';
  readonly status = 409;
  readonly code = 'NAME_TAKEN';
  readonly details = { names: ['milk'] };
  readonly headers = { 'X-Taken': 'milk' };
  readonly reason = 'kept for the log';
}

const circular: Record<string, unknown> = {};
circular.self = circular;
const secret = 'upstream said: secret';

/** Errors that callers see, with their status, code and a header. */
const answered: Record<string, [unknown, number, string]> = {
  'an error with the members of the contract': [shaped({}), 404, 'NOT_FOUND'],
  'an error of another copy of the class': [new Copy('The name is taken.'), 409, 'NAME_TAKEN'],
  'an error of another realm': [
    runInNewContext("Object.assign(new Error('Busy.'), { name: 'ApiError', status: 503, code: 'TOO_BUSY' })"),
    503,
    'TOO_BUSY',
  ],
  'members that are undefined': [
    shaped({ details: undefined, headers: undefined, reason: undefined }),
    404,
    'NOT_FOUND',
  ],
  'a header whose value is a number': [shaped({ status: 429, headers: { 'Retry-After': 7 } }), 429, 'NOT_FOUND'],
  'a code that looks like one of a database driver': [shaped({ code: 'ER_DUP_ENTRY' }), 404, 'ER_DUP_ENTRY'],
  'a subclass with members of its own': [
    Object.assign(new (class extends ApiError {})(410, 'GONE', 'It is gone.'), { own: secret }),
    410,
    'GONE',
  ],
  'a long list of fields in an error of the gateway': [
    validationError(Array.from({ length: 5000 }, () => ({ path: 'a'.repeat(50), message: 'No.', in: 'body' }))),
    400,
    'VALIDATION_ERROR',
  ],
};

/** Errors that stay inside: each of them holds a text that is not for callers. */
const unanswered: Record<string, unknown> = {
  'an error of http-errors': Object.assign(new Error(secret), {
    name: 'NotFoundError',
    status: 404,
    statusCode: 404,
    code: 'NOT_FOUND',
    expose: true,
  }),
  'an error of undici': Object.assign(new Error(secret), {
    name: 'ResponseError',
    code: 'UND_ERR_RESPONSE',
    status: 404,
    statusCode: 404,
    headers: {},
    body: secret,
  }),
  'an error of Axios': Object.assign(new Error(secret), {
    name: 'AxiosError',
    code: 'ERR_BAD_REQUEST',
    status: 404,
    response: { data: secret },
  }),
  'an error of a generated client that has the same name': shaped(
    { url: 'https://example.com', statusText: 'Not Found', body: { secret }, request: {} },
    secret,
  ),
  'a client with the same name and the headers of a response': shaped({ headers: new Headers({ a: 'b' }) }, secret),
  'an error with another name': Object.assign(new Error(secret), { status: 404, code: 'NOT_FOUND' }),
  'a plain object': { name: 'ApiError', status: 404, code: 'NOT_FOUND', message: secret },
  'a status below 400': shaped({ status: 200 }, secret),
  'a status above 599': shaped({ status: 600 }, secret),
  'a status as text': shaped({ status: '404' }, secret),
  'a status that is no integer': shaped({ status: 404.5 }, secret),
  'no code': shaped({ code: undefined }, secret),
  'a code in lower case': shaped({ code: 'not_found' }, secret),
  'a code as a number': shaped({ code: 404 }, secret),
  'a code without end': shaped({ code: 'A'.repeat(1000) }, secret),
  'no message': shaped({}, ''),
  'a message without end': shaped({}, secret.repeat(1000)),
  'details as a list': shaped({ details: [secret] }, secret),
  'details as text': shaped({ details: secret }, secret),
  'details of a class': shaped({ details: new Map([['a', secret]]) }, secret),
  'details in a circle': shaped({ details: circular }, secret),
  'details that JSON does not have': shaped({ details: { count: 1n } }, secret),
  'details without end': shaped({ details: { text: 'x'.repeat(300_000) } }, secret),
  'a header with a line break': shaped({ headers: { 'X-A': 'a\r\nSet-Cookie: b=c' } }, secret),
  'a header name with a line break': shaped({ headers: { 'X-A\r\nX-B': 'a' } }, secret),
  'a header value beyond Latin-1': shaped({ headers: { 'X-A': 'ł' } }, secret),
  'a header without end': shaped({ headers: { 'X-A': 'a'.repeat(5000) } }, secret),
  'a header as a list': shaped({ headers: { 'X-A': ['a', 'b'] } }, secret),
  'too many headers': shaped(
    { headers: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`X-${n}`, 'a'])) },
    secret,
  ),
  'a length of the body': shaped({ headers: { 'content-length': '1' } }, secret),
  'a coding of the body': shaped({ headers: { 'Transfer-Encoding': 'chunked' } }, secret),
  'a type of the body': shaped({ headers: { 'Content-Type': 'text/html' } }, secret),
  'an upgrade': shaped({ headers: { Connection: 'upgrade', Upgrade: 'h2c' } }, secret),
  'a getter that throws': Object.defineProperty(shaped({}), 'details', { get: () => assert.fail(secret) }),
  'a name that throws': Object.defineProperty(new Error(secret), 'name', { get: () => assert.fail(secret) }),
  'a proxy that throws': new Proxy(shaped({}), { get: () => assert.fail(secret) }),
  "the gateway's class with a status that is none": new ApiError(42, 'NOT_FOUND', secret),
  "the gateway's class with a header that breaks the line": new ApiError(404, 'NOT_FOUND', secret, {
    headers: { 'X-A': 'a\nb' },
  }),
  null: null,
  'a text': secret,
};

const all: readonly (readonly [string, unknown])[] = [
  ...Object.entries(answered).map(([title, [error]]) => [title, error] as const),
  ...Object.entries(unanswered),
];

const throwAt = (index: string): never => {
  throw all[Number(index)]?.[1];
};

const answers = { 200: { description: 'Done.' } };

const plugin: Plugin = definePlugin({
  name: 'things',
  apiVersion: 1,
  errorShapes: [],
  setup: ({ provideIdentity }) => {
    provideIdentity({
      verifyBasic: async (username) => {
        if (username === 'nobody') throw shaped({ status: 401, code: 'UNAUTHORIZED' }, 'No such user.');
        if (username === 'away')
          throw shaped({ status: 503, code: 'DATABASE_UNAVAILABLE', headers: { 'Retry-After': '3' } });
        return undefined;
      },
    });
    return {
      routes: [
        defineRoute({
          method: 'POST',
          path: '/transact/:index',
          summary: 'Writes, then throws',
          answers,
          transact: async (req, trx) => {
            await trx('things_rows').insert({ id: 'written' });
            return throwAt((req.params as { index: string }).index);
          },
        }),
        defineRoute({
          method: 'GET',
          path: '/handler/:index',
          summary: 'Throws',
          answers,
          handler: async (req) => throwAt((req.params as { index: string }).index),
        }),
      ],
    };
  },
});

describe('errors in the shape of the contract', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await createTestGateway({ plugins: [plugin] });
    await gateway.app.foundation.database.read(async (db) => {
      await db.schema.createTable('things_rows', (columns) => void columns.string('id', 36));
    });
  });
  after(() => gateway.close());

  const call = async (kind: 'transact' | 'handler', title: string) => {
    const path = `/${kind}/${all.findIndex(([name]) => name === title)}`;
    const method = kind === 'transact' ? 'POST' : 'GET';
    return gateway.request(path, { method, target: 'things', token: await gateway.token() });
  };

  for (const [title, [error, status, code]] of Object.entries(answered))
    test(`${title} is answered, and its transaction rolled back`, async () => {
      for (const kind of ['transact', 'handler'] as const) {
        const answer = await call(kind, title);
        assert.deepEqual([answer.status, answer.body.error.code], [status, code], answer.text);
        assert.equal(answer.body.error.message, (error as Error).message);
        assert.equal(answer.body.error.request_id, answer.headers.get('x-request-id'));
      }
    });

  test('no write of a failed transaction remains', async () => {
    for (const [title] of all) await call('transact', title);
    assert.deepEqual(await gateway.app.foundation.database.read((db) => db('things_rows')), []);
  });

  test('details and headers are sent, and the reason is not', async () => {
    const answer = await call('transact', 'an error of another copy of the class');
    assert.deepEqual(answer.body.error.details, { names: ['milk'] });
    assert.equal(answer.headers.get('x-taken'), 'milk');
    assert.ok(!answer.text.includes('kept for the log'));
    assert.equal((await call('handler', 'a header whose value is a number')).headers.get('retry-after'), '7');
  });

  for (const title of Object.keys(unanswered))
    test(`${title} is an internal error`, async () => {
      for (const kind of ['transact', 'handler'] as const) {
        const answer = await call(kind, title);
        assert.deepEqual([answer.status, answer.body.error?.code], [500, 'INTERNAL_ERROR'], answer.text);
        assert.ok(!answer.text.includes('secret'));
        assert.deepEqual(answer.body.error.details, {});
        assert.equal(answer.headers.get('set-cookie'), null);
      }
    });

  test('the log says why an error that claims to be one of the contract is not answered', async () => {
    const answer = await call('handler', 'a status below 400');
    await gateway.app.foundation.log.flush();
    const line = gateway.log
      .map((text) => JSON.parse(text))
      .find((entry) => entry.request_id === answer.body.error.request_id);
    assert.equal(line.not_answered, 'status is not an integer from 400 to 599');
    assert.equal(line.message, 'request failed');
  });

  test('errors of an identity provider have their status as well', async () => {
    const signIn = (user: string) =>
      gateway.request('/handler/0', {
        target: 'things',
        headers: { Authorization: `Basic ${btoa(`${user}:password`)}` },
      });
    assert.equal((await signIn('nobody')).status, 401);
    const away = await signIn('away');
    assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '3']);
    for (let attempt = 0; attempt < 20; attempt += 1) await signIn('nobody');
    assert.equal((await signIn('nobody')).status, 429);
  });
});

test('an error is read once: a copy cannot change between its check and its answer', () => {
  let reads = 0;
  const error = Object.defineProperty(shaped({}), 'status', { get: () => (reads++ === 0 ? 404 : 200) });
  assert.equal(readApiError(error)?.error?.status, 404);
});

test('errors for operators are recognized by their shape', () => {
  const named = (name: string, members: object = {}) => Object.assign(new Error('Set NOTES_MAX.'), { name }, members);
  const problems = [{ name: 'NOTES_MAX', value: 'x', expected: 'must be a number' }];
  assert.ok(isStartError(named('StartError')));
  assert.ok(
    !isStartError(named('Error')) && !isStartError({ name: 'StartError', message: 'x' }) && !isStartError(null),
  );
  assert.ok(isSettingsError(named('SettingsError', { problems })) && isSettingsError(new SettingsError(problems)));
  for (const malformed of [undefined, [], 'x', [{}], [null], [{ ...problems[0], value: 1 }]])
    assert.ok(!isSettingsError(named('SettingsError', { problems: malformed })), JSON.stringify(malformed));
  assert.ok(isApiError(shaped({})) && !isApiError(named('StartError')) && !isApiError(undefined));
});
