import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';

const base = '/api/v1/integration/distributors';
const id = '39e8003c-6342-4fd3-97a1-3f2a7b437d0a';
const reading = [base, `${base}/${id}`, `${base}/nodes/${id}`].map((path) => ['GET', path] as const);
const writing = [
  ['POST', `${base}/nodes/${id}`],
  ['PUT', `${base}/${id}`],
  ['DELETE', `${base}/${id}`],
] as const;

describe('scopes', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [integration, echo] });
  });
  after(() => gateway.close());

  async function statuses(scope: string | undefined, calls: readonly (readonly [string, string])[]) {
    const token = await gateway.token(scope === undefined ? {} : { scope });
    const answers = calls.map(([method, path]) => gateway.request(path, { target: 'integration', token, method }));
    return (await Promise.all(answers)).map(({ status }) => status);
  }

  test('reading and writing need separate scopes, and 403 means a missing scope only', async () => {
    assert.deepEqual(await statuses('integration:read', writing), [403, 403, 403]);
    assert.deepEqual(await statuses('integration:write', reading), [403, 403, 403]);
    assert.deepEqual(await statuses('integration:read', reading), [200, 404, 200]);
    assert.deepEqual(await statuses('integration:write', writing), [201, 404, 404]);
  });

  test('scopes that only resemble the needed one are refused', async () => {
    for (const scope of [
      undefined,
      '',
      'integration',
      'integration:',
      'integration:*',
      '*',
      'INTEGRATION:READ',
      'integration:readx',
      'xintegration:read',
      'integration:read,integration:write',
      'gateway:admin',
      '__proto__ constructor',
    ])
      assert.deepEqual(await statuses(scope, reading), [403, 403, 403], `scope ${scope}`);
  });

  test('the refusal names the missing scopes and no others', async () => {
    const call = async (scope: string) =>
      gateway.request('/echo/guarded', { target: 'echo', token: await gateway.token({ scope }) });
    assert.equal((await call('echo:special echo:read other')).status, 200);
    const half = await call('echo:read');
    assertError(half, 'FORBIDDEN');
    assert.deepEqual(half.body.error.details, { missing_scopes: ['echo:special'] });
    const none = await call('other');
    assert.deepEqual(none.body.error.details, { missing_scopes: ['echo:read', 'echo:special'] });
  });

  test('scopes are checked before the body and the organization', async () => {
    const token = await gateway.token({ scope: 'integration:read' });
    const request = { target: 'integration', token, headers: { 'X-Organization': 'foreign' }, body: '{broken' };
    assertError(await gateway.request(`${base}/nodes/${id}`, request), 'FORBIDDEN');
  });
});
