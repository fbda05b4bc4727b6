import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { echo } from '../support/echo-plugin.ts';
import { rawRequest, requestText } from '../support/raw-request.ts';

describe('a client that waits for 100 Continue', () => {
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo], env: { BODY_LIMIT: '100' } });
    token = await gateway.token();
  });
  after(() => gateway.close());

  const statusesOf = async (headers: readonly string[], body = '{"a":1}'): Promise<string[]> => {
    const { text, status } = await rawRequest(
      gateway.port,
      requestText('POST /echo', ['Content-Type: application/json', 'Expect: 100-continue', ...headers], body),
    );
    return [String(status), ...[...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code = '']) => code)];
  };

  test('gets it when its body is wanted', async () => {
    const authorization = `Authorization: Bearer ${token}`;
    assert.deepEqual(await statusesOf([authorization, 'Content-Length: 7']), ['100', '200']);
  });

  test('does not get it without credentials, or with a body that is too large', async () => {
    assert.deepEqual(await statusesOf(['Content-Length: 7']), ['401']);
    assert.deepEqual(await statusesOf([`Authorization: Bearer ${token}`, 'Content-Length: 101'], ''), ['413']);
  });
});
