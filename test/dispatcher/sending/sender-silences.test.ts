import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import type { Outcome } from '../../../src/dispatcher/model/outcome.ts';
import { DnsError, type NameResolver } from '../../../src/dispatcher/sending/name-resolver.ts';
import type { Sender } from '../../../src/dispatcher/sending/sender.ts';
import { answer, createReceiver, type Reaction, type Receiver } from '../../../src/receiver/receiver.ts';
import { selfSigned } from '../../support/certificate.ts';
import { freePort } from '../../support/database-server.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { createTestSender, post } from '../../support/sending.ts';
import { spawnChild } from '../../support/spawn-child.ts';
import { type Timed, timed } from '../../support/timed.ts';

const readTimeoutMs = 300;

const errorOf = (outcome: Outcome): string => ('error' in outcome ? outcome.error : outcome.kind);

const silent = (name: NameResolver['resolve']): NameResolver => ({ resolve: name });

function assertAbout({ tookMs, ownMs }: Timed<unknown>, expectedMs: number): void {
  // By the monotonic clock, a timer of Node may fire a millisecond early.
  assert.ok(
    tookMs >= expectedMs - 2 && ownMs < expectedMs + patient(400),
    `${tookMs} ms, own ${ownMs}, instead of ${expectedMs}`,
  );
}

describe('an endpoint that does not answer', () => {
  let receiver: Receiver;
  let sender: Sender;

  before(async () => {
    receiver = await createReceiver();
    sender = createTestSender({ readTimeoutMs });
  });
  after(async () => {
    await sender.close();
    await receiver.close();
  });

  function sendTo(reaction: Reaction): Promise<Outcome> {
    receiver.script(() => reaction);
    return sender.send(post(receiver.url));
  }

  test('an endpoint that refuses the connection gives connection_refused', async () => {
    assert.equal(errorOf(await sender.send(post(`http://127.0.0.1:${await freePort()}`))), 'connection_refused');
    assert.equal(errorOf(await sender.send(post(`http://[::1]:${await freePort()}`))), 'connection_refused');
  });

  test('an endpoint that closes or resets before the complete head gives connection_lost', async () => {
    const partly = ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'];
    for (const afterwards of ['close', 'reset'] as const) {
      const before = receiver.received.length;
      assert.equal(errorOf(await sendTo({ afterwards })), 'connection_lost', afterwards);
      assert.equal(
        errorOf(await sendTo({ pieces: partly, afterwards })),
        'connection_lost',
        `${afterwards} in the head`,
      );
      assert.equal(receiver.received.length, before + 2, 'nothing is sent twice');
    }
  });

  test('the read timeout is absolute, for a silent endpoint and a dripped head', async () => {
    const nothing = await timed(() => sendTo({ afterwards: 'silence' }));
    assert.equal(errorOf(nothing.result), 'read_timeout');
    assertAbout(nothing, readTimeoutMs);
    const pieces = [...`HTTP/1.1 200 OK\r\nA: ${'a'.repeat(1000)}\r\n\r\n`];
    const dripped = await timed(() => sendTo({ pieces, delayMs: 5 }));
    assert.equal(errorOf(dripped.result), 'read_timeout');
    assertAbout(dripped, readTimeoutMs);
  });

  test('the read timeout includes the writing of the request', async () => {
    const deaf = createServer((socket) => socket.on('error', () => undefined).pause());
    const { url, end } = await listen(deaf);
    const tried = await timed(() => sender.send(post(url, 'x'.repeat(8 * 1024 * 1024))));
    assert.equal(errorOf(tried.result), 'read_timeout');
    assertAbout(tried, readTimeoutMs);
    await end();
  });

  test('the deadline of an attempt begins when its connection is ready', async () => {
    const enoughMs = Math.round(patient(readTimeoutMs));
    const names = silent(async () => {
      await new Promise((resolve) => setTimeout(resolve, enoughMs));
      return ['127.0.0.1'];
    });
    const late = createTestSender({ readTimeoutMs: enoughMs, names });
    receiver.script(() => ({ pieces: ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'], delayMs: 10 }));
    const outcome = await late.send(post(`http://name.example:${receiver.port}`));
    assert.equal(outcome.kind, 'answered');
    assert.ok((outcome.phases?.dns ?? 0) >= (enoughMs - 2) * 1000);
    await late.close();
  });
});

test('a response that arrived in time is read, where the process was held up beyond the read timeout', async (t) => {
  const code = `const answer = (_, response) => setTimeout(() => response.end('ok'), 100);
    const server = require('node:http').createServer(answer).listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawnChild(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(child.stdout);
  const [port] = await once(child.stdout, 'data');
  const timeoutMs = Math.round(patient(1000));
  const sender = createTestSender({ readTimeoutMs: timeoutMs });
  t.after(async () => {
    await sender.close();
    child.kill('SIGKILL');
  });
  const url = `http://127.0.0.1:${String(port).trim()}`;
  assert.equal(errorOf(await sender.send(post(url))), 'answered');
  const sent = sender.send(post(url));
  // Until the request has been written.
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timeoutMs * 2);
  assert.equal(errorOf(await sent), 'answered');
});

describe('an endpoint without a connection', () => {
  const connectTimeoutMs = 200;

  for (const [expected, names] of Object.entries({
    dns_failure: silent(() => Promise.reject(new DnsError('no address found for the name', false))),
    connect_timeout: silent(() => new Promise(() => undefined)),
  })) {
    test(`the name resolution ends with ${expected}`, async () => {
      const sender = createTestSender({ connectTimeoutMs, names });
      const tried = await timed(() => sender.send(post('http://name.example')));
      assert.equal(errorOf(tried.result), expected);
      if (expected === 'connect_timeout') assertAbout(tried, connectTimeoutMs);
      await sender.close();
    });
  }

  test('a name without any address is a DNS failure', async () => {
    const sender = createTestSender({ names: silent(async () => []) });
    assert.equal(errorOf(await sender.send(post('http://name.example'))), 'dns_failure');
    await sender.close();
  });

  test('a listener with a full backlog is a connect timeout', { skip: process.platform !== 'linux' }, async () => {
    const full = await fullListener();
    const sender = createTestSender({ connectTimeoutMs });
    const tried = await timed(() => sender.send(post(full.url)));
    assert.equal(errorOf(tried.result), 'connect_timeout');
    assertAbout(tried, connectTimeoutMs);
    await sender.close();
    await full.end();
  });

  test('a TLS handshake without an answer is a connect timeout, a broken one a TLS failure', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    const rude = createServer((socket) => socket.on('error', () => undefined).end('not TLS'));
    const sender = createTestSender({ connectTimeoutMs });
    const [muteEnd, rudeEnd] = [await listen(mute), await listen(rude)];
    const toMute = await timed(() => sender.send(post(overTls(muteEnd.url))));
    assert.equal(errorOf(toMute.result), 'connect_timeout');
    assertAbout(toMute, connectTimeoutMs);
    assert.equal(errorOf(await sender.send(post(overTls(rudeEnd.url)))), 'tls_failure');
    await sender.close();
    await Promise.all([muteEnd.end(), rudeEnd.end()]);
  });

  test('an endpoint with an untrusted certificate gets no byte of the request', async () => {
    let bytes = 0;
    const server = createTlsServer(selfSigned, (socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => {
          bytes += chunk.length;
        });
    });
    const { url, end } = await listen(server);
    const sender = createTestSender();
    assert.equal(errorOf(await sender.send(post(overTls(url)))), 'tls_failure');
    assert.equal(bytes, 0);
    await sender.close();
    await end();
  });
});

