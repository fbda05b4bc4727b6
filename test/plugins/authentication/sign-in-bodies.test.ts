import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { authentication } from '../../../plugins/authentication/index.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

const signIn = '/api/v1/integration/auth/authenticate';
const refresh = '/api/v1/integration/auth/refresh';
const limit = 4096;
const headers = ['X-Target-Server: authentication', 'Content-Type: application/json'];
/** Room for some 20 bodies of 2000 bytes. */
const strangerBytes = 50_000;

let gateway: TestGateway;
let sockets: Socket[] = [];
before(async () => {
  gateway = await createTestGateway({ plugins: [authentication, echo], serverLimits: { strangerBytes } });
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
});
after(() => gateway.close());

async function join(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

describe('a body for sign-in and refresh', () => {
  const send = (path: string, body: string, framing: string) =>
    rawRequest(gateway.port, requestText(`POST ${path}`, [...headers, framing], body));

  test('of 4 KiB is read, and a larger one gets 413, announced or not', async () => {
    for (const path of [signIn, refresh]) {
      const whole = '{}'.padEnd(limit);
      assert.equal((await send(path, whole, `Content-Length: ${limit}`)).status, path === signIn ? 401 : 400);
      for (const answer of [
        await send(path, `${whole} `, `Content-Length: ${limit + 1}`),
        await send(path, `1001\r\n${whole} \r\n0\r\n\r\n`, 'Transfer-Encoding: chunked'),
        await send(path, 'x', 'Content-Length: 1000000'),
      ]) {
        assert.equal(answer.status, 413, path);
        assert.equal(answer.body.error.code, 'PAYLOAD_TOO_LARGE');
        assert.match(answer.body.error.message, /4096/);
      }
    }
  });
});

describe('unfinished bodies of callers without credentials', () => {
  test('share a budget: beyond it the slowest get 503 with Retry-After, and a sign-in is answered meanwhile', async () => {
    const answers: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const socket = await join(gateway.port);
      socket.on('data', (text: string) => answers.push(text));
      const lines = [`POST ${index % 2 ? signIn : refresh} HTTP/1.1`, 'Host: a', ...headers, 'Content-Length: 4000'];
      socket.write(`${lines.join('\r\n')}\r\n\r\n${'"'.padEnd(2000, 'x')}`);
    }
    await eventually(() => answers.length >= 35);
    for (const answer of answers)
      assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n[\s\S]*OVERLOADED/);
    assert.ok(answers.length < 60);
    const body = { api_key: 'hk_unknown', secret_key: 'unknown' };
    assert.equal((await gateway.request(signIn, { target: 'authentication', body })).status, 401);
    await eventually(() => gateway.log.some((line) => line.includes('bodies of callers without credentials')));
  });

  test('a caller with valid credentials is not among them', async () => {
    const token = await gateway.token();
    const body = JSON.stringify({ text: 'x'.repeat(strangerBytes) });
    const lines = ['POST /echo HTTP/1.1', 'Host: a', `Authorization: Bearer ${token}`, 'Expect: 100-continue'];
    const head = [...lines, 'Content-Type: application/json', `Content-Length: ${body.length}`, '', ''].join('\r\n');
    const known: { socket: Socket; seen: string }[] = [];
    for (let index = 0; index < 3; index += 1) {
      const client = { socket: await join(gateway.port), seen: '' };
      known.push(client);
      client.socket.on('data', (text: string) => {
        client.seen += text;
      });
      client.socket.write(head);
      await eventually(() => client.seen.startsWith('HTTP/1.1 100 '));
      client.socket.write(body.slice(1));
    }
    for (const client of known) {
      client.socket.write('}');
      await eventually(() => /HTTP\/1\.1 [^1]/.test(client.seen));
      assert.match(client.seen, /HTTP\/1\.1 400 [\s\S]*MALFORMED_JSON/);
    }
  });
});
