import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type LoadRequest, startLoad, summary } from '../support/load.ts';
import { patient } from '../support/patience.ts';
import { createSandbox, type Program, printedToken, type Sandbox } from '../support/process.ts';
import { timed } from '../support/timed.ts';

const nodes = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';
const callers = 32;

/** A target whose calls end at SIGTERM, or never. It prints `begun` for each call. */
const slowPlugin = `
const route = (path, handler) => ({ method: 'GET', path, summary: path, public: true, answers: { 200: { description: path } }, handler });
export const slow = {
  name: 'slow',
  apiVersion: 1,
  setup: ({ onClose }) => ({
    routes: [
      route('/until-stop', (_req, res) => {
        process.once('SIGTERM', () => setTimeout(() => res.json({ ended: true }), 300));
        console.log('begun');
      }),
      route('/never', () => console.log('begun')),
      route('/keep', (_req, res) => {
        onClose(() => new Promise(() => setInterval(() => {}, 1000)));
        res.json({});
      }),
    ],
  }),
};
`;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox({ DEMO: 'true' });
  writeFileSync(join(sandbox.folder, 'slow.mjs'), slowPlugin);
});
afterEach(() => sandbox.remove());

const startSlow = (env: Record<string, string> = {}): Program =>
  sandbox.start([], { PLUGINS: pathToFileURL(join(sandbox.folder, 'slow.mjs')).href, ...env });

/** Resolves when the port refuses connections: the next response on an open connection is its last. */
async function refusing(url: string): Promise<void> {
  for (;;) {
    const socket = connect(Number(new URL(url).port), new URL(url).hostname);
    try {
      await once(socket, 'connect');
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
      return;
    }
    socket.destroy();
    await sleep(10);
  }
}

const headersFor = (token: string): Record<string, string> => ({
  'X-Target-Server': 'integration',
  Authorization: `Bearer ${token}`,
  'Content-Type': 'application/json',
});

/** Alternates writes and reads. */
function mixed(token: string): () => LoadRequest {
  let count = 0;
  const headers = headersFor(token);
  return () => {
    count += 1;
    return count % 2 === 0
      ? { method: 'GET', path: `${nodes}?per_page=1`, headers }
      : { method: 'POST', path: nodes, headers, body: '{}' };
  };
}

async function open(url: string, head: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(head);
  return socket;
}

test('under load, every request that was accepted is answered', async () => {
  const program = sandbox.start();
  const url = await program.ready();
  const load = startLoad(url, callers, mixed(await printedToken(program)));
  await load.until(({ status }) => status === 201 && load.outcomes.length > 10 * callers);
  const { result, tookMs } = await timed(() => program.end());
  const outcomes = await load.stop();
  assert.deepEqual(result, { code: 0, signal: null });
  assert.ok(tookMs < patient(10_000), `took ${Math.round(tookMs)} ms`);
  const kinds = Object.keys(summary(outcomes)).sort();
  assert.deepEqual(kinds, ['200', '201', 'ECONNREFUSED'], JSON.stringify(summary(outcomes)));
  assert.ok(!program.printed.stderr.includes('"level":"error"'), program.printed.stderr);
});

test('requests in flight are answered, and idle connections do not delay the exit', async () => {
  const program = startSlow();
  const url = await program.ready();
  const idle = await open(url, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(idle, 'data');
  const answer = fetch(`${url}/until-stop`, { headers: { 'X-Target-Server': 'slow' } });
  await program.until(/begun/);
  const closed = once(idle, 'close');
  const { result, tookMs } = await timed(() => program.end());
  assert.equal(result.code, 0);
  assert.ok(tookMs < patient(10_000), `took ${Math.round(tookMs)} ms`);
  assert.equal((await answer).status, 200);
  assert.equal(await (await answer).text(), '{"ended":true}');
  await closed;
});

test('a request whose body is still arriving at the signal is answered', async () => {
  const program = sandbox.start();
  const url = await program.ready();
  const token = await printedToken(program);
  const head = Object.entries(headersFor(token)).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = await open(url, `POST ${nodes} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n${head.join('')}\r\n{`);
  // After the response to a later request the server has read the headers.
  await (await fetch(`${url}/healthz`)).text();
  program.process.kill('SIGTERM');
  await refusing(url);
  socket.write('}');
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1\.1 201 Created\r\n/);
  assert.match(answer, /\r\nConnection: close\r\n/);
  assert.equal((await program.ended).code, 0);
});

test('during SHUTDOWN_DELAY_MS requests are accepted and /readyz answers 503; further signals are ignored', async () => {
  const delayMs = Math.round(patient(1500));
  const program = sandbox.start([], { SHUTDOWN_DELAY_MS: String(delayMs) });
  const url = await program.ready();
  const token = await printedToken(program);
  const ended = timed(() => program.end());
  await program.until(/"stopping"/, 'stderr');
  program.process.kill('SIGTERM');
  program.process.kill('SIGINT');
  const readiness = await fetch(`${url}/readyz`);
  assert.equal(readiness.status, 503);
  assert.equal(((await readiness.json()) as { checks: Record<string, string> }).checks.running, 'failed');
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  const created = await fetch(`${url}${nodes}`, { method: 'POST', headers: headersFor(token), body: '{}' });
  assert.equal(created.status, 201);
  program.process.kill('SIGTERM');
  const { result, tookMs } = await ended;
  assert.deepEqual(result, { code: 0, signal: null });
  assert.ok(tookMs >= delayMs, `took ${Math.round(tookMs)} ms`);
  assert.equal(program.printed.stderr.match(/"stopping"/g)?.length, 1);
});

test('a request that outlasts SHUTDOWN_TIMEOUT_MS is cut off', async () => {
  const program = startSlow({ SHUTDOWN_TIMEOUT_MS: '700' });
  const url = await program.ready();
  const broken = assert.rejects(fetch(`${url}/never`, { headers: { 'X-Target-Server': 'slow' } }));
  await program.until(/begun/);
  const { result, tookMs } = await timed(() => program.end());
  await broken;
  assert.deepEqual(result, { code: 0, signal: null });
  assert.ok(tookMs >= 700 && tookMs < patient(10_000), `took ${Math.round(tookMs)} ms`);
});

test('a plugin that never closes is abandoned', async () => {
  const program = startSlow({ SHUTDOWN_TIMEOUT_MS: '300' });
  const url = await program.ready();
  await (await fetch(`${url}/keep`, { headers: { 'X-Target-Server': 'slow' } })).text();
  const { result, tookMs } = await timed(() => program.end());
  assert.equal(result.code, 1);
  assert.ok(tookMs < patient(10_000), `took ${Math.round(tookMs)} ms`);
  assert.match(program.printed.stderr, /"level":"error".*the stop took too long/);
});

test('after SIGKILL under load the next process starts at once and has every row that was acknowledged', async () => {
  const program = sandbox.start();
  const url = await program.ready();
  const token = await printedToken(program);
  const load = startLoad(url, callers, mixed(token));
  await load.until(({ status }) => status === 201 && load.outcomes.length > 10 * callers);
  await program.end('SIGKILL');
  const next = sandbox.start();
  const nextUrl = await next.ready();
  const created = (await load.stop()).filter(({ status }) => status === 201).length;
  const answer = await fetch(`${nextUrl}${nodes}`, { headers: headersFor(token) });
  const { total } = (await answer.json()) as { total: number };
  assert.ok(total >= created && total <= created + callers, `${created} answered, ${total} there`);
  assert.equal((await next.end()).code, 0);
});
