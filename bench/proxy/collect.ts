// Loaded before a server (`--expose-gc --import`): at SIGUSR2 it gives back what it does not need and writes what it uses,
// in bytes, to the file `MEMORY_FILES` names, with its process id at the end.
import { writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  // What the first run finds to be finished, the second one frees.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${process.env.MEMORY_FILES}${process.pid}`, `${heapUsed + external}\n`);
});
