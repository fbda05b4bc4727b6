import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { answer, createReceiver, type Reaction, type Receiver } from '../../src/receiver/receiver.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { selfSigned } from '../support/certificate.ts';
import { freePort } from '../support/database-server.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program } from '../support/process.ts';
import { createRelay, type Relay } from '../support/relay.ts';
import { createDocumentedUser, type DocumentedUser } from './documented-user.ts';
import { listedMetrics, readDocument } from './documents.ts';
import { createOperatorShell, type Finished, type OperatorShell } from './operator-shell.ts';
import { shellBlocksOf } from './shell-blocks.ts';

const blocks = shellBlocksOf('docs/operations.md');
const page = readDocument('docs/operations.md');
const serverUrl = process.env.TEST_DATABASE_URL;
const nodes = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';

/** The commands of one block under a heading. */
const commandsOf = (heading: string, index = 0): string =>
  blocks.filter((block) => block.heading === heading)[index]?.text ?? assert.fail(`no block under ${heading}`);

/** Reactions of the receiver that end an attempt without success, by path. */
const reactions: Readonly<Record<string, Reaction>> = {
  '/busy': answer(503),
  '/gone': answer(404),
  '/silent': { afterwards: 'silence' },
};

interface Delivery {
  id: string;
  status: string;
  attempts: { status: number | null; error: string | null; decision: string }[];
}

// Two roles need a server. `npm test` always has one.
if (serverUrl) describe('the runbooks of docs/operations.md', () => suite(serverUrl));

