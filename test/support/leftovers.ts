// Loaded before every test file. What a failed test leaves open would keep its process, and the whole run, for ever.
import { after } from 'node:test';

const patienceMs = 30_000;

function endWithLeftovers(): void {
  const open = process.getActiveResourcesInfo().join(', ');
  process.stderr.write(`${process.argv[1]}: its tests are over, and this is still open: ${open}\n`);
  process.exit(1);
}

// Only in the process of a test file: the runner itself has no tests to be over.
if (process.env.NODE_TEST_CONTEXT) after(() => void setTimeout(endWithLeftovers, patienceMs).unref());
