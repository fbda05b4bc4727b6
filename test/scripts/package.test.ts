import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { spawnChild } from '../support/spawn-child.ts';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const plugin = `import { randomUUIDv7 } from 'node:crypto';
import { notFound } from 'hookgate/errors';
import { definePlugin, defineRoute } from 'hookgate/plugin';

export const greeter = definePlugin({
  name: 'greeter',
  apiVersion: 1,
  setup: ({ database }) => ({
    routes: [
      defineRoute({
        method: 'GET',
        path: '/api/v1/greetings',
        summary: 'List greetings',
        public: true,
        answers: { 200: { description: 'They.' } },
        handler: async (req, res) => {
          const rows = await database.read((db) => db<{ id: string }>('greeter_greetings').select('id'));
          if (rows.length > 0) throw notFound(randomUUIDv7());
          res.json({ greetings: rows, query: Object.keys(req.query as object) });
        },
      }),
    ],
  }),
});
`;
const migration = `import { ensureTable, type Knex } from 'hookgate/plugin';

export const up = (knex: Knex) =>
  ensureTable(knex, 'greeter_greetings', (columns) => {
    columns.string('id', 36).notNullable().primary();
  });
export const down = (knex: Knex) => knex.schema.dropTableIfExists('greeter_greetings');
`;
const pluginTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from 'hookgate';
import { createClient } from 'hookgate/client';
import { createTestGateway } from 'hookgate/testing';
import { greeter } from './plugins/greeter/index.ts';

test('greets', async () => {
  const gateway = await createTestGateway({ plugins: [greeter] });
  try {
    const { status, body } = await gateway.request('/api/v1/greetings', { target: 'greeter' });
    assert.deepEqual([status, body.greetings], [200, []]);
    const client = createClient<object, 'greeter'>({ url: gateway.url, token: 'any', target: 'greeter' });
    assert.equal((await client.fetch('/api/v1/greetings')).status, 200);
  } finally {
    await gateway.close();
  }
});

