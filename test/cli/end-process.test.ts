import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { patient } from '../support/patience.ts';

const module = join(import.meta.dirname, '..', '..', 'src', 'cli', 'end-process.ts');

/** Ends while a thread of the pool has work for a minute, as a look-up of a name has without an answer. */
const program = `
  import { pbkdf2 } from 'node:crypto';
  import { endProcess } from ${JSON.stringify(module)};
  pbkdf2('', '', 500_000_000, 8, 'sha512', () => {});
  process.getActiveResourcesInfo = () => ['GetAddrInfoReqWrap'];
  process.stdout.write('last words');
  setTimeout(() => endProcess(3), 50);
`;

test('a look-up of a name in progress does not delay the end of the process', async () => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killer = setTimeout(() => child.kill('SIGKILL'), patient(5000));
  const [printed, ended] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
  clearTimeout(killer);
  assert.deepEqual(ended, [3, null]);
  assert.equal(Buffer.concat(printed).toString(), 'last words');
});
