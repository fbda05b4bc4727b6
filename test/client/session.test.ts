import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { createClient, type HookgateError, isHookgateError } from '../../src/client/client.ts';
import { createKeySession, type Tokens } from '../../src/client/session.ts';
import { answer, type Reaction } from '../../src/receiver/receiver.ts';
import {
  authenticatePath,
  createScriptedGateway,
  failure,
  json,
  refreshPath,
  refusal,
  type ScriptedGateway,
} from '../support/scripted-gateway.ts';

const path = '/api/v1/integration/backlog';

describe('the session of a client', () => {
  let gateway: ScriptedGateway;
  before(async () => {
    gateway = await createScriptedGateway();
  });
  after(() => gateway.receiver.close());
  beforeEach(() => gateway.reset());

  const authorizations = () => gateway.calls().map(({ headers }) => headers.authorization);
  const failed = async (promise: Promise<unknown>): Promise<HookgateError> => {
    const error = await promise.then(
      () => assert.fail('the call succeeded'),
      (reason: unknown) => reason,
    );
    assert.ok(isHookgateError(error), String(error));
    return error;
  };

  test('the first call signs in, and later calls use its token', async () => {
    const client = gateway.client();
    await Promise.all(Array.from({ length: 10 }, () => client.GET(path)));
    await client.GET(path);
    assert.equal(gateway.requestsOf(authenticatePath).length, 1);
    assert.deepEqual(new Set(authorizations()), new Set(['Bearer access-1']));
    const [signIn] = gateway.requestsOf(authenticatePath);
    assert.equal(signIn?.headers['x-target-server'], 'authentication');
    assert.deepEqual(JSON.parse(signIn?.body ?? ''), { api_key: 'hk_key', secret_key: 'the-secret' });
  });

  test('many calls that get 401 cause one refresh', async () => {
    const client = gateway.client();
    gateway.reactions = Array.from({ length: 10 }, () => refusal());
    await Promise.all(Array.from({ length: 10 }, () => client.GET(path)));
    assert.equal(gateway.requestsOf(authenticatePath).length, 1);
    assert.deepEqual(
      gateway.requestsOf(refreshPath).map(({ body }) => JSON.parse(body)),
      [{ refresh_token: 'refresh-1' }],
    );
    assert.equal(authorizations().filter((each) => each === 'Bearer access-2').length, 10);
  });

  test('a POST without Idempotency-Key is sent again after 401, since it had no effect', async () => {
    gateway.reactions = [refusal()];
    await gateway.client().fetch('/api/v1/notes', { method: 'POST', body: '{"text":"a"}' });
    assert.deepEqual(
      gateway.calls().map(({ body }) => body),
      ['{"text":"a"}', '{"text":"a"}'],
    );
  });

  const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  const id = { 'X-Request-Id': 'id-of-gateway' };
  const toBilling = { method: 'POST', headers: { 'X-Target-Server': 'billing' }, body: '{}' };
  const ofBackends: [title: string, reaction: Reaction][] = [
    ['without a body', answer(401)],
    ['with a body of its own', json(401, { message: 'No.' }, challenge)],
    ["with the gateway's code and no challenge", failure(401, 'UNAUTHORIZED', { 'X-Request-Id': 'id-of-body' })],
    ["with the gateway's code and another id", failure(401, 'UNAUTHORIZED', { ...id, ...challenge })],
    ['with another code', failure(401, 'SESSION_ENDED', { 'X-Request-Id': 'id-of-body', ...challenge })],
    ['with the code of /v1 and no challenge', json(401, { code: 'mint.unauthorized', message: 'No.' }, id)],
    ['with another code in the format of /v1', json(401, { code: 'mint.expired', message: 'No.' }, challenge)],
  ];
  for (const [title, reaction] of ofBackends)
    test(`a backend's own 401 ${title} is the answer: no renewal, and no second POST`, async () => {
      const client = gateway.client();
      gateway.reactions = [reaction, reaction];
      for (let calls = 1; calls <= 2; calls += 1) {
        const { status } = await failed(client.fetch('/api/v1/invoices', toBilling));
        assert.deepEqual([status, gateway.calls().length], [401, calls]);
      }
      assert.equal(gateway.requestsOf(refreshPath).length, 0);
    });

  test('a second 401 is the answer of the call', async () => {
    gateway.reactions = Array.from({ length: 9 }, () => refusal());
    assert.equal((await failed(gateway.client().GET(path))).code, 'UNAUTHORIZED');
    assert.equal(gateway.calls().length, 2);
  });

  test('a failed refresh leads to one sign-in, and the refresh token is not sent twice', async () => {
    const client = gateway.client();
    await client.GET(path);
    gateway.onToken((request) => (request.path === refreshPath ? failure(503, 'DATABASE_UNAVAILABLE') : undefined));
    gateway.reactions = [refusal()];
    await client.GET(path);
    assert.equal(gateway.requestsOf(refreshPath).length, 1);
    assert.equal(gateway.requestsOf(authenticatePath).length, 2);
    assert.equal(authorizations().at(-1), 'Bearer access-2');
  });

  const key = { api_key: 'hk_key', secret_key: 'the-secret' };
  const away = () =>
    Object.assign(new Error('away'), { name: 'HookgateError', code: 'NETWORK_ERROR', status: 0 } as const);

  test('tokens are renewed shortly before their end, while calls go on with the old one', async () => {
    let now = 0;
    const calls: string[] = [];
    const next = async (call: string): Promise<Tokens> => {
      calls.push(call);
      return { access_token: `access-${calls.length}`, refresh_token: `refresh-${calls.length}`, expires_in: 3600 };
    };
    const session = createKeySession(
      key,
      { signIn: () => next('sign-in'), refresh: (token) => next(token) },
      () => now,
    );
    assert.equal(await session.token(), 'access-1');
    now = 3539_000;
    assert.equal(await session.token(), 'access-1');
    assert.equal(calls.length, 1);
    now = 3540_000;
    assert.deepEqual(await Promise.all([session.token(), session.token()]), ['access-1', 'access-1']);
    await new Promise(setImmediate);
    assert.equal(await session.token(), 'access-2');
    assert.deepEqual(calls, ['sign-in', 'refresh-1']);
  });

  test('a valid token serves until its end while its renewal stalls, and then calls wait for that renewal', async () => {
    let now = 0;
    let signIns = 0;
    const renewal = Promise.withResolvers<Tokens>();
    const tokens = (name: string): Tokens => ({ access_token: name, refresh_token: 'refresh', expires_in: 3600 });
    const signIn = async () => {
      signIns += 1;
      return tokens('access-1');
    };
    const session = createKeySession(key, { signIn, refresh: () => renewal.promise }, () => now);
    await session.token();
    for (now = 3540_000; now < 3600_000; now += 1000) assert.equal(await session.token(), 'access-1');
    const waiting = Promise.all([session.token(), session.token()]);
    renewal.resolve(tokens('access-2'));
    assert.deepEqual(await waiting, ['access-2', 'access-2']);
    assert.equal(signIns, 1);
    now = 3540_000 + 3600_000;
    assert.equal(
      await Promise.race([session.token(), 'waiting']),
      'waiting',
      'life counts from the request for the token',
    );
  });

  for (const [title, error] of [
    ['away', away()],
    ['refused', Object.assign(away(), { code: 'UNAUTHORIZED', status: 401 })],
  ] as const)
    test(`a valid token serves on while its renewal is ${title}, which is tried every 5 seconds`, async () => {
      let now = 0;
      let attempts = 0;
      const tokens = async (): Promise<Tokens> => {
        attempts += 1;
        if (attempts > 1) throw error;
        return { access_token: 'access', refresh_token: 'refresh', expires_in: 3600 };
      };
      const refresh = () => Promise.reject(error);
      const session = createKeySession(key, { signIn: tokens, refresh }, () => now);
      await session.token();
      for (now = 3540_000; now < 3600_000; now += 500) {
        assert.equal(await session.token(), 'access');
        await new Promise(setImmediate);
      }
      assert.equal(attempts, 1 + 60 / 5);
      await assert.rejects(session.token(), { code: error.code });
    });

  test('wrong credentials are tried once a call, and the error holds no secret', async () => {
    gateway.onToken(() => refusal());
    const client = gateway.client();
    const error = await failed(client.GET(path));
    assert.equal(error.code, 'UNAUTHORIZED');
    assert.equal(gateway.receiver.received.length, 1);
    for (const shown of [
      inspect(error, { depth: 10 }),
      JSON.stringify(error),
      String(client),
      inspect(client, { depth: 10 }),
    ])
      assert.doesNotMatch(shown, /the-secret/);
  });

  test('a response without tokens fails the call and is not quoted', async () => {
    gateway.onToken(() => json(200, { access_token: 'a b', refresh_token: 'refresh', expires_in: 1 }));
    const error = await failed(gateway.client().GET(path));
    assert.deepEqual([error.code, error.status], ['INVALID_RESPONSE', 200]);
    assert.doesNotMatch(inspect(error, { depth: 10 }), /a b/);
  });

  test('a token function is asked for each call, and again after 401', async () => {
    let count = 0;
    const client = gateway.clientOf(async () => {
      count += 1;
      return `own-${count}`;
    });
    gateway.reactions = [refusal()];
    await client.GET(path);
    assert.deepEqual(authorizations(), ['Bearer own-1', 'Bearer own-2']);
  });

  test('a token function that fails or never answers ends the call', async () => {
    const failure = new Error('no network');
    const failing = gateway.clientOf(() => Promise.reject(failure));
    const error = await failed(failing.GET(path));
    assert.deepEqual([error.code, error.cause], ['TOKEN_UNAVAILABLE', failure]);
    const silent = createClient({
      url: gateway.receiver.url,
      token: () => new Promise(() => undefined),
      totalTimeoutMs: 1,
    });
    const { code, message } = await failed(silent.GET(path));
    assert.deepEqual([code, message], ['TIMEOUT', 'No token within the 1 ms of totalTimeoutMs.']);
  });

  test('a malformed token is refused without being quoted', async () => {
    const client = gateway.clientOf('secret\r\nX-Admin: 1');
    const error = await failed(client.GET(path));
    assert.equal(error.code, 'INVALID_ARGUMENT');
    assert.doesNotMatch(inspect(error, { depth: 10 }), /secret|X-Admin/);
    assert.equal(gateway.receiver.received.length, 0);
  });

  test('a redirect of the sign-in does not carry the secret elsewhere', async () => {
    const { receiver } = gateway;
    gateway.onToken(({ path: at }) =>
      at === authenticatePath
        ? { pieces: [`HTTP/1.1 307 Moved\r\nLocation: ${receiver.url}/elsewhere\r\nContent-Length: 0\r\n\r\n`] }
        : undefined,
    );
    assert.equal((await failed(gateway.client().GET(path))).code, 'REDIRECTED');
    assert.deepEqual(
      receiver.received.map((request) => request.path),
      [authenticatePath],
    );
  });
});
