import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { AnsweredOutcome, Outcome } from '../../../src/dispatcher/model/outcome.ts';
import type { Sender } from '../../../src/dispatcher/sending/sender.ts';
import { answer, createReceiver, type Reaction, type Receiver } from '../../../src/receiver/receiver.ts';
import { patient } from '../../support/patience.ts';
import { createTestSender, post } from '../../support/sending.ts';
import { type Timed, timed } from '../../support/timed.ts';

const readTimeoutMs = 300;
const limit = 16 * 1024;
const endless = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

describe('the body of an answer', () => {
  let receiver: Receiver;
  let sender: Sender;
  /** A sender with a short timeout. */
  let hasty: Sender;

  before(async () => {
    receiver = await createReceiver();
    sender = createTestSender();
    hasty = createTestSender({ readTimeoutMs });
  });
  after(async () => {
    await sender.close();
    await hasty.close();
    await receiver.close();
  });

  async function sendTo(reaction: Reaction, by = sender): Promise<AnsweredOutcome & Omit<Timed<Outcome>, 'result'>> {
    receiver.script(() => reaction);
    const { result, ...times } = await timed(() => by.send(post(receiver.url)));
    assert.equal(result.kind, 'answered');
    return { ...(result as AnsweredOutcome), ...times };
  }

  test('a body is kept up to 16 KiB, and cut and flagged beyond', async () => {
    const whole = await sendTo(answer(200, 'a'.repeat(limit)));
    assert.deepEqual([whole.body.length, whole.truncated], [limit, false]);
    const cut = await sendTo(answer(200, 'a'.repeat(limit + 1)));
    assert.deepEqual([cut.status, cut.body.length, cut.truncated], [200, limit, true]);
  });

  test('a body that stalls is cut at the deadline of the attempt, and the status stands', async () => {
    for (const status of [200, 404, 503]) {
      const pieces = [`HTTP/1.1 ${status} A\r\nContent-Length: 100\r\n\r\npart`];
      const { tookMs, ownMs, ...outcome } = await sendTo({ pieces, afterwards: 'silence' }, hasty);
      assert.deepEqual([outcome.status, outcome.body, outcome.truncated], [status, 'part', true]);
      assert.ok(tookMs >= readTimeoutMs - 2 && ownMs < readTimeoutMs + patient(400), `${tookMs} ms, own ${ownMs}`);
    }
  });

  test('a dripped body has the same deadline as the head', async () => {
    const pieces = [endless, ...Array<string>(500).fill(chunk('x'))];
    const { ownMs, truncated } = await sendTo({ pieces, delayMs: 5 }, hasty);
    assert.ok(truncated && ownMs < readTimeoutMs + patient(400), `${ownMs} ms`);
  });

  test('a body that breaks off, by an end, a reset or invalid bytes, is cut and flagged', async () => {
    const pieces = ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'];
    for (const afterwards of ['close', 'reset'] as const) {
      const { status, truncated } = await sendTo({ pieces, afterwards });
      assert.deepEqual([status, truncated], [200, true], afterwards);
    }
    const nonsense = await sendTo({ pieces: [`${endless}${chunk('part')}zzz\r\n`] });
    assert.deepEqual([nonsense.status, nonsense.body, nonsense.truncated], [200, 'part', true]);
  });

  test('a body that ends with the connection is complete', async () => {
    const { body, truncated } = await sendTo({ pieces: ['HTTP/1.1 200 OK\r\n\r\nall'], afterwards: 'close' });
    assert.deepEqual([body, truncated], ['all', false]);
  });

  test('an endless body is cut at 16 KiB, and its connection is not reused', async () => {
    const server = createServer((socket) => {
      const pour = (): void => {
        while (socket.writable && socket.write(chunk('x'.repeat(60_000))));
      };
      sockets.push(socket.on('error', () => undefined).on('drain', pour));
      socket.once('data', () => {
        socket.write(endless);
        pour();
      });
    }).listen(0, '127.0.0.1');
    const sockets: Socket[] = [];
    await once(server, 'listening');
    for (let count = 1; count <= 3; count += 1) {
      const outcome = await sender.send(post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
      assert.ok(outcome.kind === 'answered');
      assert.deepEqual([outcome.body.length, outcome.truncated, sockets.length], [limit, true, count]);
    }
    server.close();
    await once(server, 'close');
    // The kernel buffers some megabytes of a connection. Reading until the deadline would make it a hundred.
    for (const { bytesWritten } of sockets) assert.ok(bytesWritten < 16 * 1024 * 1024, `${bytesWritten} bytes`);
  });

  test('a compressed body is never decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    assert.ok(bomb.length < limit);
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const { body, truncated } = await sendTo({ pieces: [head, bomb], afterwards: 'keep' });
    assert.equal(body, bomb.toString('utf8'));
    assert.equal(truncated, false);
  });

  test('a redirect is not followed, neither to the same origin nor to a private address', async () => {
    for (const location of [`${receiver.url}/other`, 'http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/']) {
      const count = receiver.received.length;
      for (const status of [301, 302, 303, 307, 308]) {
        assert.equal((await sendTo(answer(status, '', { Location: location }))).status, status);
      }
      assert.equal(receiver.received.length, count + 5);
      assert.ok(receiver.received.every(({ path }) => path === '/'));
    }
  });
});

