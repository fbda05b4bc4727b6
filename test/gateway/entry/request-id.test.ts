import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

const made = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('X-Request-Id', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo] });
  });
  after(() => gateway.close());

  const ask = async (...lines: string[]) => rawRequest(gateway.port, requestText('GET /nowhere', lines));

  test('a short and safe id is echoed', async () => {
    for (const id of ['a', 'abc-DEF_123.4', '0'.repeat(64), '0af7651916cd43dd8448eb211c80319c']) {
      const answer = await ask(`X-Request-Id: ${id}`);
      assert.equal(answer.headers.get('x-request-id'), id);
      assert.equal(answer.body.error.request_id, id);
    }
  });

  test('any other id is replaced', async () => {
    for (const id of ['', '0'.repeat(65), 'a b', 'a"b', '{}', '<b>', 'a,b', 'a/b', '\u00fc', 'a\tb', 'a\\nb', "a'b"]) {
      const answer = await ask(`X-Request-Id: ${id}`);
      assert.match(String(answer.headers.get('x-request-id')), made, id);
      assert.equal(answer.body.error.request_id, answer.headers.get('x-request-id'));
    }
    const doubled = await ask('X-Request-Id: one', 'X-Request-Id: two');
    assert.match(String(doubled.headers.get('x-request-id')), made);
  });

  test('a request without an id gets a new one each time', async () => {
    const [first, second] = [await ask(), await ask()].map((answer) => String(answer.headers.get('x-request-id')));
    assert.match(String(first), made);
    assert.notEqual(first, second);
  });

  test('the id is in the log line of its request, accepted or refused', async () => {
    const token = await gateway.token();
    await gateway.request('/echo', { token, headers: { 'X-Request-Id': 'good-one' } });
    await gateway.request('/echo', { headers: { 'X-Request-Id': 'bad-one' } });
    await gateway.app.foundation.log.flush();
    const lines = gateway.log.map((line) => JSON.parse(line));
    const good = lines.find((line) => line.request_id === 'good-one');
    const bad = lines.find((line) => line.request_id === 'bad-one');
    assert.deepEqual([good.status, good.method, good.target, good.route], [200, 'GET', 'echo', '/echo']);
    assert.deepEqual([good.principal, good.organization, good.client], ['tester', 'test-org', '127.0.0.1']);
    assert.deepEqual([bad.status, bad.reason, bad.principal], [401, 'no credentials', undefined]);
  });
});
