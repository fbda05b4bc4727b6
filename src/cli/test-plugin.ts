import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { StartError } from '../errors.ts';
import type { CommandLine } from './command-line.ts';
import { pluginsFolder } from './plugins-folder.ts';

/** Loaded before every test: `hookgate/plugin`, `/errors` and `/testing` lead to this gateway, wherever it is installed. */
const ownSpecifiers = new URL(`../own-specifiers${extname(import.meta.filename)}`, import.meta.url).href;
const beforeTests = `data:text/javascript,${encodeURIComponent(
  `import { resolveOwnSpecifiers } from ${JSON.stringify(ownSpecifiers)}; resolveOwnSpecifiers();`,
)}`;

/**
 * `plugin test <name>`: runs the tests in the plugin's folder, and `test/plugins/<name>.test.ts`, with Node's test runner. Loads no
 * plugin itself. Resolves to the exit code of the tests.
 */
export async function testPlugin({ env: settings, onSignal }: CommandLine, name: string): Promise<number> {
  const folder = join(pluginsFolder(settings), name);
  const files = testsOf(name, resolve(folder));
  if (files.length === 0) throw new StartError(`There are no tests in ${folder}, such as ${name}.test.ts.`);
  const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
  // Each test file is a process that loads the whole gateway.
  const cache = getCompileCacheDir();
  const env = { ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) }), ...outer };
  const child = spawn(process.execPath, ['--import', beforeTests, '--test', ...files], { env, stdio: 'inherit' });
  onSignal(() => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return (code as number | null) ?? 1;
}

function testsOf(name: string, folder: string): string[] {
  const pattern = '**/*.test.{ts,mts,js,mjs}';
  const inFolder = globSync(pattern, { cwd: folder, exclude: ['**/node_modules/**'] });
  const beside = globSync(`${name}.test.{ts,mts,js,mjs}`, { cwd: resolve('test', 'plugins') });
  return [
    ...inFolder.map((path) => join(folder, path)),
    ...beside.map((path) => resolve('test', 'plugins', path)),
  ].sort();
}
