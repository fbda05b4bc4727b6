import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { createSandbox } from '../support/process.ts';

const root = join(import.meta.dirname, '..', '..');
const sandbox = createSandbox();
after(() => sandbox.remove());

/** The packages of the folder that the service runs from. */
function identity(): number[] {
  return ['node_modules', 'node_modules/express', 'node_modules/.package-lock.json'].map(
    (path) => statSync(join(root, path)).ino,
  );
}

/** Calls the address until `stop`, and resolves to the number of calls and the failures. */
function startLoad(url: string): { stop(): Promise<{ calls: number; failures: unknown[] }> } {
  const failures: unknown[] = [];
  let calls = 0;
  let isRunning = true;
  const run = async (): Promise<void> => {
    while (isRunning) {
      calls += 1;
      const status = await fetch(url).then((answer) => answer.text().then(() => answer.status), String);
      if (status !== 200) failures.push(status);
    }
  };
  const running = run();
  return {
    stop: async () => {
      isRunning = false;
      await running;
      return { calls, failures };
    },
  };
}

test('an npm command beside a service under load costs no request and changes no package, without a registry', async () => {
  const service = sandbox.start();
  const url = await service.ready();
  const before = identity();
  const load = startLoad(`${url}/readyz`);
  const { PATH, HOME, npm_execpath: _, ...rest } = process.env;
  const env = {
    ...{ PATH, HOME, TMPDIR: rest.TMPDIR, npm_config_registry: 'http://127.0.0.1:9/', NO_UPDATE_NOTIFIER: '1' },
    ...{
      DATABASE_URL: `sqlite:${join(sandbox.folder, 'data', 'hookgate.db')}`,
      DATA_DIR: join(sandbox.folder, 'data'),
    },
  };
  const child = spawn('npm', ['run', '-s', 'hookgate', '--', 'check'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const { calls, failures } = await load.stop();
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout);
  assert.match(stdout, /^migrations {2}ok$/m);
  assert.notEqual(calls, 0);
  assert.deepEqual(failures, []);
  assert.deepEqual(identity(), before);
});
