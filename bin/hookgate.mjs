// Entry point of `npm start` and the command line. Plain JavaScript, so that the compile cache is enabled before the
// first TypeScript file loads: without it every start strips and compiles all files again, at the cost of time and 25
// MB of memory.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import '../src/v8-flags.mjs';

// Beside the packages, with the same owner. If the folder is not writable, Node runs without the cache.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/hookgate', import.meta.url)));

await import('../src/main.ts');
