import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const flags = fileURLToPath(new URL('../src/v8-flags.mjs', import.meta.url));

test('the V8 of this Node knows every flag that is set', async () => {
  // It only says so when there is one that it does not know, and goes on without.
  const printed = await promisify(execFile)(process.execPath, ['--import', flags, '--eval', 'console.log("went on")']);
  assert.deepEqual({ ...printed }, { stdout: 'went on\n', stderr: '' });
});
