import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { killAfterMs } from '../../src/cli/gateway-process.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program } from '../support/process.ts';

const sandbox = createSandbox();
after(() => sandbox.remove());

const write = (name: string, text: string): void => writeFileSync(join(sandbox.folder, name), text);
const targets = (name: string): string => `targets: { ${name}: { upstreams: [http://127.0.0.1:9] } }`;

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

/** Ids of the processes whose parent is `parent`. */
const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => parentOf(id) === parent);

function parentOf(id: number): number | undefined {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

const isRunning = (id: number): boolean => parentOf(id) !== undefined;

/** Resolves when the gateway has answered the start of `dev` for the `count`-th time. */
const listens = (program: Program, count: number) =>
  program.until(new RegExp(`(?:hookgate listens on [\\s\\S]*){${count}}`));

const greeter = (text: string): string => `
  import { definePlugin, defineRoute } from 'hookgate/plugin';
  export const greeter = definePlugin({ name: 'greeter', apiVersion: 1, setup: () => ({ routes: [defineRoute({
    method: 'GET',
    path: '/api/v1/greeting',
    summary: 'Greet',
    public: true,
    answers: { 200: { description: 'A greeting.' } },
    handler: (_req, res) => res.json(${text}),
  })] }) });
`;

test('dev waits for a broken plugin to be mended, starts again after changes, and ends with its gateway', async () => {
  mkdirSync(join(sandbox.folder, 'plugins', 'greeter'), { recursive: true });
  write('plugins/greeter/index.ts', greeter("'unfinished"));
  mkdirSync(join(sandbox.folder, 'packaged'));
  const packaged = "export const plugin = { name: 'packaged', apiVersion: 1, setup: () => ({ routes: [] }) };";
  write('packaged/index.mjs', packaged);
  const program = sandbox.start(['dev'], { PORT: await freePort(), PLUGINS: './packaged' });
  await program.until(
    /^\[dev\] restarts on changes in plugins, [^;]*\.env[^;]*; the gateway reloads targets\.yaml itself$/m,
  );
  await program.until(/^\[dev\] the gateway has ended \(1\), waiting for a change$/m);
  assert.match(program.printed.stderr, /cannot be imported: .*\/plugins\/greeter\/index\.ts:\d+\)/);

  write('plugins/greeter/index.ts', greeter("'Hello.'"));
  await program.until(/^\[dev\] plugins\/greeter\/index\.ts changed, restarting$/m);
  const url = (await program.until(/^hookgate listens on (\S+)$/m))[1] as string;
  const greet = async () =>
    (await fetch(`${url}/api/v1/greeting`, { headers: { 'X-Target-Server': 'greeter' } })).json();
  assert.equal(await greet(), 'Hello.');
  const [first = 0] = childrenOf(program.process.pid ?? 0);
  assert.ok(isRunning(first));

  write('.env', 'LOG_LEVEL=warn');
  write('packaged/index.mjs', `${packaged}\n`);
  write('plugins/greeter/index.ts', greeter('process.env.PORT'));
  const [changed] = await program.until(/^\[dev\] .*\.env.* changed, restarting$/m);
  assert.match(changed, /packaged\/index\.mjs/);
  await listens(program, 2);
  assert.ok(!isRunning(first));
  assert.equal(await greet(), new URL(url).port);

  const [second = 0] = childrenOf(program.process.pid ?? 0);
  assert.deepEqual(await program.end('SIGINT'), { code: 0, signal: null });
  assert.ok(!isRunning(second));
});

test('a gateway that runs follows its targets file without a restart, and ends with a killed dev', async () => {
  rmSync(join(sandbox.folder, '.env'));
  const program = sandbox.start(['dev']);
  await listens(program, 1);
  const [gateway = 0] = childrenOf(program.process.pid ?? 0);
  write('targets.yaml', targets('orders'));
  await program.until(/targets replaced/, 'stderr');
  assert.ok(isRunning(gateway));
  assert.doesNotMatch(program.printed.stdout, /restarting/);
  await program.end('SIGKILL');
  await eventually(() => !isRunning(gateway));
});

test('a gateway may take the time of its settings to stop, before it is killed', () => {
  const limit = killAfterMs({});
  assert.ok(limit > 5000 && limit < 60_000);
  assert.equal(killAfterMs({ SHUTDOWN_TIMEOUT_MS: '60000', SHUTDOWN_DELAY_MS: '2000' }), limit + 62_000);
  assert.equal(killAfterMs({ SHUTDOWN_TIMEOUT_MS: 'soon' }), limit);
  assert.equal(killAfterMs({ SHUTDOWN_TIMEOUT_MS: '2147483647' }), 2_147_483_647);
});
