import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sendable, Sender } from '../../../src/dispatcher/sending/sender.ts';
import { packRequests, type SendingSettings, unpackRequests } from '../../../src/dispatcher/sending/thread-messages.ts';
import { createThreadSender } from '../../../src/dispatcher/sending/thread-sender.ts';
import type { Logger } from '../../../src/logger.ts';
import { answer, createReceiver } from '../../../src/testing/index.ts';
import { patient } from '../../support/patience.ts';
import { post } from '../../support/sending.ts';

const settings: SendingSettings = {
  allowedNetworks: ['127.0.0.0/8'],
  connectTimeoutMs: 60_000,
  readTimeoutMs: 60_000,
};

interface Scene {
  sender: Sender;
  ownPorts: number[];
  errors: [message: string, meta: Record<string, unknown>][];
}

interface SceneOptions {
  settings?: Partial<SendingSettings>;
  main?: string;
  stuckMs?: number;
}

function createScene(t: TestContext, { settings: own, ...options }: SceneOptions = {}): Scene {
  const ownPorts: number[] = [];
  const errors: Scene['errors'] = [];
  const error = (message: string, meta: Record<string, unknown>) => void errors.push([message, meta]);
  const sender = createThreadSender({
    settings: { ...settings, ...own },
    ownPorts,
    stuckMs: 600_000,
    logger: { error } as unknown as Logger,
    ...options,
  });
  t.after(() => sender.close());
  return { sender, ownPorts, errors };
}

