#!/usr/bin/env node
// Entry point of `npm start` and the command line. Plain JavaScript for Node.js 18, so that an old version is refused by a
// sentence, and so that the compile cache is enabled before the first TypeScript file loads: without it every start strips and
// compiles all files again, at the cost of time and 25 MB of memory.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesFolder } from '../src/installation.mjs';
import { judgeNode } from '../src/node-versions.mjs';
import { continueOnOwnRuntime, endWithParent } from '../src/own-runtime.mjs';

const script = fileURLToPath(import.meta.url);
endWithParent();
const { refusal } = judgeNode(process.version);
if (!refusal) await start();
else if (!continueOnOwnRuntime(script)) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}

async function start() {
  await import('../src/v8-flags.mjs');
  const { enableCompileCache } = await import('node:module');
  // Beside the packages, with the same owner. If the folder is not writable, Node runs without the cache.
  enableCompileCache(join(packagesFolder, '.cache', 'hookgate'));
  const { continueOnNewerNode } = await import('../src/cli/newer-node.ts');
  continueOnNewerNode(script);
  await import('../src/main.ts');
}