describe('a request that cannot be built', () => {
  test('an origin that is no URL is not connected to', async () => {
    const sender = createTestSender();
    const outcome = await sender.send({ ...post('http://127.0.0.1:1'), address: { origin: 'http://.', path: '/' } });
    await sender.close();
    assert.equal(errorOf(outcome), 'request_not_buildable');
  });

  test('an invalid header value is not sent', async () => {
    const receiver = await createReceiver(() => answer(200));
    const sender = createTestSender();
    const broken = { ...post(receiver.url), headers: { authorization: 'Bearer a\r\nb: c' } };
    assert.equal(errorOf(await sender.send(broken)), 'request_not_buildable');
    assert.equal(receiver.received.length, 0);
    await sender.close();
    await receiver.close();
  });
});

const overTls = (url: string): string => url.replace('http', 'https');

async function listen(server: Server): Promise<{ url: string; end: () => Promise<void> }> {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A listener with a full backlog: the kernel does not answer new connections. */
async function fullListener(): Promise<{ url: string; end: () => Promise<void> }> {
  const code = `const server = require('node:net').createServer();
    server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawnChild(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(child.stdout);
  const [port] = await once(child.stdout, 'data');
  const fillers = Array.from({ length: 5 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
  await eventually(() => fillers.filter(({ connecting }) => !connecting).length >= 2);
  return {
    url: `http://127.0.0.1:${port}`,
    end: async () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
