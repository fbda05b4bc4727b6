// What `npm start` and the command line run. Plain JavaScript, so that the compile cache is there before the first
// TypeScript is read: without it every start strips and compiles everything anew, which costs time and 25 MB that stay.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import '../src/v8-flags.mjs';

// Next to the packages, and as much ours as they are. Where it cannot be written, nothing is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/hookgate', import.meta.url)));

await import('../src/main.ts');