describe('connections', () => {
  let receiver: Receiver;
  let sender: Sender;
  let time = 0;

  before(async () => {
    receiver = await createReceiver();
    sender = createTestSender({ now: () => time });
  });
  after(async () => {
    await sender.close();
    await receiver.close();
  });

  const sendOk = async (): Promise<void> => {
    const outcome = await sender.send(post(receiver.url));
    assert.deepEqual([outcome.kind, outcome.kind === 'answered' && outcome.status], ['answered', 200]);
  };

  const connectionsFor = async (run: () => Promise<void>): Promise<number> => {
    const before = receiver.connections;
    await run();
    return receiver.connections - before;
  };

  test('a connection is reused for one request at a time, without the phases of connecting', async () => {
    const made = await connectionsFor(async () => {
      for (let round = 0; round < 5; round += 1) await sendOk();
    });
    assert.equal(made, 1);
    const { phases } = await sender.send(post(receiver.url));
    assert.deepEqual(Object.keys(phases ?? {}).sort(), ['first_byte', 'total']);
    assert.equal(await connectionsFor(async () => void (await Promise.all([sendOk(), sendOk(), sendOk()]))), 2);
  });

  test('a connection is not reused after 2 s idle', async () => {
    await sendOk();
    time += 1999;
    assert.equal(await connectionsFor(sendOk), 0);
    time += 2000;
    assert.equal(await connectionsFor(sendOk), 1);
  });

  test('the pool keeps 256 idle connections and closes the least recently used', async () => {
    time += 60_000;
    const wave = () => connectionsFor(async () => void (await Promise.all(Array.from({ length: 300 }, sendOk))));
    assert.equal(await wave(), 300);
    assert.equal(await wave(), 300 - 256);
  });

  test('a busy connection carries no attempt 30 s after its address was checked', async () => {
    time += 60_000;
    const made = await connectionsFor(async () => {
      for (let second = 0; second < 30; second += 1, time += 1000) await sendOk();
    });
    assert.equal(made, 1);
    assert.equal(await connectionsFor(sendOk), 1);
  });

  test('a connection that the peer ends or resets while idle costs neither an attempt nor a repeat', async () => {
    const sockets: Socket[] = [];
    let requests = 0;
    const server = createServer((socket) => {
      sockets.push(socket);
      socket
        .on('error', () => undefined)
        .on('data', () => {
          requests += 1;
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const request = { ...post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), body: undefined };
    for (let round = 0; round < 100; round += 1) {
      assert.equal((await sender.send(request)).kind, 'answered');
      const socket = sockets.at(-1) as Socket;
      // The end or reset has reached the kernel before the next request, but not always the client.
      if (round % 2 === 0) socket.resetAndDestroy();
      else await new Promise<void>((resolve) => socket.end(resolve));
      if (round % 4 < 2) await turn();
    }
    assert.equal(requests, 100);
    assert.equal(sockets.length, 100);
    server.close();
    await once(server, 'close');
  });

  test('a connection with "Connection: close" is not reused', async () => {
    receiver.script(() => answer(200, '', { Connection: 'close' }));
    time += 60_000;
    assert.equal(
      await connectionsFor(async () => {
        await sendOk();
        await sendOk();
      }),
      2,
    );
  });

  test('a connection with unsolicited bytes is not reused, so no answer is taken for another', async () => {
    const smuggled = 'HTTP/1.1 204 No Content\r\n\r\n';
    receiver.script(() => ({
      pieces: [`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${smuggled}`],
      afterwards: 'keep',
    }));
    for (let round = 0; round < 5; round += 1) await sendOk();
  });
});
