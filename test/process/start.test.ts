import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { version } from '../../src/version.ts';
import { selfSigned } from '../support/certificate.ts';
import { type Greeting, greetingIn, paste, shells } from '../support/greeting.ts';
import { createSandbox, type Program } from '../support/process.ts';

const root = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const ENCRYPTION_KEY = randomBytes(32).toString('base64');

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
  let receiver: Program;
  before(() => {
    receiver = sandbox.start(['receiver', '--port', '0']);
  });
  after(() => sandbox.remove());
  let id = '';
  let firstSecret = '';

  /** Waits for the last printed call; the receiver's port takes the place of the default one. */
  async function greeting(program: Program): Promise<Greeting> {
    await program.until(/\nList the deliveries:\n {2}curl .+\n.+'\n/);
    const [, port = ''] = await receiver.until(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
    const { commands, ...rest } = greetingIn(program.printed.stdout);
    assert.ok(commands.includes('"http://127.0.0.1:9900"'));
    const calls = commands.replace(/^ {2}export .*\n/, '').replace(/^ {2}/gm, '');
    assert.ok(
      readme.includes(calls.replaceAll(await program.ready(), 'http://127.0.0.1:8080').replaceAll('curl -k', 'curl')),
      'README.md has other calls',
    );
    return { ...rest, commands: commands.replace(':9900"', `:${port}"`) };
  }

  /** Pastes the printed commands into a shell and watches the endpoint; returns the id of the new distributor. */
  async function tryOut(shell: string, { commands }: Greeting): Promise<string> {
    const [created, sent, listed, ...more] = await paste(shell, commands);
    assert.deepEqual([created?.status, sent?.status, listed?.status, more], [201, 202, 200, []], shell);
    const distributor = String(created?.body.id);
    const deliveries = sent?.body.deliveries as { id: string; distributor_id: string }[];
    const own = deliveries.find((delivery) => delivery.distributor_id === distributor);
    assert.ok(JSON.stringify(listed?.body).includes(String(own?.id)), 'the delivery is not in the list');
    const body = `{"id":"[\\w-]+","type":"order.filled","timestamp":"[^"]+","data":{"order_id":"42","amount":12.5}}`;
    const headers = `(?: {2}.+\\n)* {2}webhook-id: ${own?.id}\\n(?: {2}.+\\n)* {2}webhook-signature: v1,\\S+\\n(?: {2}.+\\n)*`;
    await receiver.until(new RegExp(`POST /hook\\n${headers}${body}\\n`));
    return distributor;
  }

  test('the gateway is ready quickly and prints its address, documentation, demo key and calls that work', async () => {
    const program = sandbox.start();
    const url = await program.ready();
    const busyMs = processorTime(program);
    assert.ok(busyMs < 4000, `took ${busyMs} ms of processor time`);
    const printed = await greeting(program);
    const { stdout } = program.printed;
    assert.match(stdout, new RegExp(`^hookgate listens on ${url}\n`));
    assert.ok(stdout.includes(`Documentation: ${url}/docs\n`));
    const [, pages = ''] = /^Web pages: (\S+)$/m.exec(stdout) ?? [];
    assert.equal(pages, `${url}/console/`, 'the pages are not built: npm run console');
    assert.equal((await fetch(pages)).status, 200);
    assert.ok(
      stdout.includes(
        '\nCallbacks may reach services on this machine (DISPATCH_ALLOWED_NETWORKS=127.0.0.0/8,::1/128).\n',
      ),
    );
    firstSecret = /"secret_key": "([\w-]{43})"/.exec(stdout)?.[1] ?? '';
    assert.notEqual(firstSecret, '');
    assert.deepEqual(printed.scripts, ['demo', 'receiver']);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const script of printed.scripts) assert.ok(scripts[script], script);

    for (const shell of shells) id = await tryOut(shell, printed);

    for (const page of ['/docs', '/openapi.json']) {
      const docs = await fetch(`${url}${page}`);
      assert.equal(docs.status, 200);
      await docs.text();
    }
    assert.deepEqual(await program.end(), { code: 0, signal: null });
    for (const secret of [printed.token, firstSecret]) {
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

  test('the next start keeps the data, creates no new key, and its calls work as well, over TLS and IPv6', async () => {
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(sandbox.folder, 'tls.crt'), join(sandbox.folder, 'tls.key')];
    writeFileSync(TLS_CERT_FILE, selfSigned.cert);
    writeFileSync(TLS_KEY_FILE, selfSigned.key, { mode: 0o600 });
    const program = sandbox.start([], { HOST: '::1', TLS_CERT_FILE, TLS_KEY_FILE });
    const url = await program.ready();
    assert.match(url, /^https:\/\/\[::1\]:\d+$/);
    const printed = await greeting(program);
    assert.ok(!program.printed.stdout.includes('secret_key'));
    const shell = shells[0] ?? 'sh';
    const headers = `-H 'X-Target-Server: integration' -H 'Authorization: Bearer ${printed.token}'`;
    const [read] = await paste(shell, `curl -k -w '\\n' ${headers} '${url}/api/v1/integration/distributors/${id}'`);
    assert.deepEqual([read?.status, read?.body.id], [200, id]);
    assert.notEqual(await tryOut(shell, printed), id);
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
    const pages = `Documentation: ${url}/docs\nWeb pages: ${url}/console/\n`;
    assert.equal(program.printed.stdout, `hookgate listens on ${url}\n${pages}`);
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
  let first: Program;
  let url: string;
  before(async () => {
    first = sandbox.start([], { SHUTDOWN_DELAY_MS: '400' });
    url = await first.ready();
  });
  after(() => sandbox.remove());

  test('a second server waits for the first, then fails and says why', async () => {
    const startedAt = performance.now();
    const second = await sandbox.run([], { SHUTDOWN_TIMEOUT_MS: '500' });
    assert.equal(second.code, 1);
    assert.ok(performance.now() - startedAt >= 500, 'it did not wait');
    assert.match(second.stderr, /Another server is running on .*hookgate\.db/);
    assert.ok(!second.stderr.includes('    at '), 'people get no stack');
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });

  test('the command line works beside a running server', async () => {
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
  });

  test('a server that starts while the old one stops takes over at once', async () => {
    first.process.kill('SIGTERM');
    const second = sandbox.start();
    const next = await second.ready();
    assert.equal((await first.ended).code, 0);
    assert.equal((await fetch(`${next}/readyz`)).status, 200);
    await second.end();
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
    assert.equal(
      second.stderr,
      `The gateway cannot listen on 127.0.0.1:${port} (EADDRINUSE). Set another HOST or PORT.\n`,
    );
    await server.end();
  });

  test('a database file that cannot be opened ends the start at once, with a message', async () => {
    mkdirSync(join(other.folder, 'folder.db'), { recursive: true });
    const { code, stderr } = await other.run([], { DATABASE_URL: 'sqlite:folder.db', ENCRYPTION_KEY });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `The database ${join(other.folder, 'folder.db')} cannot be written (SQLITE_CANTOPEN): the files cannot be written: check disk, quota and rights.\n`,
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
