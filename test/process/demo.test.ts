import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const demo = join(import.meta.dirname, '..', '..', 'scripts', 'demo.ts');

test('the demo shows all callbacks and the retry, and exits by itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [demo], { env: { PATH: process.env.PATH } });
  const callbacks = [...stdout.matchAll(/callback: (\d+) % of the target used \(attempt (\d)\); answered (\d+)/g)];
  assert.deepEqual(callbacks.map(([, percent, attempt, status]) => `${percent} ${attempt} ${status}`).toSorted(), [
    '100 1 500',
    '100 2 200',
    '110 1 200',
    '120 1 200',
    '80 1 200',
    '90 1 200',
  ]);
  assert.equal([...stdout.matchAll(/delivered with the first attempt$/gm)].length, 4);
  assert.match(stdout, /delivered with 2 attempts/);
});
