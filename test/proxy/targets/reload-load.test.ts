import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createTestGateway,
  createTestTargetsFile,
  type RemoteTargetDefinition,
  type TestGateway,
  type TestTargetsFile,
} from '../../../src/testing/index.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';

let backend: Backend;
let file: TestTargetsFile;
let gateway: TestGateway;
let agent: Agent;

before(async () => {
  backend = await createBackend();
  backend.answer((req, res) => {
    backend.requests.length = 0;
    res.end(`version ${req.headers['x-version']}`);
  });
});
after(() => backend.close());
beforeEach(async () => {
  agent = new Agent({ keepAlive: true, maxSockets: 16 });
  file = createTestTargetsFile(declared(0));
  gateway = await createTestGateway({ plugins: [], env: { TARGETS_FILE: file.path, LOG_LEVEL: 'warn' } });
});
afterEach(async () => {
  agent.destroy();
  await gateway.close();
  file.remove();
});

/** One target changes with each version, the other one never. */
const declared = (version: number): Record<string, RemoteTargetDefinition> => ({
  moving: {
    upstreams: [backend.url],
    public: true,
    prefixes: ['/moving'],
    headers: { set: { 'X-Version': String(version) } },
    healthCheck: { path: '/', intervalMs: 1000 },
  },
  steady: { upstreams: [backend.url], public: true, headers: { set: { 'X-Version': 'steady' } } },
});

function reload(version: number): void {
  file.write(declared(version));
  assert.equal(gateway.app.reload(), true);
}

async function ask(target: string): Promise<string> {
  const options = { agent, headers: { 'X-Target-Server': target } };
  return new Promise((resolve, reject) => {
    get(`${gateway.url}/moving`, options, (res) => {
      text(res).then((body) => resolve(`${res.statusCode} ${body}`), reject);
    }).on('error', reject);
  });
}

test('no request fails while targets are replaced under load', async () => {
  const failed: string[] = [];
  let answered = 0;
  let isOver = false;
  const client = async (target: string): Promise<void> => {
    while (!isOver) {
      const answer = await ask(target).catch(String);
      if (/^200 version (?:\d+|steady)$/.test(answer)) answered += 1;
      else failed.push(answer);
    }
  };
  const clients = Array.from({ length: 16 }, (_, index) => client(index % 2 === 0 ? 'moving' : 'steady'));
  for (let version = 1; version <= 100; version += 1) {
    const seen = answered;
    reload(version);
    await eventually(() => answered > seen + 20 || failed.length > 0);
  }
  isOver = true;
  await Promise.all(clients);
  assert.deepEqual(failed.slice(0, 3), []);
  assert.equal(await ask('moving'), '200 version 100');
});

test('a thousand reloads leak no memory and no resources', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', onWarning);
  const reloadOften = async (from: number, count: number): Promise<void> => {
    for (let version = from; version < from + count; version += 1) {
      reload(version);
      assert.equal(await ask('moving'), `200 version ${version}`);
    }
  };
  const measure = async () => {
    // Connections of the current target: one for calls, one for its health checks.
    await eventually(async () => (await backend.connections()) <= 2);
    collect();
    return { heap: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo().toSorted() };
  };

  await reloadOften(1, 200);
  const before = await measure();
  await reloadOften(201, 1000);
  const after = await measure();
  process.off('warning', onWarning);
  assert.deepEqual(after.resources, before.resources);
  const grown = (after.heap - before.heap) / 1024 / 1024;
  assert.ok(grown < 4, `the heap grew by ${grown.toFixed(1)} MiB`);
  assert.deepEqual(warnings, []);
});
