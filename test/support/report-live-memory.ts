// Preloaded into a program (`--import`): on SIGUSR2 it collects garbage and prints the bytes in use, V8's heap and the
// buffers outside it. The resident memory of the process would include garbage that V8 has not collected yet.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let reports = 0;

process.on('SIGUSR2', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
  // Finalizers of the first collection may release further objects: collect again on the next turn.
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    reports += 1;
    process.stdout.write(`live memory ${reports}: ${heapUsed + external} bytes\n`);
  });
});
