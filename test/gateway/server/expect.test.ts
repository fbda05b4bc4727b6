import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { echo } from '../../support/echo-plugin.ts';
import { requestText } from '../../support/raw-request.ts';

describe('a client that waits for 100 Continue', () => {
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo], env: { BODY_LIMIT: '100' } });
    token = await gateway.token();
  });
  after(() => gateway.close());

  /** The status of every response on the connection, interim ones included. */
  const statusesOf = async (headers: readonly string[], body = '{"a":1}'): Promise<string[]> => {
    const socket = connect({ port: gateway.port, host: '127.0.0.1' }).setEncoding('latin1');
    const expecting = ['Content-Type: application/json', 'Expect: 100-continue', ...headers];
    socket.write(requestText('POST /echo', expecting, body), 'latin1');
    let seen = '';
    for await (const part of socket) seen += String(part);
    return [...seen.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);
  };

  test('the client gets 100 Continue before its body is read', async () => {
    const authorization = `Authorization: Bearer ${token}`;
    assert.deepEqual(await statusesOf([authorization, 'Content-Length: 7']), ['100', '200']);
  });

  test('the client gets an error at once without credentials or with too large a body', async () => {
    assert.deepEqual(await statusesOf(['Content-Length: 7']), ['401']);
    assert.deepEqual(await statusesOf([`Authorization: Bearer ${token}`, 'Content-Length: 101'], ''), ['413']);
  });
});
