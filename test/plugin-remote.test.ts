import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { StartError } from '../src/errors.ts';
import { createTestGateway } from '../src/testing/index.ts';
import { assertError } from './support/assert-error.ts';
import { type Backend, createBackend } from './support/backend.ts';
import { selfSigned } from './support/certificate.ts';
import { eventually } from './support/eventually.ts';
import { createPluginFolder, type PluginFolder } from './support/plugin-folder.ts';

const contract = join(import.meta.dirname, '..', 'src', 'plugin.ts');
let backend: Backend;
let folder: PluginFolder;
before(async () => {
  backend = await createBackend();
});
after(() => backend.close());
beforeEach(() => {
  backend.requests.length = 0;
  folder = createPluginFolder();
});
afterEach(() => folder.remove());

/** A plugin whose `setup` returns `surface`. */
const source = (surface: string): string => `
import { remoteTarget } from ${JSON.stringify(contract)};
export const billing = {
  name: 'billing',
  apiVersion: 1,
  summary: 'Invoices.',
  prefixes: ['/billing'],
  setup: () => (${surface}),
};
`;

test("a plugin's backend is reached by the plugin's name and prefixes", async () => {
  const definition = { upstreams: [backend.url], scopes: ['billing:read'], healthCheck: { path: '/healthz' } };
  folder.add('billing', { 'index.js': source(`remoteTarget(${JSON.stringify(definition)})`) });
  const gateway = await folder.start();
  try {
    await eventually(() => backend.requests.some(({ url }) => url === '/healthz'));
    const token = await gateway.token({ scope: 'billing:read' });
    assert.equal((await gateway.request('/a', { target: 'billing', token })).text, 'GET /a');
    assert.equal((await gateway.request('/billing/b', { token })).text, 'GET /billing/b');
    assertError(await gateway.request('/billing/b'), 'UNAUTHORIZED');
    const own = gateway.app.registry.byName('billing');
    assert.match(own?.title ?? '', /^plugin "billing" \(.+billing\/index\.js\)$/);
    assert.equal(own?.summary, 'Invoices.');
    gateway.app.reload();
    assert.equal(gateway.app.registry.byName('billing'), own);
    const { body } = await gateway.request('/openapi/billing.json', { token });
    assert.deepEqual(body.tags, [{ name: 'billing', description: 'Invoices.' }]);
  } finally {
    await gateway.close();
  }
  await eventually(async () => (await backend.connections()) === 0);
});

test("file paths are relative to the plugin's folder", async () => {
  const tls = { upstreams: ['https://127.0.0.1:9'], tls: { ca: './ca.pem' } };
  folder.add('billing', { 'index.js': source(`remoteTarget(${JSON.stringify(tls)})`), 'ca.pem': selfSigned.cert });
  await (await folder.start()).close();
});

test('an invalid definition stops the start, and the message has the file and every problem', async () => {
  for (const [surface, ...problems] of [
    [
      "remoteTarget({ upstreams: ['127.0.0.1'], colour: 'red' })",
      'billing.upstreams[0] must be an origin',
      'billing.colour is not allowed',
    ],
    [
      "remoteTarget({ upstreams: ['http://a'], prefixes: ['/a'] })",
      'remote.prefixes is not allowed: declare prefixes on the plugin',
    ],
    ['remoteTarget()', 'must contain at least one of [routes, router, pages, remote]'],
    ["{ remote: { upstreams: ['http://a'] }, routes: [] }", 'remote'],
  ] as const) {
    const other = createPluginFolder();
    other.add('billing', { 'index.js': source(surface) });
    await assert.rejects(other.start(), (error: Error) => {
      assert.ok(error instanceof StartError);
      for (const part of [...problems, join(other.path, 'billing', 'index.js')])
        assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
      return true;
    });
    other.remove();
  }
});

test('a plugin and the targets file cannot declare the same target', async () => {
  folder.add('billing', { 'index.js': source(`remoteTarget({ upstreams: ['${backend.url}'] })`) });
  await assert.rejects(folder.start({ targets: { billing: { upstreams: [backend.url] } } }), /Two targets are named/);
});

test('the documentation works with a remote target, which has no routes', async () => {
  const gateway = await createTestGateway({ plugins: [], targets: { billing: { upstreams: [backend.url] } } });
  try {
    const token = await gateway.token();
    const { body } = await gateway.request('/openapi.json', { token });
    assert.ok(body.tags.some(({ name }: { name: string }) => name === 'billing'));
    assert.deepEqual((await gateway.request('/openapi/billing.json', { token })).body.paths, {});
    assert.equal((await gateway.request('/docs')).status, 200);
  } finally {
    await gateway.close();
  }
});
