import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { renderTemplate } from '../../src/cli/plugin-template.ts';
import { loadSources } from '../../src/plugin-loader.ts';
import { sourcesIn } from '../../src/plugin-sources.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../src/testing/index.ts';
import { eventually } from '../support/eventually.ts';
import {
  createWorkspace,
  problemsIn,
  readDocument,
  root,
  type Snippet,
  snippetsOf,
  type Workspace,
} from './documents.ts';

const snippets = snippetsOf('docs/plugins.md');
const tutorial = 'plugins/short-links/';
const bellTest = 'plugins/bell/bell.test.ts';
const flagsTest = 'plugins/flags/flags.test.ts';
const tutorialTest = `${tutorial}short-links.test.ts`;
const password = 'a-password-that-is-hard-enough-to-guess';
let workspace: Workspace;
const bellSecret = Buffer.alloc(32, 1).toString('base64');
let gateway: TestGateway;
let receiver: Receiver;

before(async () => {
  workspace = createWorkspace(withTutorial());
  const loaded = await loadSources(sourcesIn(join(workspace.folder, 'plugins')));
  receiver = await createReceiver();
  const env = {
    TICKER_INTERVAL_MS: '1',
    MONITOR_PASSWORD: password,
    BELL_URL: `${receiver.url}/ring`,
    BELL_SECRET: bellSecret,
    WEATHER_URL: receiver.url,
    WEATHER_KEY: 'a-key',
  };
  const targets = { metered: { upstreams: [receiver.url], metering: { product: 'weather' } } };
  gateway = await createTestGateway({ plugins: loaded.map(({ plugin }) => plugin), targets, env });
});
after(async () => {
  await gateway.close();
  await receiver.close();
  workspace.remove();
});

/** The snippets, and the plugin of the tutorial as it is in the end: written by `plugin new`, with the changes of the page. */
function withTutorial(): Snippet[] {
  const files = new Map(renderTemplate('short-links').map(({ path, text }) => [`${tutorial}${path}`, text]));
  const [, diff = ''] = /```diff\n([\s\S]*?)^```$/m.exec(readDocument('docs/plugins.md')) ?? [];
  files.set(`${tutorial}index.ts`, applyDiff(files.get(`${tutorial}index.ts`) ?? '', diff));
  for (const { file, text } of snippets) files.set(file, file === tutorialTest ? `${files.get(file)}\n${text}` : text);
  return [...files].map(([file, text]) => ({ file, text }));
}

/** Applies the parts of a diff, each of which has its place once in the text. */
function applyDiff(text: string, diff: string): string {
  const parts = diff.split(/^@@.*\n/m).filter(Boolean);
  assert.notEqual(parts.length, 0);
  return parts.reduce((result, part) => {
    const lines = part.split('\n').filter(Boolean);
    const side = (sign: string) => lines.filter((line) => ' '.includes(line[0] ?? '') || line[0] === sign);
    const [before, after] = ['-', '+'].map((sign) =>
      side(sign)
        .map((line) => `${line.slice(1)}\n`)
        .join(''),
    );
    const pieces = result.split(before ?? '');
    assert.equal(pieces.length, 2, `not once in the template:\n${before}`);
    return pieces.join(after);
  }, text);
}

test("the snippets pass the project's types, lint and format", () => {
  assert.deepEqual(
    snippets.map(({ file }) => file),
    [
      `${tutorial}migrations/002_add_url.ts`,
      tutorialTest,
      'plugins/flags/index.ts',
      'plugins/flags/migrations/001_create_flags.ts',
      flagsTest,
      'plugins/ticker/index.ts',
      'plugins/bell/index.ts',
      'plugins/tally/index.ts',
      'plugins/files/index.ts',
      'plugins/shelf/index.ts',
      'plugins/weather/index.ts',
      'plugins/monitor/index.ts',
      'hookgate-greeter/index.js',
      bellTest,
    ],
  );
  assert.equal(problemsIn(workspace), '');
});

test('the ticker responds without credentials and ticks', async () => {
  let ticks = 0;
  while (ticks === 0) {
    const answer = await gateway.request('/api/v1/ticks', { target: 'ticker' });
    assert.equal(answer.status, 200);
    ticks = answer.body.ticks;
  }
});

