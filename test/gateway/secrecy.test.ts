import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { authentication } from '../../plugins/authentication/index.ts';
import { createApiKeyService } from '../../plugins/authentication/keys/api-key-service.ts';
import { integration } from '../../plugins/integration/index.ts';
import { createTestGateway, type TestAnswer, type TestGateway, type TestRequest } from '../../src/testing/index.ts';
import { assertError } from '../support/assert-error.ts';
import { echo } from '../support/echo-plugin.ts';
import { onEveryEngine } from '../support/engines.ts';
import { createLedger } from '../support/ledger-plugin.ts';
import { rawRequest, requestText } from '../support/raw-request.ts';

const base = '/api/v1/integration/distributors';
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const signIn = '/api/v1/integration/auth/authenticate';
const refresh = '/api/v1/integration/auth/refresh';
const statements = /\b(?:insert into|delete from|select [`"*\w]+.* from|update [`"]\w+[`"] set|create table)\b/i;
const stack = /\n\s+at |\bat [\w.<>]+ \(|node_modules|file:\/\/|\.ts:\d+/;

/** Every secret that must never be disclosed contains this word. */
const mark = 'S3CR3T';
const secret = (place: string): string => `${mark}-${place}`;
const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const meta = (authentication: object) => ({ host: 'https://example.com', path: '/hook', authentication });
const passwordMeta = meta({ type: 1, username: 'joe', password: secret('password') });
const tokenMeta = meta({ type: 2, token: secret('token') });

onEveryEngine('secrets entrusted to the gateway', ({ serverUrl }) => {
  let gateway: TestGateway;
  let token: string;
  let issued: { api_key: string; secret_key: string };
  /** Secrets that do not contain the mark. */
  const secrets: string[] = [];
  const answers: { status: number; text: string; shown: string }[] = [];

  before(async () => {
    const plugins = [authentication, integration, echo, createLedger()];
    gateway = await createTestGateway({ plugins, serverUrl, env: { LOG_LEVEL: 'debug' } });
    token = await gateway.token({ scope: 'integration:read integration:write' });
    const { database, now } = gateway.app.foundation;
    const wanted = { email: 'joe@example.com', organizations: ['myorg'], scope: 'integration:read' };
    issued = await createApiKeyService({ database, now }).create(wanted);
    secrets.push(token, issued.secret_key, basicOf(issued.api_key, issued.secret_key).slice(6));
  });
  after(() => gateway.close());

  const keep = (status: number, text: string, headers: Iterable<[string, string]>): void => {
    answers.push({ status, text, shown: `${JSON.stringify([...headers])}\n${text}` });
  };
  async function call(path: string, request: TestRequest = {}): Promise<TestAnswer> {
    const answer = await gateway.request(path, { target: 'integration', token, ...request });
    keep(answer.status, answer.text, answer.headers);
    return answer;
  }
  const stranger = (path: string, Authorization: string): Promise<TestAnswer> =>
    gateway.request(path, { target: 'integration', headers: { Authorization } }).then((answer) => {
      keep(answer.status, answer.text, answer.headers);
      return answer;
    });

  async function assertUnseen(): Promise<void> {
    await gateway.app.foundation.log.flush();
    const log = gateway.log.join('\n');
    assert.ok(gateway.log.length > 0 && answers.length > 0);
    for (const text of [mark, Buffer.from(mark).toString('base64').slice(0, 7), ...secrets]) {
      assert.ok(!log.includes(text), gateway.log.find((line) => line.includes(text)) ?? text);
      const answer = answers.find(({ shown }) => shown.includes(text));
      assert.equal(answer, undefined, `${text} in ${answer?.shown}`);
    }
    for (const line of gateway.log) assert.doesNotMatch(line, statements);
    for (const { shown } of answers) {
      assert.doesNotMatch(shown, statements);
      assert.doesNotMatch(shown, stack);
    }
  }

  test('credentials, valid or not, are neither answered nor logged', async () => {
    assert.equal((await stranger(base, basicOf(issued.api_key, issued.secret_key))).status, 200);
    assert.equal((await stranger(base, basicOf('joe@example.com', issued.secret_key))).status, 200);
    const tampered = token.replace(/\.[^.]+$/, `.${secret('signature')}`);
    for (const header of [
      basicOf('joe@example.com', secret('basic')),
      basicOf(secret('user'), 'x'),
      `Basic ${secret('malformed')}`,
      `Bearer ${secret('bearer')}`,
      `Bearer ${secret('a')}.${secret('b')}.${secret('c')}`,
      `Bearer ${tampered}`,
      `Digest ${secret('digest')}`,
      secret('bare'),
    ]) {
      secrets.push(header.split(' ').at(-1) ?? header);
      assertError(await stranger(base, header), 'UNAUTHORIZED');
    }
    const expired = await gateway.token({ lifetimeSeconds: -60 });
    secrets.push(expired);
    assertError(await stranger(base, `Bearer ${expired}`), 'UNAUTHORIZED');
    await assertUnseen();
  });

  test('the secrets of a sign-in, successful or not, are neither answered again nor logged', async () => {
    const public_ = { target: 'authentication' };
    const good = await gateway.request(signIn, { ...public_, body: issued });
    assert.equal(good.status, 200);
    secrets.push(good.body.access_token, good.body.refresh_token);
    const renewed = await gateway.request(refresh, { ...public_, body: { refresh_token: good.body.refresh_token } });
    assert.equal(renewed.status, 200);
    secrets.push(renewed.body.access_token, renewed.body.refresh_token);
    const headers = { 'Api-Key': issued.api_key, 'Api-Secret': issued.secret_key };
    const byHeader = await gateway.request(signIn, { ...public_, method: 'POST', headers });
    assert.equal(byHeader.status, 200);
    secrets.push(byHeader.body.access_token, byHeader.body.refresh_token);

    const request = (path: string, rest: TestRequest) => call(path, { ...rest, target: 'authentication' });
    await request(refresh, { body: { refresh_token: good.body.refresh_token } });
    await request(refresh, { body: { refresh_token: secret('refresh') } });
    await request(refresh, { body: { refresh_token: secret('long').repeat(100) } });
    await request(signIn, { body: { api_key: issued.api_key, secret_key: secret('key') } });
    await request(signIn, { body: { api_key: secret('api-key') } });
    await request(signIn, { body: { secret_key: [secret('array')] } });
    await request(signIn, { body: `{"api_key":"x","secret_key":"${secret('open')}` });
    await request(signIn, { method: 'POST', headers: { 'Api-Key': secret('header'), 'Api-Secret': secret('header') } });
    assert.ok(answers.slice(-8).every(({ status }) => status === 400 || status === 401));
    await assertUnseen();
  });

  test('the credentials of a stored distributor are neither answered again nor logged', async () => {
    for (const given of [passwordMeta, tokenMeta]) {
      const headers = { 'Idempotency-Key': secret(given === tokenMeta ? 'key-2' : 'key-1') };
      // The only response that shows credentials goes to the caller who has just sent them.
      const body = { meta: given };
      const made = await gateway.request(`${base}/nodes/${nodeId}`, { target: 'integration', token, body, headers });
      assert.equal(made.status, 201);
      assert.ok(made.text.includes(mark));
      const read = await call(`${base}/${made.body.id}`);
      assert.ok(read.text.includes('********'));
      await call(`${base}/${made.body.id}`, { method: 'PUT', body: {} });
      await call(`${base}/${made.body.id}`, { method: 'PUT', body: { meta: read.body.meta } });
      await call(`${base}/nodes/${nodeId}`, { body: {}, headers });
    }
    await call(base);
    await assertUnseen();
  });

  test('no secret is readable in the database, kept answers included', async () => {
    const { knex } = gateway.app.foundation.database;
    const tables = ['integration_distributors', 'gateway_idempotency_keys', 'authentication_api_keys'];
    for (const table of [...tables, 'authentication_refresh_tokens', 'authentication_signing_keys']) {
      const rows = await knex(table).select();
      assert.ok(rows.length > 0, table);
      const text = JSON.stringify(rows);
      for (const hidden of [mark, 'PRIVATE KEY', ...secrets])
        assert.ok(!text.includes(hidden), `${hidden} in ${table}`);
    }
  });

  test('validation errors never quote a value, in any field', async () => {
    const word = secret('value');
    const bodies: unknown[] = [
      { meta: word },
      { meta: [word] },
      { meta: { ...passwordMeta, host: word } },
      { meta: { ...passwordMeta, host: `https://joe:${word}@example.com` } },
      { meta: { ...passwordMeta, path: word } },
      { meta: { ...passwordMeta, method: word } },
      { meta: { ...passwordMeta, authentication: word } },
      { meta: meta({ type: word, username: word, password: word, token: word }) },
      { meta: meta({ type: 1, username: `${word}:`, password: `${word}\n` }) },
      { meta: meta({ type: 1, username: 'joe', password: { a: word } }) },
      { meta: meta({ type: 1, username: 'joe', password: word.repeat(1000) }) },
      { meta: meta({ type: 2, token: `${word} ${word}` }) },
      { unknown: word },
      word,
      `{"meta":{"authentication":{"password":"${word}"}}`,
      `{"meta":${word}}`,
      `{"__proto__":"${word}"}`,
    ];
    for (const body of bodies) {
      const { status } = await call(`${base}/nodes/${nodeId}`, { body: body as object });
      assert.equal(status, 400, JSON.stringify(body));
    }
    await call(`${base}/nodes/${nodeId}`, { body: word, headers: { 'Content-Type': `text/${word}` } });
    await assertUnseen();
  });

  test('values of the request line and of headers are neither answered nor logged', async () => {
    for (const query of [`access_token=${secret('query')}`, `page=${secret('page')}`, `page=1&per_page=${mark}`])
      assert.equal((await call(`${base}?${query}`)).status, 400);
    await call(`/echo/open?token=${secret('public')}`, { target: 'echo' });
    await call(`${base}/${secret('path')}`);
    // Longer than a UUID. Short parts of unknown paths are logged.
    await call(`/api/${secret('path').padEnd(41, 'x')}`);
    await call(base, { target: secret('target') });
    await call(base, { headers: { 'X-Organization': secret('organization') } });
    await call(base, { headers: { Cookie: `session=${secret('cookie')}`, 'User-Agent': secret('agent') } });
    await call(`${base}/nodes/${nodeId}`, { body: {}, headers: { 'Idempotency-Key': `${secret('key')} x` } });
    for (const text of [
      requestText(`GET /${mark.padEnd(41, 'x')}/../x`),
      requestText(`GET http://joe:${mark}@example.com/`),
      requestText('GET /echo', [`Authorization: ${mark}`, `Authorization: ${mark}`]),
      requestText(`${mark} /echo`),
      requestText(`GET /echo`, [`X-Request-Id: ${mark} ${mark}`]),
      requestText('GET /echo', [`${mark} : broken`]),
    ]) {
      const answer = await rawRequest(gateway.port, text);
      assert.ok(answer.status >= 400);
      keep(answer.status, answer.text, answer.headers);
    }
    await assertUnseen();
  });

  test('an error of the database discloses neither values nor statements', async () => {
    const word = secret('row');
    const ledger = (path: string, body: object) => call(path, { target: 'ledger', body });
    for (const answer of [
      await ledger('/entries', { text: word, fault: 'break' }),
      await ledger('/entries', { text: word, fault: 'crash' }),
      await ledger('/entries', { text: word, fault: 'unbindable' }),
      await ledger('/entries', { text: word, fault: 'undefined' }),
      await ledger('/careless', { text: word }),
    ])
      assertError(answer, 'INTERNAL_ERROR');
    await gateway.app.foundation.database.knex.schema.dropTable('integration_distributors');
    assertError(await call(`${base}/nodes/${nodeId}`, { body: { meta: passwordMeta } }), 'INTERNAL_ERROR');
    assertError(await call(`${base}/${nodeId}`, { method: 'PUT', body: { meta: tokenMeta } }), 'INTERNAL_ERROR');
    assertError(await call(`${base}/${nodeId}`), 'INTERNAL_ERROR');
    assertError(await call(base), 'INTERNAL_ERROR');
    await assertUnseen();

    const failures = gateway.log.map((line) => JSON.parse(line)).filter(({ message }) => message === 'request failed');
    assert.equal(failures.length, 9);
    for (const { level, request_id, route, error, stack: frames } of failures) {
      assert.deepEqual([level, typeof request_id, typeof route, typeof error], ['error', 'string', 'string', 'string']);
      assert.ok(frames.length > 0, 'the log needs the stack of the error');
    }
  });
});
