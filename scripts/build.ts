// `npm run build`: writes the package's JavaScript and declarations to dist/, or to another folder, with the tree of the source, and
// the pages of the console.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildConsole } from './console/build-console.mjs';

const root = join(import.meta.dirname, '..');
const [target = join(root, 'dist')] = process.argv.slice(2);
// Files of an earlier build would be published too.
rmSync(target, { recursive: true, force: true });
const compiler = join(root, 'node_modules', '.bin', 'tsc');
const options = { cwd: root, stdio: 'inherit' } as const;
const { status } = spawnSync(compiler, ['-p', 'tsconfig.build.json', '--outDir', target], options);
cpSync(join(root, 'swagger-ui'), join(target, 'swagger-ui'), { recursive: true });
const code = await buildConsole({ isOptional: false });
const pages = join('plugins', 'console', 'dist');
if (code === 0) cpSync(join(root, pages), join(target, pages), { recursive: true });
process.exitCode = (status ?? 1) || code;
