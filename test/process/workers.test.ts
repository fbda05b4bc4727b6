import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createReceiver } from '../../src/receiver/receiver.ts';
import { asNode } from '../support/as-node.ts';
import { freePort } from '../support/database-server.ts';
import { createClient, createDistributors, createKey, openLedger } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { type LoadRequest, startLoad, summary } from '../support/load.ts';
import type { Program } from '../support/process.ts';
import { bothAt, createWorkersSandbox, isAlive, probeHeaders, type WorkersSandbox } from '../support/workers.ts';

const callers = 64;
const work: LoadRequest = { method: 'GET', path: '/work', headers: probeHeaders };

let sandbox: WorkersSandbox;
before(async () => {
  sandbox = await createWorkersSandbox();
});
after(() => sandbox?.remove());

const countOf = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0;

/** Values by metric name, summed over all labels. */
async function readMetrics(port: number): Promise<Record<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.equal(answer.status, 200);
  const values: Record<string, number> = {};
  for (const [, name = '', value] of (await answer.text()).matchAll(/^(\w+)(?:\{.*\})? (\S+)$/gm)) {
    values[name] = (values[name] ?? 0) + Number(value);
  }
  return values;
}

describe('two workers', () => {
  let program: Program;
  let url: string;
  let metricsPort: number;

  before(async () => {
    metricsPort = await freePort();
    const NODE_OPTIONS = asNode('26.5.1');
    program = sandbox.start([], { ...sandbox.env, METRICS_PORT: String(metricsPort), NODE_OPTIONS });
    url = await program.ready();
  });

  test('both workers answer on one port, which is printed once', async () => {
    const pids = await bothAt(url);
    assert.ok(!pids.includes(program.process.pid ?? 0));
    for (const path of ['/healthz', '/readyz']) assert.equal((await fetch(`${url}${path}`)).status, 200);
    const callbacks = 'Callbacks may reach services on this machine (DISPATCH_ALLOWED_NETWORKS=127.0.0.0/8).';
    const pages = `Web pages: ${url}/console/`;
    assert.equal(
      program.printed.stdout,
      `hookgate listens on ${url}\nDocumentation: ${url}/docs\n${callbacks}\n${pages}\n`,
    );
    const logged = [...program.printed.stderr.matchAll(/"listening","node":"26.5.1","pid":(\d+)/g)].map(([, pid]) =>
      Number(pid),
    );
    assert.deepEqual(logged.toSorted(), pids.toSorted());
    await program.until(/Node.js lacks published security fixes.*\n/, 'stderr');
    assert.equal(program.printed.stderr.split('published security fixes').length, 2);
  });

  test('SIGHUP reloads the targets file in every worker', async () => {
    const pids = await bothAt(url);
    program.process.kill('SIGHUP');
    for (const pid of pids) await program.until(new RegExp(`reloaded ${pid}\n`));
  });

  test('the metrics sum the deliveries of both workers', async () => {
    const receiver = await createReceiver();
    const ledger = openLedger(sandbox.env.DATABASE_URL ?? '');
    try {
      const client = createClient(() => url, await createKey(sandbox.env));
      const [id] = await createDistributors(client, receiver.url, 1);
      const events = Array.from({ length: 40 }, () =>
        client.post(`/api/v1/integration/distributors/${id}/events`, { type: 'counted', data: {} }),
      );
      for (const { status } of await Promise.all(events)) assert.equal(status, 202);
      await eventually(async () => (await ledger.open()) === 0);
      const attempts = [...(await ledger.read()).deliveries.values()].flatMap(({ attempts }) => attempts);
      const seen = await readMetrics(metricsPort);
      assert.equal(seen.hookgate_dispatcher_attempts_total, attempts.length);
      assert.equal(seen.hookgate_dispatcher_attempt_duration_seconds_count, attempts.length);
      assert.equal(seen.hookgate_workers, 2);
      // Of both workers and the primary: one version and start, and all their memory.
      assert.deepEqual([seen.hookgate_build_info, seen.hookgate_database_up], [1, 1]);
      assert.ok((seen.process_resident_memory_bytes ?? 0) > 200_000_000);
      assert.ok(Math.abs((seen.process_start_time_seconds ?? 0) - Date.now() / 1000) < 600);
    } finally {
      await ledger.close();
      await receiver.close();
    }
  });

  test('the figures of the targets are those of both workers, whichever answers', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string, headers: Record<string, string>, through: Agent | false): Promise<string> =>
      new Promise((resolve, reject) => {
        get(`${url}${path}`, { headers, agent: through }, (answer) => text(answer).then(resolve, reject)).once(
          'error',
          reject,
        );
      });
    try {
      // All by one connection, hence by one worker.
      const pids = new Set<string>();
      for (let calls = 0; calls < 60; calls += 1) pids.add(await ask('/pid', probeHeaders, agent));
      assert.equal(pids.size, 1);
      const headers = {
        'X-Target-Server': 'gateway',
        Authorization: await createKey(sandbox.env, 'myorg', 'gateway:admin'),
      };
      const answers = Array.from({ length: 8 }, () => ask('/api/v1/gateway/targets', headers, false));
      for (const answer of await Promise.all(answers)) {
        const { data } = JSON.parse(answer) as { data: { name: string; requests_per_second: number }[] };
        const perSecond = data.find(({ name }) => name === 'probe')?.requests_per_second ?? 0;
        assert.ok(perSecond >= 60 / 60, `${perSecond} calls a second`);
      }
    } finally {
      agent.destroy();
    }
  });

  test('a hanging worker does not block the metrics', async () => {
    const before = await readMetrics(metricsPort);
    const [hanging] = await bothAt(url);
    process.kill(hanging, 'SIGSTOP');
    try {
      const seen = await readMetrics(metricsPort);
      assert.equal(seen.hookgate_workers, 1);
      assert.equal(seen.hookgate_dispatcher_attempts_total, before.hookgate_dispatcher_attempts_total);
    } finally {
      process.kill(hanging, 'SIGCONT');
    }
    await eventually(async () => (await readMetrics(metricsPort)).hookgate_workers === 2);
  });

  test('a worker killed under load loses only its own requests, is replaced, and keeps its counts', async () => {
    const before = await readMetrics(metricsPort);
    const [killed, other] = await bothAt(url);
    const load = startLoad(url, callers, () => work);
    await load.until(() => load.outcomes.length > 10 * callers);
    process.kill(killed, 'SIGKILL');
    const [line] = await program.until(/\n[^\n]*a worker died and is replaced[^\n]*\n/, 'stderr');
    assert.deepEqual(
      { level: 'warn', worker: killed, signal: 'SIGKILL' },
      (({ level, worker, signal }) => ({ level, worker, signal }))(JSON.parse(line)),
    );
    const found = await eventually(async () => {
      const answering = await bothAt(url);
      return answering.includes(killed) ? undefined : answering;
    });
    assert.ok(found.includes(other), 'the other one has stayed');
    const outcomes = await load.stop();
    const failed = outcomes.filter(({ status }) => status !== 200);
    assert.ok(failed.length <= callers, JSON.stringify(summary(outcomes)));
    assert.ok(failed.every(({ failure }) => failure !== 'ECONNREFUSED'));

    const seen = await eventually(async () => {
      const metrics = await readMetrics(metricsPort);
      return metrics.hookgate_workers === 2 ? metrics : undefined;
    });
    assert.equal(seen.hookgate_dispatcher_attempts_total, before.hookgate_dispatcher_attempts_total);
    assert.equal(seen.hookgate_workers_replaced_total, 1);
  });

  test('a worker that an operator stops ends gracefully and is replaced', async () => {
    const [stopped] = await bothAt(url);
    const load = startLoad(url, callers, () => work);
    await load.until(() => load.outcomes.length > 10 * callers);
    process.kill(stopped, 'SIGTERM');
    await program.until(/a worker has stopped and is replaced/, 'stderr');
    await eventually(() => countOf(/"message":"listening"/g, program.printed.stderr) === 4);
    assert.deepEqual(Object.keys(summary(await load.stop())), ['200']);
    assert.equal(isAlive(stopped), false);
  });

  test('under load, a stop answers every accepted request, and further signals are ignored', async () => {
    const pids = await bothAt(url);
    const load = startLoad(url, callers, () => work);
    await load.until(() => load.outcomes.length > 10 * callers);
    const ended = program.end();
    program.process.kill('SIGINT');
    program.process.kill('SIGTERM');
    // A terminal or a supervisor may signal the whole process group.
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    assert.deepEqual(await ended, { code: 0, signal: null });
    const kinds = summary(await load.stop());
    assert.deepEqual(Object.keys(kinds).sort(), ['200', 'ECONNREFUSED'], JSON.stringify(kinds));
    assert.deepEqual(pids.filter(isAlive), []);
    assert.equal(countOf(/"message":"stopping"/g, program.printed.stderr), 4);
    assert.ok(!program.printed.stderr.includes('"level":"error"'), program.printed.stderr);
  });
});
