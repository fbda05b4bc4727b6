import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { createTestGateway, type TestGateway, type TestRequest } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';

const base = '/api/v1/integration/distributors';
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const scope = 'integration:read integration:write';
const meta = {
  host: 'https://example.com',
  path: '/webhook',
  method: 1,
  authentication: { type: 1, username: 'user', password: 'pass' },
};

onEveryEngine('distributors', ({ serverUrl }) => {
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [integration], serverUrl });
    token = await gateway.token({ scope });
  });
  after(() => gateway.close());

  const call = (path: string, request: TestRequest = {}) =>
    gateway.request(path, { target: 'integration', token, ...request });

  test('creates exactly what the documentation shows', async () => {
    const answer = await call(`${base}/nodes/${nodeId}`, { body: { meta } });
    assert.equal(answer.status, 201);
    assert.deepEqual(Object.keys(answer.body), ['id', 'node_id', 'meta', 'created_at', 'updated_at']);
    assert.equal(answer.body.node_id, nodeId);
    assert.deepEqual(answer.body.meta, { ...meta, method: 'GET' });
    assert.match(answer.body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.equal(answer.body.updated_at, answer.body.created_at);
    assert.equal(answer.headers.get('location'), `${base}/${answer.body.id}`);
  });
});
