import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const flags = fileURLToPath(new URL('../src/v8-flags.mjs', import.meta.url));

test('V8 knows every flag of v8-flags.mjs', async () => {
  // V8 prints a warning for an unknown flag and continues.
  const printed = await promisify(execFile)(process.execPath, ['--import', flags, '--eval', 'console.log("went on")']);
  assert.deepEqual({ ...printed }, { stdout: 'went on\n', stderr: '' });
});
