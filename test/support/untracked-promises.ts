// Loaded before every test file, and before `node:test`, which follows every promise of the process to find the test of an error
// that nothing awaits: a fifth of the processor time of all tests. Without that, such an error fails the file in place of the
// test, and its stack is printed here.
import hooks from 'node:async_hooks';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';

const { createHook } = hooks;
const untracked: typeof createHook = (options) => createHook({ ...options, trackPromises: false });
Object.assign(hooks, { createHook: untracked });

const print = (error: unknown): void => void process.stderr.write(`${process.argv[1]}: ${inspect(error)}\n`);

// Only in the main thread of the process of a test file, as in `leftovers.ts`.
if (process.env.NODE_TEST_CONTEXT && isMainThread) {
  process.on('uncaughtExceptionMonitor', print);
  process.on('unhandledRejection', (reason) => {
    print(reason);
    process.exitCode = 1;
  });
}
