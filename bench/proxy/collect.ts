// Loaded before a server (`--expose-gc --import`): on SIGUSR2 it collects garbage and writes the memory in use, in
// bytes, to the file `MEMORY_FILES` followed by the process id.
import { writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  // The second collection frees objects that the first one has finalized.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${process.env.MEMORY_FILES}${process.pid}`, `${heapUsed + external}\n`);
});
