import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { type DatabaseServer, freePort, startDatabaseServer } from '../support/database-server.ts';
import { eventually } from '../support/eventually.ts';
import { type Load, startLoad, summary } from '../support/load.ts';
import { patient } from '../support/patience.ts';
import { createSandbox, type Program } from '../support/process.ts';

const base = '/api/v1/integration/distributors';
const nodes = `${base}/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`;
const callers = 32;
const slowestMs = 8000;
const isGood = ({ status }: { status: number }): boolean => status >= 200 && status < 300;

describe('a database server that goes away and comes back', () => {
  const sandbox = createSandbox();
  let server: DatabaseServer;
  let database: TestDatabase;
  let env: Record<string, string>;
  let program: Program;
  let url: string;
  let load: Load;
  let metricsPort: number;

  const readMetrics = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    assert.equal(answer.status, 200);
    return answer.text();
  };

  before(async () => {
    server = await startDatabaseServer();
    database = await createTestDatabase(server.url);
    env = { DATABASE_URL: database.env.DATABASE_URL ?? '', ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    metricsPort = await freePort();
    program = sandbox.start([], { ...env, METRICS_PORT: String(metricsPort) });
    url = await program.ready();
    load = startLoad(url, callers, await requests());
  });
  after(async () => {
    await load?.stop();
    await sandbox.remove();
    await server?.stop();
  });

  /** Reads and writes, with a token and with an API key that is looked up for every request. */
  async function requests() {
    const made = await sandbox.run(
      [...['keys', 'create', '--org', 'myorg', '--email', 'joe@example.com', '--json'], '--scope'].concat(
        'integration:read integration:write',
      ),
      env,
    );
    const key = JSON.parse(made.stdout) as { api_key: string; secret_key: string };
    const signedIn = await fetch(`${url}/api/v1/integration/auth/authenticate`, {
      method: 'POST',
      headers: { 'X-Target-Server': 'authentication', 'Content-Type': 'application/json' },
      body: made.stdout,
    });
    const { access_token } = (await signedIn.json()) as { access_token: string };
    const credentials = [
      `Bearer ${access_token}`,
      `Basic ${Buffer.from(`${key.api_key}:${key.secret_key}`).toString('base64')}`,
    ];
    let count = 0;
    return () => {
      count += 1;
      const headers = {
        'X-Target-Server': 'integration',
        Authorization: credentials[(count >> 1) % 2] as string,
        'Content-Type': 'application/json',
        ...(count % 4 === 0 ? { 'Idempotency-Key': `key-${count}` } : {}),
      };
      return count % 2 === 0
        ? { method: 'POST', path: nodes, headers, body: '{}' }
        : { method: 'GET', path: `${base}?per_page=1`, headers };
    };
  }

  test('requests get 503 and no other error, while /healthz stays 200', async () => {
    await load.until((outcome) => outcome.status === 201);
    await server.kill();
    const killedAt = performance.now();
    await load.until((outcome) => outcome.sentAt > killedAt && outcome.status === 503);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    const readiness = await fetch(`${url}/readyz`);
    assert.equal(readiness.status, 503);
    assert.equal(((await readiness.json()) as { checks: Record<string, string> }).checks.database, 'failed');
  });

  test('the metrics are there meanwhile, without the queue', async () => {
    const page = await eventually(async () => {
      const seen = await readMetrics();
      return seen.includes('hookgate_database_up 0') ? seen : undefined;
    });
    assert.match(page, /^hookgate_database_writable 0$/m);
    assert.match(page, /^hookgate_ready\{check="database"\} 0$/m);
    assert.match(page, /^hookgate_ready\{check="running"\} 1$/m);
    assert.match(page, /^hookgate_http_requests_total\{.*status="503"\} \d+$/m);
    assert.match(page, /^hookgate_build_info\{.*role="all".*\} 1$/m);
    assert.doesNotMatch(page, /^hookgate_dispatcher_(due|oldest_due_age_seconds) /m);
  });

  test('the gateway recovers by itself as soon as the database is back', async () => {
    await server.restart();
    const backAt = performance.now();
    const first = await load.until((outcome) => outcome.sentAt > backAt && outcome.status === 201);
    assert.ok(first.endedAt - backAt < patient(slowestMs));
    await load.until((outcome) => outcome.sentAt > first.endedAt && outcome.status === 200);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    const settledAt = performance.now();
    await load.until((outcome) => outcome.sentAt > settledAt + 500);
    assert.match(await readMetrics(), /^hookgate_dispatcher_due \d+$/m);
    const outcomes = await load.stop();

    const bad = outcomes.filter((outcome) => !isGood(outcome) && outcome.code !== 'DATABASE_UNAVAILABLE');
    assert.deepEqual(summary(bad), {});
    const away = outcomes.filter(({ status }) => status === 503);
    assert.ok(away.every(({ retryAfter }) => Number(retryAfter) > 0));
    const slowest = Math.max(...outcomes.map(({ sentAt, endedAt }) => endedAt - sentAt));
    assert.ok(slowest < patient(slowestMs), `the slowest took ${Math.round(slowest)} ms`);
    const late = outcomes.filter(({ sentAt, status }) => sentAt > settledAt && status === 503);
    assert.deepEqual(late, []);
  });

  test('the process has survived, and its log has no internal errors and no query texts', async () => {
    assert.equal(program.process.exitCode, null);
    const lines = program.printed.stderr
      .split('\n')
      .filter((line) => /"level":"(error|warn)"|database works/.test(line));
    const told = lines.filter((line) => !line.includes('security fixes')).map((line) => JSON.parse(line));
    assert.ok(
      told.every(({ label, port }) => label === 'database' && port === server.port),
      program.printed.stderr,
    );
    // Dispatcher, gateway and plugins do not repeat it.
    const [lost] = told;
    assert.deepEqual([lost.message, lost.code, lost.host], ['database lost', 'ECONNREFUSED', '127.0.0.1']);
    assert.equal(told.at(-1).message, 'database works again');
    assert.doesNotMatch(program.printed.stderr, /select |insert |myorg.*joe/i);
    assert.equal((await program.end()).code, 0);
  });

  test('a start without the database fails with a message that names it', async () => {
    await server.kill();
    const startedAt = performance.now();
    const { code, stderr } = await sandbox.run([], env);
    assert.equal(code, 1);
    assert.ok(performance.now() - startedAt < patient(15_000));
    assert.match(stderr, /^The database .*127\.0\.0\.1.* cannot be used \(ECONNREFUSED\)/);
    assert.ok(!stderr.includes('    at '), stderr);
    await server.restart();
    const next = sandbox.start([], env);
    await next.ready();
    assert.equal((await next.end()).code, 0);
  });

  test('processes of each role name the lost database, and their stop is not delayed', async () => {
    const roles = ['gateway', 'dispatcher'].map((ROLE) => sandbox.start([], { ...env, ROLE }));
    const urls = await Promise.all(roles.map((next) => next.ready()));
    await server.kill();
    await Promise.all(urls.map((own) => fetch(`${own}/readyz`)));
    const lost = new RegExp(`"message":"database lost","port":${server.port},`);
    await Promise.all(roles.map((next) => next.until(lost, 'stderr')));
    const startedAt = performance.now();
    assert.deepEqual(await Promise.all(roles.map(async (next) => (await next.end()).code)), [0, 0]);
    assert.ok(performance.now() - startedAt < patient(10_000));
    await server.restart();
  });

  test('a stop is not delayed by a frozen database that closes no connection', async () => {
    metricsPort = await freePort();
    const next = sandbox.start([], { ...env, METRICS_PORT: String(metricsPort) });
    assert.equal((await fetch(`${await next.ready()}/readyz`)).status, 200);
    server.freeze();
    try {
      const askedAt = performance.now();
      const pages = await Promise.all(Array.from({ length: 3 }, readMetrics));
      assert.ok(performance.now() - askedAt < patient(4000));
      for (const page of pages) assert.doesNotMatch(page, /^hookgate_dispatcher_due /m);
      const startedAt = performance.now();
      assert.equal((await next.end()).code, 0);
      assert.ok(performance.now() - startedAt < patient(10_000));
    } finally {
      server.thaw();
    }
    await database.drop();
  });
});
