import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { version } from '../../src/version.ts';
import { createSandbox, type Program } from '../support/process.ts';

const ENCRYPTION_KEY = randomBytes(32).toString('base64');

/** `meta` of the printed call, as the documentation shows it. */
const documented = {
  meta: {
    host: 'https://example.com',
    path: '/webhook',
    method: 'GET',
    authentication: { type: 1, username: 'user', password: 'pass' },
  },
};

function printedCall(program: Program): string {
  const call = /Try it:\n\n(curl [\s\S]*?\n}')\n/.exec(program.printed.stdout)?.[1];
  assert.ok(call, `no call in:\n${program.printed.stdout}`);
  return call;
}

const tokenOf = (call: string): string => /Bearer ([^"]+)/.exec(call)?.[1] ?? '';

/** Runs the printed call in a shell; on a machine without curl, sends the same request with fetch. */
async function paste(call: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const result = spawnSync('bash', ['-c', `${call} -sS -w '\n%{http_code}'`], { encoding: 'utf8' });
  const [, text, status] = /^([\s\S]*)\n(\d+)$/.exec(result.stdout ?? '') ?? [];
  if (result.status === 0 && text !== undefined) return { status: Number(status), body: JSON.parse(text) };
  const headers = [...call.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]);
  const answer = await fetch(/'(http[^']+)'/.exec(call)?.[1] ?? '', {
    method: /-X (\w+)/.exec(call)?.[1] ?? 'GET',
    headers: Object.fromEntries(headers),
    body: /-d '([\s\S]*)'$/.exec(call)?.[1] ?? '',
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** CPU time of the program in milliseconds; unlike elapsed time it does not grow on a busy machine or a slow disk. */
function processorTime({ process: { pid } }: Program): number {
  if (!existsSync('/proc/self/stat')) return 0;
  const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = afterName.split(' ').slice(11).map(Number);
  const msPerTick = 10;
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * msPerTick;
}

describe('the first start on the embedded database, as a demo', () => {
  const sandbox = createSandbox({ DEMO: 'true' });
  after(() => sandbox.remove());
  let id = '';
  let firstSecret = '';

  test('the gateway is ready quickly and prints its address, documentation, demo key and a working call', async () => {
    const program = sandbox.start();
    const url = await program.ready();
    const busyMs = processorTime(program);
    assert.ok(busyMs < 4000, `took ${busyMs} ms of processor time`);
    await program.until(/\n}'\n/);
    const { stdout } = program.printed;
    assert.match(stdout, new RegExp(`^hookgate listens on ${url}\n`));
    assert.ok(stdout.includes(`Documentation: ${url}/docs\n`));
    assert.ok(
      stdout.includes(
        '\nCallbacks may reach services on this machine (DISPATCH_ALLOWED_NETWORKS=127.0.0.0/8,::1/128).\n',
      ),
    );
    firstSecret = /"secret_key": "([\w-]{43})"/.exec(stdout)?.[1] ?? '';
    assert.notEqual(firstSecret, '');

    const call = printedCall(program);
    const answer = await paste(call);
    assert.equal(answer.status, 201);
    assert.deepEqual(Object.keys(answer.body), ['id', 'node_id', 'meta', 'created_at', 'updated_at']);
    assert.deepEqual(answer.body.meta, documented.meta);
    assert.match(String(answer.body.created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.equal(answer.body.updated_at, answer.body.created_at);
    id = String(answer.body.id);

    for (const page of ['/docs', '/openapi.json']) {
      const docs = await fetch(`${url}${page}`);
      assert.equal(docs.status, 200);
      await docs.text();
    }
    assert.deepEqual(await program.end(), { code: 0, signal: null });
    for (const secret of [tokenOf(call), firstSecret, 'pass"']) {
      assert.ok(!program.printed.stderr.includes(secret), 'a secret is in the log');
    }
    assert.match(program.printed.stderr, /"route":"\/api\/v1\/integration\/distributors\/nodes\/:node_id"/);
  });

  test("the key file is private, and no file holds the demo key's secret", () => {
    const data = join(sandbox.folder, 'data');
    const key = readdirSync(data).find((file) => file === 'encryption.key');
    assert.ok(key);
    assert.equal(statSync(join(data, key)).mode & 0o077, 0);
    for (const file of readdirSync(data)) {
      assert.ok(!readFileSync(join(data, file)).includes(firstSecret), `${file} holds the secret of the demo key`);
    }
  });

  test('the next start keeps the data and creates no new key', async () => {
    const program = sandbox.start();
    const url = await program.ready();
    await program.until(/\n}'\n/);
    assert.ok(!program.printed.stdout.includes('secret_key'));
    const call = printedCall(program);
    const answer = await fetch(`${url}/api/v1/integration/distributors/${id}`, {
      headers: { 'X-Target-Server': 'integration', Authorization: `Bearer ${tokenOf(call)}` },
    });
    assert.equal(answer.status, 200);
    assert.equal(((await answer.json()) as { id: string }).id, id);
    assert.equal((await paste(call)).status, 201);
    assert.equal((await program.end()).code, 0);
  });
});

test('a start without a terminal, as of a service behind a proxy on the same machine, is no demo', async () => {
  const sandbox = createSandbox();
  try {
    const program = sandbox.start();
    const url = await program.ready();
    assert.equal((await fetch(`${url}/openapi.json`)).status, 401);
    const options = ['--org', 'myorg', '--email', 'joe@example.com', '--json', '--scope', 'integration:write'];
    const key = JSON.parse((await sandbox.run(['keys', 'create', ...options])).stdout);
    const saved = await fetch(`${url}/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`, {
      method: 'POST',
      headers: {
        'X-Target-Server': 'integration',
        'Content-Type': 'application/json',
        Authorization: `Basic ${Buffer.from(`${key.api_key}:${key.secret_key}`).toString('base64')}`,
      },
      body: JSON.stringify({ meta: { host: 'http://127.0.0.1:6379', path: '/' } }),
    });
    assert.equal(saved.status, 400);
    assert.match(await saved.text(), /not a public address/);
    assert.deepEqual(await program.end(), { code: 0, signal: null });
    assert.equal(program.printed.stdout, `hookgate listens on ${url}\nDocumentation: ${url}/docs\n`);
    assert.match(
      program.printed.stderr,
      new RegExp(`"message":"listening",.*"version":"${version}"|"version":"${version}".*"listening"`),
    );
    const keys = await sandbox.run(['keys', 'list']);
    assert.equal(keys.stdout.trim().split('\n').length, 1, 'there is a demo key');
  } finally {
    await sandbox.remove();
  }
});

describe('one SQLite database', () => {
  const sandbox = createSandbox();
  after(() => sandbox.remove());

  test('a second server waits for the first, then fails and says why', async () => {
    const first = sandbox.start();
    await first.ready();
    const startedAt = performance.now();
    const second = await sandbox.run([], { SHUTDOWN_TIMEOUT_MS: '500' });
    assert.equal(second.code, 1);
    assert.ok(performance.now() - startedAt >= 500, 'it did not wait');
    assert.match(second.stderr, /Another server is running on .*hookgate\.db/);
    assert.ok(!second.stderr.includes('    at '), 'people get no stack');
    assert.equal((await fetch(`${await first.ready()}/readyz`)).status, 200);
    await first.end();
  });

  test('a server that starts while the old one stops takes over at once', async () => {
    const first = sandbox.start([], { SHUTDOWN_DELAY_MS: '400' });
    await first.ready();
    first.process.kill('SIGTERM');
    const second = sandbox.start();
    const url = await second.ready();
    assert.equal((await first.ended).code, 0);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    await second.end();
  });

  test('the command line works beside a running server', async () => {
    const server = sandbox.start();
    const url = await server.ready();
    const made = await sandbox.run([
      ...['keys', 'create', '--org', 'myorg', '--email', 'joe@example.com'],
      ...['--scope', 'integration:read', '--json'],
    ]);
    assert.equal(made.code, 0, made.stderr);
    const { api_key, secret_key } = JSON.parse(made.stdout) as { api_key: string; secret_key: string };
    const answer = await fetch(`${url}/api/v1/integration/distributors`, {
      headers: {
        'X-Target-Server': 'integration',
        Authorization: `Basic ${Buffer.from(`${api_key}:${secret_key}`).toString('base64')}`,
      },
    });
    assert.equal(answer.status, 200);
    await answer.text();
    await server.end();
  });
});

describe('a start that cannot succeed', () => {
  const sandbox = createSandbox();
  const other = createSandbox();
  after(async () => {
    await sandbox.remove();
    await other.remove();
  });

  test('a port in use ends the start at once, with a message', async () => {
    const server = sandbox.start();
    const port = new URL(await server.ready()).port;
    const second = await other.run([], { PORT: port });
    assert.equal(second.code, 1);
    assert.equal(second.stderr, 'The gateway cannot listen (EADDRINUSE). Set another HOST or PORT.\n');
    await server.end();
  });

  test('a database file that cannot be opened ends the start at once, with a message', async () => {
    mkdirSync(join(other.folder, 'folder.db'), { recursive: true });
    const { code, stderr } = await other.run([], { DATABASE_URL: 'sqlite:folder.db', ENCRYPTION_KEY });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'The database sqlite:folder.db cannot be used (SQLite error 14). Check that it is running and that DATABASE_URL is correct.\n',
    );
  });

  test('invalid settings are reported at once and all together, with secrets hidden', async () => {
    const { code, stderr } = await sandbox.run([], {
      PORT: 'eighty',
      TIME_ZONE: 'Mars/Olympus',
      ENCRYPTION_KEY: 'not-a-key',
      DATABASE_URL: 'mysql://root:hunter2@127.0.0.1',
    });
    assert.equal(code, 1);
    for (const name of ['PORT=eighty', 'TIME_ZONE=Mars/Olympus', 'ENCRYPTION_KEY=(hidden)', 'DATABASE_URL=(hidden)']) {
      assert.ok(stderr.includes(name), `${name} is not in:\n${stderr}`);
    }
    assert.ok(!stderr.includes('hunter2') && !stderr.includes('not-a-key'));
  });
});
