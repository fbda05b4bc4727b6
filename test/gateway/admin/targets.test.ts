import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';

const path = '/api/v1/gateway/targets';
const health = { path: '/healthz', intervalMs: 100 };
let backend: Backend;
let broken: Backend;
let gateway: TestGateway;

before(async () => {
  [backend, broken] = await Promise.all([createBackend(), createBackend()]);
  broken.answer((_req, res) => void res.writeHead(503).end());
  const headers = { set: { 'X-Key': 'very-secret' } };
  gateway = await createTestGateway({
    plugins: [echo],
    targets: {
      billing: {
        upstreams: [backend.url],
        public: true,
        prefixes: ['/ws/billing'],
        hosts: ['billing.example.com'],
        headers,
      },
      half: { upstreams: [backend.url, broken.url], public: true, healthCheck: health },
      // The breaker stays open for longer than the test.
      lost: { upstreams: [broken.url], public: true, breaker: { failures: 2, openMs: 600_000 } },
    },
  });
});
after(async () => {
  await gateway.close();
  await Promise.all([backend.close(), broken.close()]);
});

type Target = Record<string, unknown> & { upstreams: Record<string, unknown>[] };

const read = async (): Promise<{ targets: Target[]; text: string }> => {
  const token = await gateway.token({ org: '*', scope: 'gateway:admin' });
  const { body, status, text } = await gateway.request(path, { target: 'gateway', token });
  assert.equal(status, 200, text);
  return { targets: body.data, text };
};
const named = async (name: string): Promise<Target> => {
  const { targets } = await read();
  return targets.find((target) => target.name === name) ?? assert.fail(name);
};
const call = (target: string) => gateway.request('/call', { target });

test('only gateway:admin reads the targets, under the name of the target gateway', async () => {
  assertError(await gateway.request(path, { target: 'gateway' }), 'UNAUTHORIZED');
  const others = await gateway.token({ scope: 'integration:read integration:write' });
  assertError(await gateway.request(path, { target: 'gateway', token: others }), 'FORBIDDEN');
  const token = await gateway.token({ scope: 'gateway:admin' });
  assertError(await gateway.request(path, { token }), 'TARGET_REQUIRED');
  assertError(await gateway.request(path, { target: 'echo', token }), 'NOT_FOUND');
  const { body } = await gateway.request('/openapi/gateway.json', { token });
  assert.equal(body.paths[path].get.operationId, 'listTargets');
});

test('every target is listed by name, with what leads to it, and without its secrets', async () => {
  const { targets, text } = await read();
  assert.deepEqual(
    targets.map(({ kind, name }) => [name, kind]),
    [
      ['billing', 'remote'],
      ['echo', 'plugin'],
      ['gateway', 'plugin'],
      ['half', 'remote'],
      ['lost', 'remote'],
    ],
  );
  assert.deepEqual(targets[0], {
    ...{ name: 'billing', kind: 'remote', summary: null, prefixes: ['/ws/billing'], hosts: ['billing.example.com'] },
    ...{ state: 'up', requests_per_second: 0, p50_ms: null, p99_ms: null, error_rate: null },
    upstreams: [{ origin: backend.url, state: 'up', breaker: 'closed', in_flight: 0 }],
  });
  assert.deepEqual(Object.keys(targets[1] ?? {}), Object.keys(targets[0] ?? {}));
  assert.deepEqual([targets[1]?.state, targets[1]?.upstreams], ['up', []]);
  assert.equal(text.includes('very-secret'), false);
});

test('the figures are those of the calls of the last minute', async () => {
  backend.answer((req, res) => void setTimeout(() => res.end(), req.url === '/call' ? 30 : 0));
  await Promise.all(Array.from({ length: 10 }, () => call('billing')));
  const { error_rate, p50_ms, p99_ms, requests_per_second } = await eventually(async () => {
    const found = await named('billing');
    return Number(found.requests_per_second) >= 10 / 60 ? found : undefined;
  });
  assert.equal(error_rate, 0);
  assert.ok(Number(p50_ms) > 24 && Number(p99_ms) >= Number(p50_ms), `${p50_ms} ${p99_ms} ${requests_per_second}`);
  backend.answer((_req, res) => void res.writeHead(500).end());
  await Promise.all(Array.from({ length: 10 }, () => call('billing')));
  await eventually(async () => (await named('billing')).error_rate === 0.5);
});

test('calls in flight are counted', async () => {
  const open: (() => void)[] = [];
  // Health probes of the target half come to the same server.
  backend.answer((req, res) => void (req.url === '/call' ? open.push(() => res.end()) : res.end()));
  const calls = [call('billing'), call('billing')];
  await eventually(async () => (await named('billing')).upstreams[0]?.in_flight === 2);
  await eventually(() => open.length === 2);
  backend.answer((_req, res) => void res.end());
  for (const end of open) end();
  await Promise.all(calls);
  await eventually(async () => (await named('billing')).upstreams[0]?.in_flight === 0);
});

test('a target is degraded while an upstream is down, and down without a usable one', async () => {
  const half = await eventually(async () => {
    const found = await named('half');
    return found.state === 'degraded' ? found : undefined;
  });
  assert.deepEqual(
    half.upstreams.map(({ origin, state }) => [origin, state]),
    [
      [backend.url, 'up'],
      [broken.url, 'down'],
    ],
  );
  for (let calls = 0; calls < 2; calls += 1) assert.equal((await call('lost')).status, 503);
  const lost = await named('lost');
  assert.deepEqual([lost.state, lost.upstreams[0]?.breaker, lost.upstreams[0]?.state], ['down', 'open', 'up']);
});

test('no other target may be named gateway', async () => {
  await assert.rejects(
    createTestGateway({ plugins: [], targets: { gateway: { upstreams: [backend.url] } } }),
    /Two targets are named "gateway": target "gateway" \(.*\) and the gateway itself\./,
  );
  await assert.rejects(
    createTestGateway({ plugins: [{ ...echo, name: 'gateway' }] }),
    /Plugin "gateway": the name is taken by the gateway itself\. Rename the plugin\./,
  );
});
