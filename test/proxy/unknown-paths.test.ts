import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { assertError } from '../support/assert-error.ts';
import { type Backend, createBackend } from '../support/backend.ts';

let backend: Backend;
let gateway: TestGateway;
let token: string;

before(async () => {
  backend = await createBackend();
  const common = { upstreams: [backend.url], rateLimitPerMinute: 2, cors: 'pass-through' as const };
  gateway = await createTestGateway({
    plugins: [],
    env: { RATE_LIMIT_PER_MINUTE: '2' },
    targets: {
      guarded: { ...common, prefixes: ['/guarded'], stripPrefix: '/guarded/v1', scopes: ['read'] },
      open: { ...common, prefixes: ['/open'], stripPrefix: '/open/v1', public: true },
    },
  });
  token = await gateway.token({ scope: 'read' });
});
after(async () => {
  await gateway.close();
  await backend.close();
});

for (const target of ['guarded', 'open']) {
  test(`paths outside the prefix of the ${target} target use up no rate limit`, async () => {
    const call = (path: string) => gateway.request(`/${target}${path}`, target === 'open' ? {} : { token });
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await call('/v10');
      assertError(answer, 'NOT_FOUND');
      assert.equal(answer.headers.get('ratelimit'), null);
    }
    assert.equal((await call('/v1/a')).text, 'GET /a');
    assert.equal((await call('/v1')).text, 'GET /');
    assertError(await call('/v1/a'), 'RATE_LIMITED');
  });
}

test('paths outside the prefix of a guarded target stay hidden from strangers, preflights included', async () => {
  assertError(await gateway.request('/guarded/v10'), 'UNAUTHORIZED');
  const headers = { Origin: 'https://app.test', 'Access-Control-Request-Method': 'GET' };
  assertError(await gateway.request('/guarded/v10', { method: 'OPTIONS', headers }), 'UNAUTHORIZED');
  assert.equal((await gateway.request('/guarded/v1/a', { method: 'OPTIONS', headers })).text, 'OPTIONS /a');
});