test('starts from code', async () => {
  const gateway = await startGateway({ env: { PORT: '0', METRICS_PORT: '0', DATA_DIR: './code', DATABASE_URL: 'sqlite:./code/a.db' } });
  assert.ok(gateway.port > 0);
  await gateway.close();
});
`;
const compilerOptions = {
  ...{ module: 'nodenext', target: 'esnext', noEmit: true, allowImportingTsExtensions: true, erasableSyntaxOnly: true },
  ...{ strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  verbatimModuleSyntax: true,
};

/** Folders of packages that users get, by their name. */
function shippedFolders(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const names = Object.entries(packages).flatMap(
    ([path, { dev }]) => /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? (dev ? [] : []),
  );
  return names.filter((name) => !packages[`node_modules/${name}`]?.dev && existsSync(join(root, 'node_modules', name)));
}

describe('the published package', () => {
  /** With a space and another letter; the package is in its node_modules. */
  let folder: string;
  let packed: { files: { path: string }[]; size: number; unpackedSize: number };

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'hookgate päckage ')));
    const stage = join(folder, 'stage');
    mkdirSync(stage);
    run(process.execPath, ['scripts/build.ts', join(stage, 'dist')], root);
    const others = (manifest.files as string[]).filter((name) => name !== 'dist' && !name.startsWith('!'));
    for (const name of ['package.json', 'README.md', 'LICENSE', ...others])
      cpSync(join(root, name), join(stage, name), { recursive: true });
    [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--offline'], stage));
    const modules = join(folder, 'node_modules');
    for (const name of [...shippedFolders(), 'typescript', '@typescript']) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    run('tar', ['-xzf', join(stage, `hookgate-${manifest.version}.tgz`), '-C', modules], folder);
    cpSync(join(modules, 'package'), join(modules, 'hookgate'), { recursive: true });
    write('package.json', '{ "type": "module" }');
    write('plugins/greeter/index.ts', plugin);
    write('migrations/greeter/001_create_greetings.ts', migration);
    write('greeter.test.ts', pluginTest);
    run(process.execPath, [bin(), 'plugin', 'new', 'short-links'], folder);
    renameSync(join(folder, 'tsconfig.json'), join(folder, 'tsconfig.new.json'));
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['plugins', 'migrations', '*.ts'] }));
    cpSync(join(root, 'test', 'support', 'typed-consumer.ts'), join(folder, 'typed-consumer.ts'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }

  function run(program: string, args: string[], cwd: string): string {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
    return stdout;
  }

  const bin = () => join(folder, 'node_modules', 'hookgate', 'dist', 'bin', 'hookgate.mjs');
  const env = { PATH: process.env.PATH ?? '', PORT: '0', METRICS_PORT: '0', NODE_RUNTIME: 'pinned', DEMO: 'true' };

  test('it has what users need, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'dist/bin/hookgate.mjs',
      'dist/swagger-ui/LICENSE',
      'dist/swagger-ui/NOTICE',
      'dist/plugins/console/dist/index.html',
      'dist/plugins/console/dist/licenses.md',
      'LICENSE',
      'README.md',
    ])
      assert.ok(paths.includes(path), path);
    for (const { types, default: code } of Object.values(
      manifest.exports as Record<string, { types: string; default: string }>,
    ).filter((entry) => typeof entry === 'object'))
      for (const path of [types, code]) assert.ok(paths.includes(path.replace('./', '')), path);
    const foreign = paths.filter(
      (path) =>
        /(^|\/)(test|bench|chaos|conformance|scripts|node_modules|web)\/|\.map$|\.test\.|(?<!\.d)\.ts$|tsbuildinfo/.test(
          path,
        ) && !/^(templates|deploy)\//.test(path),
    );
    assert.deepEqual(foreign, []);
    const kilobytes = [packed.size, packed.unpackedSize].map((bytes) => Math.round(bytes / 1000));
    assert.ok(packed.size < 2_200_000 && packed.unpackedSize < 7_200_000, `${kilobytes.join(' and ')} kB`);
  });

  test('links of its pages lead to files that it has, and the deployment files are among them', () => {
    const paths = packed.files.map(({ path }) => path);
    assert.ok(paths.includes('deploy/systemd/hookgate.service'));
    const has = (target: string) => paths.some((path) => path === target || path.startsWith(`${target}/`));
    const dead = paths
      .filter((path) => path.endsWith('.md') && !path.startsWith('dist/'))
      .flatMap((page) =>
        [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].flatMap(([, link = '']) =>
          has(join(dirname(page), link)) ? [] : [`${page}: ${link}`],
        ),
      );
    assert.deepEqual(dead, []);
  });

  test('a strict TypeScript program and a new plugin with its settings compile with it, with the declarations of all packages checked', () => {
    for (const project of ['.', 'tsconfig.new.json'])
      assert.equal(run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', project, '--checkers', '1'], folder), '');
  });

  test('its kit runs the tests of plugins, written by hand and by plugin new, and a gateway starts from code', () => {
    const files = ['greeter.test.ts', 'plugins/short-links/short-links.test.ts'];
    assert.match(run(process.execPath, ['--test', ...files], folder), /^ℹ pass 6$/m);
  });

  test('it starts in any folder, with the plugins of this folder, and stops', async () => {
    const child = spawnChild(process.execPath, [bin(), 'start'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.ok(child.stdout && child.stderr);
    const log = text(child.stderr);
    let printed = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      printed += chunk;
      if (/listens on .*\n[\s\S]*TOKEN=/.test(printed)) break;
    }
    const [, url = ''] = /listens on (\S+)\n/.exec(printed) ?? [];
    try {
      assert.match(printed, /\n {2}npx hookgate receiver\n/);
      assert.doesNotMatch(printed, /npm run/);
      const answer = await fetch(`${url}/api/v1/greetings`, { headers: { 'X-Target-Server': 'greeter' } });
      assert.deepEqual(await answer.json(), { greetings: [], query: [] });
      assert.equal((await fetch(`${url}/docs/swagger-ui.css`)).status, 200);
      const pages = await fetch(`${url}/`, { headers: { Accept: 'text/html' } });
      assert.deepEqual([pages.status, pages.url], [200, `${url}/console/`]);
      assert.ok(existsSync(join(folder, 'data', 'hookgate.db')));
    } finally {
      child.kill('SIGTERM');
    }
    await once(child, 'close');
    assert.equal(child.exitCode, 0, await log);
    assert.match(
      run(process.execPath, [bin(), 'check'], folder),
      /^target {6}greeter\n.*\/api\/v1\/greetings {2}public$/m,
    );
  });
});
