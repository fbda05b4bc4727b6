import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type LoadedPlugin, loadSources } from '../../src/plugin-loader.ts';
import { sourcesIn } from '../../src/plugin-sources.ts';
import { createTestGateway, type ParsedJson, type TestGateway, type TestRequest } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { createWorkspace, problemsIn, program, root, snippetsOf, type Workspace } from './documents.ts';

const snippets = snippetsOf('README.md');
let workspace: Workspace;
let loaded: LoadedPlugin[];

before(async () => {
  workspace = createWorkspace(snippets);
  loaded = await loadSources(sourcesIn(join(workspace.folder, 'plugins')));
});
after(() => workspace.remove());

test('the README has the complete plugin: its files, its migration and its test', () => {
  assert.deepEqual(
    snippets.map(({ file }) => file),
    ['plugins/notes/index.ts', 'plugins/notes/migrations/001_create_notes.ts', 'plugins/notes/notes.test.ts'],
  );
  assert.deepEqual(
    loaded.map(({ plugin }) => plugin.name),
    ['notes'],
  );
});

test("the README's plugin passes the project's types, lint and format", () => {
  assert.equal(problemsIn(workspace), '');
});

test("the README's test of the plugin passes", () => {
  const { status, output } = workspace.run(process.execPath, [program, 'plugin', 'test', 'notes']);
  assert.match(output, /^ℹ pass 2$/m);
  assert.equal(status, 0, output);
});

onEveryEngine("the README's plugin beside the others", ({ serverUrl }) => {
  let gateway: TestGateway;

  before(async () => {
    const others = await loadSources(sourcesIn(join(root, 'plugins')));
    const plugins = [...others, ...loaded].map(({ plugin }) => plugin);
    gateway = await createTestGateway({ plugins, serverUrl });
  });
  after(() => gateway.close());

  const call = (path: string, request: TestRequest) => gateway.request(path, { target: 'notes', ...request });
  const keep = async (scope: string, headers: Record<string, string> = {}) =>
    call('/api/v1/notes', { token: await gateway.token({ scope }), headers, body: { text: 'Buy milk.' } });

  test('a note is created and read', async () => {
    const created = await keep('notes:write');
    assert.equal(created.status, 201);
    const token = await gateway.token({ scope: 'notes:read' });
    const read = await call(created.headers.get('location') ?? '', { token });
    assert.equal(read.status, 200);
    assert.deepEqual(read.body, created.body);
  });

  test('a call without credentials or scope is refused', async () => {
    assert.equal((await call('/api/v1/notes', { body: { text: 'Buy milk.' } })).status, 401);
    const refused = await keep('notes:read');
    assert.equal(refused.status, 403);
    assert.deepEqual(refused.body.error.details, { missing_scopes: ['notes:write'] });
  });

  test('a retry with the same Idempotency-Key gets the first response', async () => {
    const first = await keep('notes:write', { 'Idempotency-Key': 'once' });
    const second = await keep('notes:write', { 'Idempotency-Key': 'once' });
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(second.body, first.body);
  });

  test('the documentation has an example for each route', async () => {
    const { body } = await gateway.request('/openapi.json');
    const { post } = body.paths['/api/v1/notes'];
    assert.deepEqual(post.requestBody.content['application/json'].example, { text: 'Buy milk.' });
    assert.deepEqual(post.tags, ['notes']);
    const [read] = Object.values<ParsedJson>(post.responses[201].links);
    assert.deepEqual([read.description, read.parameters], ['Read a note', { id: '$response.body#/id' }]);
    const { get } = body.paths['/api/v1/notes/{id}'];
    const parameter = get.parameters.find((entry: { name: string }) => entry.name === 'id');
    assert.equal(parameter.example, '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11');
  });
});

test('the demo shows all callbacks and the retry, and exits by itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'scripts', 'demo.ts')], {
    env: { PATH: process.env.PATH, TMPDIR: tmpdir() },
  });
  const callbacks = [...stdout.matchAll(/callback: (\d+) % of the target used \(attempt (\d)\); answered (\d+)/g)];
  assert.deepEqual(callbacks.map(([, percent, attempt, status]) => `${percent} ${attempt} ${status}`).toSorted(), [
    '100 1 500',
    '100 2 200',
    '110 1 200',
    '120 1 200',
    '80 1 200',
    '90 1 200',
  ]);
  assert.equal([...stdout.matchAll(/delivered with the first attempt$/gm)].length, 4);
  assert.match(stdout, /delivered with 2 attempts/);
});