function suite(server: string): void {
  const sandbox = createSandbox();
  const programs: Program[] = [];
  const addresses: Record<string, string> = {};
  let database: TestDatabase;
  let user: DocumentedUser;
  let relay: Relay;
  let receiver: Receiver;
  let ownAuthority: Server;
  let shell: OperatorShell;
  let gateway: Program;
  let env: Record<string, string>;
  let gatewayMetrics: string;
  let dispatcherMetrics: string;
  let key = '';

  before(async () => {
    receiver = await createReceiver(({ path }) => reactions[path] ?? answer(200));
    ownAuthority = createServer(selfSigned, (_, res) => res.end()).listen(0, '127.0.0.1');
    await once(ownAuthority, 'listening');
    database = await createTestDatabase(server);
    user = await createDocumentedUser(server, new URL(database.env.DATABASE_URL ?? ''));
    const { url } = user;
    relay = await createRelay(Number(url.port));
    url.port = String(relay.port);
    env = { DATABASE_URL: url.href, ENCRYPTION_KEY: database.env.ENCRYPTION_KEY ?? '', LOG_LEVEL: 'info' };
    shell = await createOperatorShell(sandbox.folder, { ...env, HOOKGATE_LOG: join(sandbox.folder, 'log') });
    gatewayMetrics = await start('gateway', '127.0.0.0/8,10.0.0.0/8');
    gateway = programs[0] as Program;
    addresses.GATEWAY = await gateway.ready();
    key = await createKey('integration:read integration:write');
    for (const path of ['/fine', ...Object.keys(reactions)]) await createDistributor(receiver.url, path);
    await createDistributor(`http://127.0.0.1:${await freePort()}`, '/closed');
    await createDistributor('http://10.0.0.1', '/private');
    await createDistributor(`https://127.0.0.1:${(ownAuthority.address() as AddressInfo).port}`, '/own-authority');
    await createDistributor(receiver.url.replace('http:', 'https:'), '/tls');
  });
  after(async () => {
    await shell?.close();
    await sandbox.remove();
    await receiver?.close();
    ownAuthority?.close();
    relay?.close();
    await database?.drop();
    await user?.drop();
  });

  /** Starts a process and resolves to the address of its metrics. */
  async function start(role: string, networks: string): Promise<string> {
    const port = await freePort();
    const authority = join(sandbox.folder, 'authority.pem');
    writeFileSync(authority, selfSigned.cert);
    const settings = {
      ROLE: role,
      METRICS_PORT: String(port),
      DISPATCH_ALLOWED_NETWORKS: networks,
      DISPATCH_READ_TIMEOUT_MS: '500',
      NODE_EXTRA_CA_CERTS: authority,
    };
    const program = sandbox.start([], { ...env, ...settings });
    programs.push(program);
    await program.ready();
    return `http://127.0.0.1:${port}/metrics`;
  }

  /** Runs commands as an operator of this gateway. The log is that of all processes. */
  function run(commands: string, more: Record<string, string> = {}): Promise<Finished> {
    writeFileSync(join(sandbox.folder, 'log'), programs.map(({ printed }) => printed.stderr).join(''));
    return shell.run(commands, { ...addresses, METRICS: gatewayMetrics, KEY: key, ...more });
  }

  /** Paths of the page, as paths in the folder of the test. */
  const inSandbox = (text: string): string =>
    text
      .replaceAll('/etc/hookgate.env', join(sandbox.folder, 'hookgate.env'))
      .replaceAll('/var/lib/hookgate', join(sandbox.folder, 'data'))
      .replaceAll(/\/opt\/hookgate(-new)?/g, sandbox.folder);

  async function output(commands: string, more: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await run(commands, more);
    assert.equal(code, 0, `${commands}\n${stdout}${stderr}`);
    return stdout;
  }

  async function createKey(scope: string, more: Record<string, string> = {}): Promise<string> {
    const options = `--org myorg --email joe@example.com --scope '${scope}' --json`;
    const made = JSON.parse(await output(`npm run -s hookgate -- keys create ${options}`, more));
    return `${made.api_key}:${made.secret_key}`;
  }

  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${addresses.GATEWAY}${path}`, {
      method: 'POST',
      headers: {
        'X-Target-Server': 'integration',
        'Content-Type': 'application/json',
        Authorization: `Basic ${Buffer.from(key).toString('base64')}`,
      },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
    return (await response.json()) as { deliveries: { id: string }[] };
  };
  const createDistributor = (host: string, path: string) => post(nodes, { meta: { host, path } });

  const get = async (path: string): Promise<unknown> => {
    const headers = { 'X-Target-Server': 'integration', Authorization: `Basic ${Buffer.from(key).toString('base64')}` };
    return (await fetch(`${addresses.GATEWAY}${path}`, { headers })).json();
  };
  const delivery = async (id: string) => (await get(`/api/v1/integration/deliveries/${id}`)) as Delivery;

  let sent: string[] = [];

  test('the queue of a gateway without a dispatcher grows, and nothing is in flight', async () => {
    const { deliveries } = await post(`${nodes}/events`, { type: 'order.filled', data: {} });
    sent = deliveries.map(({ id }) => id);
    assert.equal(sent.length, 8);
    const ready = await output(commandsOf('Callbacks stop', 0));
    assert.ok(page.includes(`\`${ready}\``), ready);
    const queue = await output(commandsOf('Callbacks stop', 1));
    assert.match(queue, /^hookgate_dispatcher_due 8$/m);
    assert.match(queue, /^hookgate_dispatcher_in_flight 0$/m);
    assert.doesNotMatch(queue, /attempts_total/);
    const ageOf = async () =>
      Number(
        /^hookgate_dispatcher_oldest_due_age_seconds (\S+)$/m.exec(await output(commandsOf('No dispatcher runs')))?.[1],
      );
    const before = await ageOf();
    await eventually(async () => (await ageOf()) > before);
  });

  test('a dispatcher sends all that waited, and each attempt names the cause of its failure', async () => {
    dispatcherMetrics = await start('dispatcher', '127.0.0.0/8');
    const all = await eventually(async () => {
      const found = await Promise.all(sent.map(delivery));
      return found.every(({ status, attempts }) => attempts.length > 0 && status !== 'in_flight') ? found : undefined;
    });
    const ends = all.map(({ status, attempts: [attempt] }) => `${status} ${attempt?.error ?? attempt?.status}`);
    assert.deepEqual(ends.toSorted(), [
      'delivered 200',
      'delivered 200',
      'failed 404',
      'failed address_refused',
      'pending 503',
      'pending connection_refused',
      'pending read_timeout',
      'pending tls_failure',
    ]);
    const shown = await output(commandsOf('Attempts fail', 3), { ID: all[0]?.id ?? '' });
    assert.deepEqual(JSON.parse(shown), all[0]);
    const queue = await output(commandsOf('Callbacks stop', 1), { METRICS: dispatcherMetrics });
    for (const decision of ['delivered', 'failed', 'pending'])
      assert.match(queue, new RegExp(`^hookgate_dispatcher_attempts_total{.*decision="${decision}"} [1-4]$`, 'm'));
    const listed = await output(commandsOf('Callbacks stop', 3));
    const gone = all.find(({ attempts: [attempt] }) => attempt?.status === 404);
    assert.match(
      listed,
      new RegExp(`^\\S+ +failed +1 +status 404 +myorg +order\\.filled\\n +${gone?.id} .* 127\\.0\\.0\\.1:\\d+\\n`, 'm'),
    );
    const lists = await output(commandsOf('Attempts fail', 0));
    for (const { id } of all.filter(({ status }) => status !== 'delivered')) assert.ok(lists.includes(id), lists);
    const details = await output(commandsOf('Attempts fail', 1), { ID: gone?.id ?? '' });
    assert.match(details, /^decision +failed: rejected by the endpoint$/m);
    const [failed, pending, backlog] = (await output(commandsOf('Attempts fail', 2))).split('}{');
    assert.equal(failed?.match(/"status":"failed"/g)?.length, 2);
    assert.equal(pending?.match(/"status":"pending"/g)?.length, 4);
    assert.equal(backlog?.match(/"waiting":1/g)?.length, 4);
  });

  test('the pages of metrics have exactly the metrics of the table, except those of several workers, of TLS and of Redis', async () => {
    const pages = await Promise.all([gatewayMetrics, dispatcherMetrics].map(async (url) => (await fetch(url)).text()));
    const served = new Set(pages.flatMap((text) => [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name)));
    const ofOneProcess = listedMetrics().filter((name) => !/^hookgate_(?:workers|tls|redis)/.test(name));
    assert.deepEqual([...served].toSorted(), ofOneProcess.toSorted());
  });

  test('failed deliveries are counted, then sent again', async () => {
    const [counted, started] = (await output(commandsOf('Send again', 1))).split('}{');
    assert.equal(`${counted}}`, '{"count":2}');
    assert.match(`{${started}`, /"state":"running"/);
    await eventually(async () => {
      const found = await Promise.all(sent.map(delivery));
      return found.filter(({ attempts }) => attempts.length === 2).length === 2;
    });
    const again = await output(commandsOf('Send again').replace(/7d$/m, '7d --yes'));
    assert.match(again, /^2 {2}myorg\n2 deliveries match\.\n2 {2}myorg\n2 deliveries match\.\nredelivery job /);
    await eventually(async () => {
      const found = await Promise.all(sent.map(delivery));
      return found.filter(({ attempts }) => attempts.length === 3).length === 2;
    });
  });

  test('held deliveries and disabled webhooks are listed', async () => {
    await post('/v1/mint/organizations/myorg/webhooks', { name: 'new', postURL: `${receiver.url}/hook` });
    const [held, webhooks] = (await output(commandsOf('Nothing is due'))).split(/(?<=null})/);
    assert.equal(held, '{"deliveries":[],"next_cursor":null}');
    assert.match(webhooks ?? '', /"enabled":false/);
  });

  test('refused calls are counted, and their lines name the reason', async () => {
    const read = `curl -s -o /dev/null -w '%{http_code}' -u "$KEY" -H 'X-Target-Server: integration' "$GATEWAY${nodes}"`;
    assert.equal(await output(read, { KEY: `${key}x` }), '401');
    assert.equal(await output(read, { KEY: await createKey('other:read') }), '403');
    assert.equal(await output(`for i in {1..20}; do ${read}; done`, { KEY: `${key}x` }), `${'401'.repeat(19)}429`);
    await gateway.until(/"status":429/, 'stderr');
    const lines = await output(commandsOf('Calls are refused'));
    assert.match(lines, /"status":401.*"reason":"[^"]{5,}"/);
    assert.match(lines, /"status":403.*"reason":"FORBIDDEN"/);
    assert.match(lines, /"status":429.*"reason":"RATE_LIMITED"/);
    assert.match(lines, /^hookgate_authentication_failures_total 20$/m);
  });

  test('a database that is away is named by the page, the log and the check', async () => {
    const { port } = relay;
    relay.close();
    const unready = await eventually(async () => {
      const text = (await run(commandsOf('Callbacks stop', 0))).stdout;
      return text.includes('"status":"not ready"') ? text : undefined;
    });
    assert.match(unready, /"database":"failed"/);
    for (const program of programs) await program.until(/database lost/, 'stderr');
    assert.match(await output(commandsOf('Callbacks stop', 2)), /"level":"error","message":"database lost"/);
    const { code, stdout, stderr } = await run(commandsOf('The database is away'));
    assert.equal(code, 1);
    assert.match(stdout, /"code":"ECONNREFUSED".*"message":"database lost"/);
    assert.match(stderr, /^database +failed: .*ECONNREFUSED/m);

    relay = await createRelay(Number(new URL(database.env.DATABASE_URL ?? '').port), port);
    await eventually(async () => (await output(commandsOf('Callbacks stop', 0))).includes('"status":"ready"'));
    for (const program of programs) await program.until(/database works again/, 'stderr');
  });

  test('the check names the problem of a start that ends', async () => {
    const { code, stderr } = await run('npm run -s hookgate -- check', { PORT: 'eighty', TIME_ZONE: 'Mars/Olympus' });
    assert.equal(code, 1);
    assert.match(stderr, /PORT=eighty[\s\S]*TIME_ZONE=Mars\/Olympus/);
  });

  test('every command of the page runs', async () => {
    // The commands of the gateway use a database without a server, so that a rollback harms no other test.
    const own = { DATABASE_URL: 'sqlite:./data/hookgate.db', ENCRYPTION_KEY: '', ID: sent[0] ?? '' };
    const [, settings = ''] = /^```ini\n(DATA_DIR=[\s\S]*?)^```$/m.exec(page) ?? [];
    writeFileSync(join(sandbox.folder, 'hookgate.env'), inSandbox(settings));
    await output('npm run -s hookgate -- migrate --create', own);
    for (const { heading, text, commands } of blocks) {
      // A rollback before it may have dropped the key of the block before.
      const made = text.includes('<api_key>') ? await createKey('integration:read', own) : '';
      const [apiKey = '', secret = ''] = made.split(':');
      const script = commands.flatMap((line) => (isElsewhere(line) ? [] : [asking[line] ?? line])).join('\n');
      const filled = inSandbox(script).replaceAll('<api_key>', apiKey).replaceAll('<secret_key>', secret);
      const { code, stdout, stderr } = await run(filled, own);
      assert.equal(code, 0, `${heading}:\n${script}\n${stdout}${stderr}`);
      if (script.includes('--rollback')) await output('npm run -s hookgate -- migrate', own);
    }
  });
}

