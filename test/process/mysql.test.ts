import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import { createSandbox, type Program } from '../support/process.ts';

const base = '/api/v1/integration/distributors';
const nodes = `${base}/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`;
const sandbox = createSandbox();
const ENCRYPTION_KEY = randomBytes(32).toString('base64');

interface Key {
  api_key: string;
  secret_key: string;
}

async function call(url: string, path: string, authorization: string, body?: string) {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'X-Target-Server': 'integration', Authorization: authorization, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: (await answer.json()) as { id: string } };
}

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

async function signIn(url: string, key: Key): Promise<string> {
  const answer = await fetch(`${url}/api/v1/integration/auth/authenticate`, {
    method: 'POST',
    headers: { 'X-Target-Server': 'authentication', 'Content-Type': 'application/json' },
    body: JSON.stringify(key),
  });
  assert.equal(answer.status, 200);
  return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
}

describe('on a database server', () => {
  let server: DatabaseServer;
  let database: TestDatabase;
  let env: Record<string, string>;
  let gateways: [Program, Program];
  let urls: [string, string];
  let key: Key;

  before(async () => {
    server = await startDatabaseServer();
    database = await createTestDatabase(server.url);
    env = { DATABASE_URL: database.env.DATABASE_URL ?? '', ENCRYPTION_KEY };
    gateways = [sandbox.start([], env), sandbox.start([], env)];
    urls = await Promise.all([gateways[0].ready(), gateways[1].ready()]);
  });
  after(async () => {
    await sandbox.remove();
    await database?.drop();
    await server?.stop();
  });

  test('two processes that start together on an empty database both become ready', async () => {
    for (const url of urls) assert.equal((await fetch(`${url}/readyz`)).status, 200);
    const check = await sandbox.run(['check'], env);
    assert.equal(check.code, 0, check.stdout + check.stderr);
    assert.match(check.stdout, /migrations +ok/);
  });

  test('the start prints no demo key, and keys create makes a key', async () => {
    assert.ok(!gateways[0].printed.stdout.includes('secret_key'));
    const made = await sandbox.run(
      ['keys', 'create', '--org', 'myorg', '--email', 'Joe@example.com', '--json'].concat(
        '--scope',
        'integration:read integration:write',
      ),
      env,
    );
    assert.equal(made.code, 0, made.stderr);
    assert.equal(made.stdout.trim().split('\n').length, 1);
    key = JSON.parse(made.stdout);
    assert.deepEqual(Object.keys(key), ['api_key', 'secret_key']);
  });

  test('the key works for Basic authentication, with its name or its e-mail, and for signing in', async () => {
    assert.equal((await call(urls[0], base, basic(key.api_key, key.secret_key))).status, 200);
    assert.equal((await call(urls[0], base, basic('joe@example.com', key.secret_key))).status, 200);
    assert.equal((await call(urls[0], base, basic('joe@example.com', `${key.secret_key}x`))).status, 401);
    assert.equal((await call(urls[0], nodes, await signIn(urls[0], key), '{}')).status, 201);
  });

  test("each process sees the other's rows and accepts its tokens", async () => {
    for (const [one, other] of [urls, urls.toReversed()] as [string, string][]) {
      const token = await signIn(one, key);
      const created = await call(one, nodes, token, '{}');
      assert.equal(created.status, 201);
      const found = await call(other, `${base}/${created.body.id}`, token);
      assert.equal(found.status, 200);
      assert.equal(found.body.id, created.body.id);
    }
  });

  test('keys revoke invalidates Basic credentials at once', async () => {
    const revoked = await sandbox.run(['keys', 'revoke', key.api_key], env);
    assert.equal(revoked.code, 0, revoked.stderr);
    for (const url of urls) assert.equal((await call(url, base, basic(key.api_key, key.secret_key))).status, 401);
  });

  test('another ENCRYPTION_KEY is refused', async () => {
    const other = await sandbox.run([], { ...env, ENCRYPTION_KEY: randomBytes(32).toString('base64') });
    assert.equal(other.code, 1);
    assert.match(other.stderr, /ENCRYPTION_KEY is not the key/);
  });

  test('both processes stop gracefully', async () => {
    for (const gateway of gateways) {
      assert.deepEqual(await gateway.end(), { code: 0, signal: null });
      assert.ok(!gateway.printed.stderr.includes('"level":"error"'), gateway.printed.stderr);
      assert.ok(!gateway.printed.stderr.includes(key.secret_key));
    }
  });
});
