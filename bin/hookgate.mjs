// Entry point of `npm start` and the command line. Plain JavaScript for Node.js 18, so that an old version is refused by a
// sentence, and so that the compile cache is enabled before the first TypeScript file loads: without it every start strips and
// compiles all files again, at the cost of time and 25 MB of memory.
import { fileURLToPath } from 'node:url';
import { judgeNode } from '../src/node-versions.mjs';

const { refusal } = judgeNode(process.version);
if (refusal) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
} else await start();

async function start() {
  await import('../src/v8-flags.mjs');
  const { enableCompileCache } = await import('node:module');
  // Beside the packages, with the same owner. If the folder is not writable, Node runs without the cache.
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/hookgate', import.meta.url)));
  const { continueOnNewerNode } = await import('../src/cli/newer-node.ts');
  continueOnNewerNode(fileURLToPath(import.meta.url));
  await import('../src/main.ts');
}