/** This command alone; with more words it is another one. */
const gatewayStart = 'node_modules/.bin/node bin/hookgate.mjs';

/** Beginnings of commands that cannot run in a test of the page, and the reason. */
const elsewhere: Readonly<Record<string, string>> = {
  'mariadb ': 'asks for a password on a terminal',
  'mariadb-dump ': 'asks for a password on a terminal',
  'npm ci --omit=dev': 'downloads packages',
  'npm run console': 'downloads packages',
  'cd /opt/hookgate && npm ci ': 'downloads packages',
  'cd /opt/hookgate-new && npm ci ': 'downloads packages',
  'git clone ': 'downloads the project',
  'mv /opt/hookgate': 'would move the folder of this test',
  [gatewayStart]: 'is the start itself, as in every test with a process',
  'useradd ': 'needs root',
  'cd /opt/hookgate && install ': 'needs root',
  'systemctl ': 'needs systemd',
  'npm run -s hookgate -- deliveries show': 'needs a delivery, as the runbook above has',
};

/** Commands that ask on a terminal, and the form of scripts. */
const asking: Readonly<Record<string, string>> = {
  'npm run -s hookgate -- migrate --rollback': 'npm run -s hookgate -- migrate --rollback --yes',
  'npm run -s hookgate -- redeliver --status failed --since 7d':
    'npm run -s hookgate -- redeliver --status failed --since 7d --yes',
};

const isElsewhere = (command: string): boolean =>
  Object.keys(elsewhere).some((start) => (start === gatewayStart ? command === start : command.startsWith(start)));

test('every exception of a command is on the page', () => {
  const commands = blocks.flatMap((block) => block.commands);
  assert.deepEqual(
    Object.keys({ ...elsewhere, ...asking }).filter((start) => !commands.some((command) => command.startsWith(start))),
    [],
  );
});