test('the tests of the page pass: of the tutorial, of the feature flags and of the bell', () => {
  const hook = `--import=${join(root, 'test', 'support', 'leftovers.ts')}`;
  const files = [tutorialTest, flagsTest, bellTest];
  const options = [hook, '--test', '--test-isolation=none', '--test-reporter=tap'];
  const { status, output } = workspace.run(process.execPath, [...options, ...files]);
  assert.match(output, /^# pass 10$/m, output);
  assert.equal(status, 0, output);
});

test('the tally logs the metered calls', async () => {
  const token = await gateway.token({ org: 'myorg', email: 'joe@example.com', client_id: 'app' });
  assert.equal((await gateway.request('/used', { target: 'metered', token })).status, 200);
  const find = (): string | undefined => gateway.log.find((line) => line.includes('"message":"used"'));
  await eventually(() => find() !== undefined);
  const { organization, developer, application, product, count } = JSON.parse(find() ?? '');
  assert.deepEqual(
    [organization, developer, application, product, count],
    [...['myorg', 'joe@example.com', 'app', 'weather'], 1],
  );
});

test('the router requires credentials and its scope', async () => {
  const read = (scope: string) =>
    gateway.token({ scope }).then((token) => gateway.request('/files/a/b', { target: 'files', token }));
  assert.equal((await gateway.request('/files/a/b', { target: 'files' })).status, 401);
  assert.equal((await read('others:read')).status, 403);
  assert.deepEqual((await read('files:read')).body, { path: ['a', 'b'] });
});

test('the shelf answers with the settings and the error middleware of its application', async () => {
  const token = await gateway.token({ scope: 'shelf:read' });
  const read = (title: string) => gateway.request(`/api/v1/books/${title}`, { target: 'shelf', token });
  assert.equal((await read('Emma')).text, '{\n  "title": "Emma"\n}');
  const missing = await read('Ulysses');
  assert.deepEqual([missing.status, missing.body], [404, { missing: 'Ulysses' }]);
});

test('the weather comes from another server', async () => {
  const token = await gateway.token({ scope: 'weather:read' });
  assert.equal((await gateway.request('/weather/today', { token })).status, 200);
  const asked = receiver.received.find(({ path }) => path === '/today');
  assert.equal(asked?.headers['x-key'], 'a-key');
  assert.equal((await gateway.request('/weather/today')).status, 401);
});

test('the monitor signs in with its password alone', async () => {
  const read = async (given: string) => {
    const credentials = Buffer.from(`monitor:${given}`).toString('base64');
    return gateway.request('/files/a', { target: 'files', headers: { Authorization: `Basic ${credentials}` } });
  };
  assert.equal((await read('another')).status, 401);
  assert.deepEqual((await read(password)).body.error.details, { missing_scopes: ['files:read'] });
});

test('the package named in PLUGINS is a target, also if it only exports an import condition', () => {
  const [, description = ''] =
    /^```json\n(\{ "name": "hookgate-greeter".+)\n```$/m.exec(readDocument('docs/plugins.md')) ?? [];
  const importOnly = description.replace('"./index.js"', '{ "import": "./index.js" }');
  assert.notEqual(importOnly, description);
  for (const packageJson of [description, importOnly]) {
    assert.match(checkWithPackage(packageJson), /^target {6}greeter\n {2}GET {4}\/api\/v1\/greeting {2}greeter:read$/m);
  }
});

/** Output of `check` in a copy of the gateway with the package, so that nothing is installed into the real one. */
function checkWithPackage(packageJson: string): string {
  const code = snippets.find(({ file }) => file === 'hookgate-greeter/index.js')?.text ?? '';
  const copy = createWorkspace([]);
  const gatewayFolder = join(copy.folder, 'gateway');
  const modules = join(gatewayFolder, 'node_modules');
  try {
    mkdirSync(join(modules, 'hookgate-greeter'), { recursive: true });
    writeFileSync(join(modules, 'hookgate-greeter', 'package.json'), packageJson);
    writeFileSync(join(modules, 'hookgate-greeter', 'index.js'), code);
    for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.')))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    for (const name of ['bin', 'src', 'package.json'])
      cpSync(join(root, name), join(gatewayFolder, name), { recursive: true });
    const env = { PLUGINS: 'hookgate-greeter' };
    copy.run(process.execPath, ['gateway/bin/hookgate.mjs', 'migrate', '--create'], env);
    return copy.run(process.execPath, ['gateway/bin/hookgate.mjs', 'check'], env).output;
  } finally {
    copy.remove();
  }
}
