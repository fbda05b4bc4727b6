import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

let integration: IntegrationGateway;

before(async () => {
  integration = await startIntegration(undefined);
});
after(() => integration.close());

test("errors below the plugin's prefixes have the shape of the API family, with and without the target header", async () => {
  const { gateway } = integration;
  const token = await gateway.token();
  const cases = [
    { path: '/v1/mint/organizations/x', request: {}, status: 401, code: 'mint.unauthorized' },
    { path: '/v1/organizations', request: { token }, status: 404, code: 'mint.notFound' },
    { path: '/v1/mint/nothing', request: { token, target: 'integration' }, status: 404, code: 'mint.notFound' },
  ];
  for (const { path, request, status, code } of cases) {
    const answer = await gateway.request(path, request);
    assert.equal(answer.status, status, path);
    assert.deepEqual(Object.keys(answer.body), ['code', 'message', 'contexts']);
    assert.equal(answer.body.code, code);
  }
});

test("errors of other paths have the gateway's shape", async () => {
  const { gateway } = integration;
  for (const path of ['/v1/mintage', '/v1', '/api/v1/integration/nothing']) {
    const answer = await gateway.request(path, { token: await gateway.token(), target: 'integration' });
    assert.equal(answer.body.error.code, 'NOT_FOUND', path);
  }
  const another = await gateway.request('/v1/mint/x', { token: await gateway.token(), target: 'nobody' });
  assert.equal(another.body.error.code, 'TARGET_UNKNOWN');
});