/** Writes the main module of a thread: `/crash` ends it, `/hang` never returns, `/silent` has no outcome, and everything else is answered with 200. */
function writeMain(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-thread-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'main.mjs');
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ requests }) => {
      const calls = requests.filter(([, { address }]) => address.path !== '/silent');
      if (calls.some(([, { address }]) => address.path === '/crash')) throw new Error('crashed');
      while (calls.some(([, { address }]) => address.path === '/hang'));
      parentPort.postMessage(calls.map(([number]) => [number, { kind: 'answered', status: 200 }]));
    });
    parentPort.postMessage('ready');`,
  );
  return file;
}

describe('a sender in a thread of its own', () => {
  test('sends each request as it is, and returns each outcome to its caller', async (t) => {
    const headers = JSON.parse('{"__proto__":"p"}') as Record<string, string>;
    const receiver = await createReceiver(({ path }) => answer(path === '/3' ? 503 : 200, path, headers));
    t.after(() => receiver.close());
    const { sender } = createScene(t);
    const bodies = ['{}', '', 'x'.repeat(100_000), '{"a":"ığüş 😀"}', undefined];
    const requests = bodies.map((body, index): Sendable => {
      const request = post(`${receiver.url}/${index}`, body);
      return body === undefined ? { ...request, method: 'GET', body: undefined } : request;
    });
    const outcomes = await Promise.all(requests.map((request) => sender.send(request)));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'answered' && [outcome.status, outcome.body]),
      bodies.map((_, index) => [index === 3 ? 503 : 200, `/${index}`]),
    );
    for (const outcome of outcomes) {
      assert.equal(outcome.peer?.address, '127.0.0.1');
      assert.ok(outcome.kind === 'answered' && Object.hasOwn(outcome.headers, '__proto__'));
    }
    const received = receiver.received.toSorted((one, other) => one.path.localeCompare(other.path));
    assert.deepEqual(
      received.map(({ method, body }) => [method, body]),
      bodies.map((body) => [body === undefined ? 'GET' : 'POST', body ?? '']),
    );
  });

  test('refuses a port that the process listens on since the last request', async (t) => {
    const receiver = await createReceiver();
    t.after(() => receiver.close());
    const { sender, ownPorts } = createScene(t);
    const request = post(receiver.url);
    assert.equal((await sender.send(request)).kind, 'answered');
    const other = await createReceiver();
    t.after(() => other.close());
    ownPorts.push(Number(new URL(other.url).port));
    const outcome = await sender.send(post(other.url));
    assert.equal(outcome.kind, 'refused');
    assert.equal(other.received.length, 0);
  });

  test('goes on while the process is held up, which counts for no timeout', async (t) => {
    const script = `require('http').createServer((_, answer) => answer.end('ok')).listen(0, '127.0.0.1', function () {
      console.log(this.address().port);
    })`;
    const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => server.kill());
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const { sender } = createScene(t, { settings: { readTimeoutMs: 1000 } });
    const url = `http://127.0.0.1:${String(port).trim()}`;
    assert.equal((await sender.send(post(url))).kind, 'answered');
    const sent = sender.send(post(url));
    // The request is posted to the thread.
    await nextTurn();
    await nextTurn();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
    const outcome = await sent;
    assert.equal(outcome.kind, 'answered');
    assert.ok(Number(outcome.phases?.total) < 1_000_000, `took ${outcome.phases?.total} us`);
  });

  test('gives unknown outcomes when its thread crashes, and sends on in another one', async (t) => {
    const { sender, errors } = createScene(t, { main: writeMain(t) });
    const url = 'http://127.0.0.1:9';
    assert.equal((await sender.send(post(`${url}/a`))).kind, 'answered');
    const outcomes = await Promise.all([sender.send(post(`${url}/silent`)), sender.send(post(`${url}/crash`))]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unknown', 'unknown'],
    );
    assert.deepEqual(
      errors.map(([message, { attempts, reason }]) => [message, attempts, reason]),
      [['sending thread ended', 2, 'crashed']],
    );
    assert.equal((await sender.send(post(`${url}/b`))).kind, 'answered');
    assert.equal(errors.length, 1);
  });

  test('ends a thread that hangs, and sends on in another one', async (t) => {
    const { sender, errors } = createScene(t, { main: writeMain(t), stuckMs: patient(2000) });
    const url = 'http://127.0.0.1:9';
    assert.equal((await sender.send(post(`${url}/a`))).kind, 'answered');
    assert.equal((await sender.send(post(`${url}/hang`))).kind, 'unknown');
    assert.equal((await sender.send(post(`${url}/b`))).kind, 'answered');
    assert.deepEqual(
      errors.map(([message, { reason }]) => [message, reason]),
      [['sending thread ended', 'an attempt had no outcome in time']],
    );
  });

  test('closing it ends its connections, and gives its attempts unknown outcomes', async (t) => {
    const { sender, errors } = createScene(t);
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const sent = sender.send(post(`http://127.0.0.1:${port}`));
    const [socket] = await once(server, 'connection');
    socket.on('error', () => undefined).resume();
    const closed = once(socket, 'close');
    await sender.close();
    assert.equal((await sent).kind, 'unknown');
    await closed;
    assert.equal((await sender.send(post(`http://127.0.0.1:${port}`))).kind, 'unknown');
    assert.deepEqual(errors, []);
  });

  test('a request of a large message keeps no body of the others in memory', () => {
    const large = Buffer.alloc(256 * 1024);
    const { address, method, headers } = post('http://127.0.0.1:1');
    const requests = [Buffer.from('{}'), large, large].map(
      (body, number) => [number, { address, method, headers, body }] as const,
    );
    const [[, small] = [0, undefined]] = unpackRequests(packRequests(requests, []));
    assert.equal(String(small?.body), '{}');
    assert.ok((small?.body?.buffer.byteLength ?? large.length) < large.length);
  });

  test('an unused one starts no thread', async (t) => {
    const { sender } = createScene(t, { main: '/no/such/file.mjs' });
    await sender.close();
  });

  test('a thread that cannot start ends the process', async () => {
    const module = join(import.meta.dirname, '../../../src/dispatcher/sending/thread-sender.ts');
    const script = `import { createThreadSender } from ${JSON.stringify(module)};
      const logger = { error: (message) => console.log(message) };
      const sender = createThreadSender({ settings: {}, ownPorts: [], stuckMs: 60_000, logger, main: '/no/such/file.mjs' });
      await sender.send({ address: { origin: 'http://127.0.0.1', path: '/' }, method: 'GET', headers: {} });
      setTimeout(() => undefined, 60_000);`;
    const run = new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const args = ['--input-type=module', '-e', script];
      execFile(process.execPath, args, (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }));
    });
    const { code, stdout, stderr } = await run;
    assert.equal(code, 1);
    assert.match(stdout, /sending thread ended/);
    assert.match(stderr, /no\/such\/file\.mjs/);
  });
});
