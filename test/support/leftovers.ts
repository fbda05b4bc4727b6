// Loaded before every test file: `hookgate/…` leads to the source. Ends the process when its tests are over and resources are still
// open: a failed test would keep the whole run waiting.
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';
import { resolveOwnSpecifiers } from '../../src/own-specifiers.ts';
import { startPatience } from './patience.ts';

const patienceMs = 30_000;

resolveOwnSpecifiers();

function endWithLeftovers(): void {
  const open = process.getActiveResourcesInfo().join(', ');
  process.stderr.write(`${process.argv[1]}: its tests are over, with resources still open: ${open}\n`);
  process.exit(1);
}

// Only in the process of a test file, and not in its threads: the runner itself has no tests.
if (process.env.NODE_TEST_CONTEXT && isMainThread) {
  after(() => {
    const patience = startPatience(patienceMs);
    setInterval(() => patience.isOver() && endWithLeftovers(), 1000).unref();
  });
}
