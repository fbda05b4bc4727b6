import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { asNode } from '../support/as-node.ts';
import { eventually } from '../support/eventually.ts';
import {
  bothAt,
  createWorkersSandbox,
  isAlive,
  probeHeaders,
  type WorkersSandbox,
  whoAnswers,
} from '../support/workers.ts';

let sandbox: WorkersSandbox;
before(async () => {
  sandbox = await createWorkersSandbox();
});
after(() => sandbox?.remove());

const countOf = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0;

test('workers whose primary is killed answer their requests in flight and exit by themselves', async () => {
  const program = sandbox.start([], sandbox.env);
  const url = await program.ready();
  const pids = await bothAt(url);
  const answer = fetch(`${url}/until-stop`, { headers: probeHeaders });
  await program.until(/begun/);
  program.process.kill('SIGKILL');
  assert.equal((await answer).status, 200);
  assert.ok(pids.includes(((await (await answer).json()) as { pid: number }).pid));
  // The output closes when the last worker has exited.
  assert.equal((await program.ended).signal, 'SIGKILL');
  await eventually(() => !pids.some(isAlive));
  assert.ok(!program.printed.stderr.includes('"level":"error"'), program.printed.stderr);
});

test('a worker that dies right after its start is restarted with exponential backoff', async () => {
  const program = sandbox.start([], sandbox.env);
  const url = await program.ready();
  const pids = await bothAt(url);
  sandbox.breakSetup(true);
  process.kill(pids[0], 'SIGKILL');
  await program.until(/workers die as soon as they are started.*\n[\s\S]*as soon as they are started.*\n/, 'stderr');
  sandbox.breakSetup(false);
  assert.equal(await whoAnswers(url), pids[1]);
  // The killed worker may have served long enough for a restart without a pause.
  const pauses = [...program.printed.stderr.matchAll(/"pause_ms":([1-9]\d*)/g)].map(([, pause]) => Number(pause));
  assert.deepEqual(pauses.slice(0, 2), [250, 500]);
  await bothAt(url);
  assert.deepEqual(await program.end(), { code: 0, signal: null });
});

test('workers that do not stop are killed', async () => {
  const program = sandbox.start([], { ...sandbox.env, SHUTDOWN_TIMEOUT_MS: '100' });
  const pids = await bothAt(await program.ready());
  process.kill(pids[0], 'SIGSTOP');
  assert.deepEqual(await program.end(), { code: 1, signal: null });
  assert.match(program.printed.stderr, /workers did not stop in time and are killed/);
  assert.deepEqual(pids.filter(isAlive), []);
});

describe('a failed start of several workers', () => {
  const only = (part: string, stderr: string): void => {
    assert.equal(stderr.split(part).length, 2, stderr);
  };

  test('invalid settings are reported once', async () => {
    const { code, stdout, stderr } = await sandbox.run([], { ...sandbox.env, TIME_ZONE: 'Mars/Olympus' });
    assert.equal(code, 1);
    assert.equal(stdout, '');
    only('TIME_ZONE=Mars/Olympus', stderr);
  });

  test('a plugin that fails in setup is reported once', async () => {
    sandbox.breakSetup(true);
    const { code, stdout, stderr } = await sandbox.run([], sandbox.env);
    sandbox.breakSetup(false);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    only('broken on purpose', stderr);
  });

  test('a taken port, of the gateway or of its metrics, is reported once', async () => {
    const other = sandbox.start([], { ...sandbox.env, WORKERS: '1' });
    const { port } = new URL(await other.ready());
    const gateway = await sandbox.run([], { ...sandbox.env, PORT: port });
    assert.equal(gateway.code, 1);
    assert.equal(
      gateway.stderr,
      `The gateway cannot listen on 127.0.0.1:${port} (EADDRINUSE). Set another HOST or PORT.\n`,
    );
    const metrics = await sandbox.run([], { ...sandbox.env, METRICS_PORT: port });
    assert.equal(metrics.code, 1);
    only(`Metrics cannot be served on 127.0.0.1:${port} (EADDRINUSE)`, metrics.stderr);
    await other.end();
  });
});

test('a signal during the start ends the process', async () => {
  const program = sandbox.start([], sandbox.env);
  await program.until(/"message":"listening"/, 'stderr');
  assert.deepEqual(await program.end(), { code: 0, signal: null });
});

test('SQLite runs one process, and warnings are logged once', async () => {
  const { PLUGINS = '' } = sandbox.env;
  const program = sandbox.start([], { PLUGINS, WORKERS: '2', NODE_OPTIONS: asNode('26.5.1') });
  const url = await program.ready();
  assert.equal(await whoAnswers(url), program.process.pid);
  await program.until(/WORKERS is 1 on SQLite/, 'stderr');
  assert.deepEqual(await program.end(), { code: 0, signal: null });
  assert.equal(countOf(/WORKERS is 1/g, program.printed.stderr), 1);
  assert.equal(countOf(/Node.js lacks published security fixes/g, program.printed.stderr), 1);
});
