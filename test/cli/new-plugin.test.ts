import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { renderTemplate } from '../../src/cli/plugin-template.ts';
import { testPlugin } from '../../src/cli/test-plugin.ts';
import { StartError } from '../../src/errors.ts';
import { root } from '../docs/documents.ts';
import { createSandbox } from '../support/process.ts';

const startedIn = process.cwd();
const sandbox = createSandbox();
const { folder } = sandbox;

before(() => process.chdir(folder));
after(async () => {
  process.chdir(startedIn);
  await sandbox.remove();
});

/** Runs `plugin new` in the working directory; resolves to its output. */
async function create(args: string[], env: Record<string, string> = {}): Promise<string> {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  assert.equal(await runCommandLine({ args: ['plugin', 'new', ...args], env, print, onSignal: () => {} }), 0);
  return printed.join('\n');
}

const filesIn = (path: string): string[] =>
  globSync('**/*', { cwd: path, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();

const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

const refusal = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StartError);
  assert.match(error.message, pattern);
  return true;
};

test('plugin new writes a plugin, its migration, its test and a README, and tells the next steps', async () => {
  const output = await create(['short-links'], { PORT: '8181' });
  const written = ['README.md', 'index.ts', 'migrations/001_create_items.ts', 'package.json', 'short-links.test.ts'];
  assert.deepEqual(filesIn(folder), [...written.map((path) => `plugins/short-links/${path}`), 'tsconfig.json'].sort());
  for (const path of written) {
    assert.ok(output.includes(`\n  ${path}\n`), output);
    assert.doesNotMatch(read(`plugins/short-links/${path}`), /sample/i);
  }
  const commands = [...output.matchAll(/^ {2}(npm run -s hookgate -- .*|curl .*)$/gm)].map(([, command]) => command);
  const key = '--org myorg --email joe@example.com --scope "short-links:read short-links:write"';
  assert.deepEqual(commands.slice(0, 3), [
    'npm run -s hookgate -- plugin test short-links',
    'npm run -s hookgate -- dev',
    `npm run -s hookgate -- keys create ${key}`,
  ]);
  assert.match(commands[3] ?? '', /^curl .* http:\/\/127\.0\.0\.1:8181\/api\/v1\/short-links\/items$/);
});

test('the new plugin passes its test, which ends by itself', async () => {
  const { code, stdout, stderr } = await sandbox.run(['plugin', 'test', 'short-links']);
  assert.equal(code, 0, `${stdout}${stderr}`);
  assert.match(stdout, /^ℹ pass 4$/m);
  assert.match(stdout, /^ℹ fail 0$/m);
});

test('tsconfig.json has the settings by which the template is checked', () => {
  const { compilerOptions } = JSON.parse(read('tsconfig.json'));
  const { compilerOptions: own } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  assert.equal(compilerOptions.strict, true);
  assert.ok(!('skipLibCheck' in compilerOptions), 'the declarations of packages are checked');
  for (const [name, value] of Object.entries(compilerOptions)) assert.deepEqual(value, own[name], name);
});

test('plugin new overwrites nothing', async () => {
  const before = read('plugins/short-links/index.ts');
  write('plugins/short-links/notes.txt', 'mine');
  await assert.rejects(create(['short-links']), refusal(/^plugins\/short-links exists already\./));
  assert.equal(read('plugins/short-links/index.ts'), before);

  write('tsconfig.json', '{ "files": [] }');
  await create(['second']);
  assert.equal(read('tsconfig.json'), '{ "files": [] }');
});

test('plugin new takes names of plugins that are free', async () => {
  write('targets.yaml', 'targets: { billing: { upstreams: [http://127.0.0.1:9001] } }');
  const bad = ['Links', '1st', 'a--b', 'a-', '../up', 'a/b', 'a b', '', 'é', 'a'.repeat(41), '__proto__'];
  for (const name of bad) await assert.rejects(create([name]), refusal(/ is no name for a plugin\. /), name);
  for (const name of ['integration', 'authentication', 'gateway', 'dispatcher', 'test-identity', 'billing'])
    await assert.rejects(create([name]), refusal(new RegExp(`^The name ${name} is taken `)));
  for (const args of [[], ['one', 'two']]) await assert.rejects(create(args), refusal(/plugin new <name>$/));
  assert.deepEqual(globSync('plugins/*', { cwd: folder }).sort(), ['plugins/second', 'plugins/short-links']);
});

test('plugin new and plugin test work in PLUGINS_DIR', async () => {
  mkdirSync(join(folder, 'mine'));
  const env = { PLUGINS_DIR: './mine' };
  assert.match(await create(['notes'], env), /^Created mine\/notes:\n/);
  assert.ok(filesIn(join(folder, 'mine', 'notes')).includes('notes.test.ts'));
  rmSync(join(folder, 'mine', 'notes', 'notes.test.ts'));
  const line = { args: [], env, print: () => {}, onSignal: () => {} };
  await assert.rejects(testPlugin(line, 'notes'), refusal(/^There are no tests in mine\/notes, /));
});

test('plugin new without its template writes nothing', () => {
  const missing = join(folder, 'no-template');
  assert.throws(() => renderTemplate('notes', missing), refusal(/^The template of plugins is missing: .*no-template /));
});

test('the name of a plugin may be a word of JavaScript', async () => {
  await create(['delete']);
  const { deletePlugin } = await import(join(folder, 'plugins', 'delete', 'index.ts'));
  assert.equal(deletePlugin.name, 'delete');
});

test('the new plugin has a package.json unless the one above makes its files modules', async () => {
  try {
    for (const type of ['module', 'commonjs']) {
      mkdirSync(join(folder, type));
      process.chdir(join(folder, type));
      write(`${type}/package.json`, JSON.stringify({ type }));
      await create(['notes']);
    }
    assert.ok(!filesIn(join(folder, 'module', 'plugins', 'notes')).includes('package.json'));
    assert.equal(JSON.parse(read('commonjs/plugins/notes/package.json')).type, 'module');
  } finally {
    process.chdir(folder);
  }
});

test('plugin test fails for a plugin without tests, and with a failing one', async () => {
  const line = { args: [], env: {}, print: () => {}, onSignal: () => {} };
  await assert.rejects(
    testPlugin(line, 'nothing'),
    refusal(/^There are no tests in plugins\/nothing, such as nothing\.test\.ts\.$/),
  );
  mkdirSync(join(folder, 'plugins', 'broken'));
  write('plugins/broken/broken.test.ts', "throw new Error('no plugin here');");
  const failing = await sandbox.run(['plugin', 'test', 'broken']);
  assert.equal(failing.code, 1);
  assert.match(failing.stderr + failing.stdout, /no plugin here/);
});
