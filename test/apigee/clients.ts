import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { integration } from '../../plugins/integration/index.ts';
import type { TestGateway } from '../../src/testing/index.ts';
import { startAuthentication } from '../plugins/authentication/authentication-gateway.ts';
import { afterPatience } from '../support/patience.ts';
import { spawnChild } from '../support/spawn-child.ts';

/** A call of a client: a method of a collection of apigee-edge-js, or a function of apigeetool. */
export interface ClientCall {
  id: number;
  client: 'apigee-edge-js' | 'apigeetool';
  name: string;
  method?: string;
  options?: object;
}

export interface ClientResult {
  id: number;
  result?: unknown;
  error?: string;
}

/** The return value of a client. The tests know its shape. */
// biome-ignore lint/suspicious/noExplicitAny: the packages have no types.
export type Returned = any;

export interface Clients {
  readonly gateway: TestGateway;
  /** Connects apigee-edge-js with the Basic credentials of an API key. `options` override those of the connection. */
  connect(options?: object): Promise<Returned>;
  /** Calls a method of a collection of apigee-edge-js: `edge('developers', 'get', { email })`. */
  edge(collection: string, method: string, options?: object): Promise<Returned>;
  /** Calls a function of apigeetool, as programs do. */
  sdk(name: string, options?: object): Promise<Returned>;
  /** Runs a command of apigeetool, as people do; resolves to the JSON that it prints. Rejects with what it prints as error. */
  tool(command: string, options?: Readonly<Record<string, string>>): Promise<Returned>;
  close(): Promise<void>;
}

const packages = join(import.meta.dirname, '..', '..', 'apigee-clients');
const longestCallMs = 30_000;

/** Starts a gateway and a process with Apigee's Node.js clients as they are published, which reach nothing but the gateway. */
export async function startClients(): Promise<Clients> {
  const advice = 'The packages of apigee-clients are missing: node scripts/install.mjs apigee-clients';
  assert.ok(existsSync(join(packages, 'node_modules')), advice);
  const { gateway, createKey } = await startAuthentication({ plugins: [integration] });
  const key = await createKey();
  const user = { org: 'myorg', user: key.api_key };
  const account = { baseuri: gateway.url, organization: 'myorg', username: key.api_key, password: key.secret_key };
  const home = mkdtempSync(join(tmpdir(), 'hookgate-clients-'));
  const env = { PATH: process.env.PATH ?? '', HOME: home, NODE_NO_WARNINGS: '1' };
  const child = spawnChild(process.execPath, [join(import.meta.dirname, 'client-process.ts')], {
    env,
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const call = createCalls(child);

  return {
    gateway,
    connect: (options) =>
      call({
        client: 'apigee-edge-js',
        name: 'connect',
        options: { ...user, mgmtServer: gateway.url, password: key.secret_key, no_token: true, ...options },
      }),
    edge: (name, method, options) => call({ client: 'apigee-edge-js', name, method, ...(options ? { options } : {}) }),
    sdk: (name, options) => call({ client: 'apigeetool', name, options: { ...account, ...options } }),
    tool: (command, options) => runTool(command, { ...account, ...options }, { env, cwd: home }),
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await gateway.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Sends calls to the process and finds the answer of each; a call without an answer ends the process. */
function createCalls(child: ChildProcess): (call: Omit<ClientCall, 'id'>) => Promise<Returned> {
  const open = new Map<number, (result: ClientResult) => void>();
  let calls = 0;
  child.on('message', (result: ClientResult) => open.get(result.id)?.(result));
  child.on('exit', () => {
    for (const [id, settle] of open) settle({ id, error: 'the process of the clients ended' });
  });
  return async (call) => {
    calls += 1;
    const id = calls;
    const settled = new Promise<ClientResult>((resolve) => void open.set(id, resolve));
    const atEase = afterPatience(longestCallMs, () => child.kill('SIGKILL'));
    child.send({ ...call, id });
    const { result, error } = await settled;
    atEase();
    open.delete(id);
    if (error !== undefined) throw Object.assign(new Error(error), { result });
    return result;
  };
}

async function runTool(
  command: string,
  options: Readonly<Record<string, string>>,
  place: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<Returned> {
  const program = join(packages, 'node_modules', 'apigeetool', 'lib', 'cli.js');
  const guard = `--import=${join(import.meta.dirname, 'only-loopback.ts')}`;
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [guard, program, command, '--json', ...args], {
    ...place,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const atEase = afterPatience(longestCallMs, () => child.kill('SIGKILL'));
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  atEase();
  if (code !== 0) throw new Error(stderr || `exit code ${code}`);
  return stdout.trim() === 'undefined' ? undefined : JSON.parse(stdout);
}
