// Loaded into a program before its own code (`--import`): on SIGUSR2 it prints how many bytes the program needs, V8's heap and the
// buffers outside it, after a collection. What the operating system counts would have in it what V8 has not collected yet.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let reports = 0;

process.on('SIGUSR2', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
  // What ended with the first collection may hold on to more until its own end has been seen to.
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    reports += 1;
    process.stdout.write(`live memory ${reports}: ${heapUsed + external} bytes\n`);
  });
});
