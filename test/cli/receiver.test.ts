import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { runCommandLine } from '../../src/cli/commands.ts';
import { sign, signingKey } from '../../src/dispatcher/sending/signature.ts';
import { StartError } from '../../src/errors.ts';
import { eventually } from '../support/eventually.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Runs the command; `stop` has the effect of a signal. */
function start(...options: string[]) {
  const printed: string[] = [];
  let stop: () => void = () => assert.fail('the receiver waits for no signal');
  const code = runCommandLine({
    args: ['receiver', ...options],
    env: {},
    print: (text) => void printed.push(text),
    onSignal: (callback) => {
      stop = callback;
    },
  });
  return { printed, code, stop: () => stop() };
}

describe('receiver', () => {
  let running: ReturnType<typeof start>;
  let url: string;

  beforeEach(async () => {
    running = start('--port', '0', '--secret', secret);
    await eventually(() => running.printed.length > 0);
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(running.printed[0] ?? '')?.[0] ?? assert.fail(running.printed[0]);
  });
  afterEach(async () => {
    running.stop();
    assert.equal(await running.code, 0);
  });

  const post = (path: string, signature: string) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'webhook-id': 'id', 'webhook-timestamp': '1', 'webhook-signature': signature },
      body: '{"a":1}',
    });

  test('the receiver prints each request and whether its signature is valid', async () => {
    const answer = await post('/anything', sign([signingKey(secret)], 'id', 1, '{"a":1}'));
    assert.equal(answer.status, 200);
    await post('/anything', sign([signingKey(secret)], 'id', 2, '{"a":1}'));
    const [, right = '', wrong = ''] = running.printed;
    assert.match(right, /POST \/anything\n/);
    assert.match(right, /\n {2}webhook-id: id\n/);
    assert.match(right, /\n {2}signature: valid for this secret\n\{"a":1\}\n$/);
    assert.match(wrong, /\n {2}signature: INVALID for this secret\n/);
  });

  test('the path selects the behaviour', async () => {
    assert.equal((await post('/status/503', '')).status, 503);
    assert.equal((await post('/redirect', '')).status, 302);
    assert.equal((await (await post('/huge/100000', '')).text()).length, 100_000);
    assert.equal(await (await post('/drip/1', '')).text(), 'ok');
    for (const path of ['/reset', '/close', '/garbage']) await assert.rejects(post(path, ''), TypeError, path);
  });

  test('the receiver rejects TLS connections', async () => {
    const port = Number(new URL(url).port);
    await assert.rejects(once(connectTls({ port, host: '127.0.0.1' }), 'secureConnect'), {
      code: 'ERR_SSL_WRONG_VERSION_NUMBER',
    });
  });

  test('the receiver prints no control characters', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('POST / HTTP/1.1\r\nHost: x\r\nX-Title: \x1b]0;owned\x07\r\nContent-Length: 4\r\n\r\n\x1b[2J');
    socket.resume();
    await once(socket, 'data');
    assert.ok(running.printed[1]?.includes('owned'));
    assert.doesNotMatch(running.printed.join(''), /[\x1b\x07]/);
    socket.destroy();
  });

  test('a port that is taken or invalid is reported', async () => {
    const taken = new URL(url).port;
    await assert.rejects(
      start('--port', taken).code,
      new StartError(`The receiver cannot listen on port ${taken} (EADDRINUSE). Set another --port.`),
    );
    await assert.rejects(start('--port', 'abc').code, /--port abc is not a port/);
  });
});
