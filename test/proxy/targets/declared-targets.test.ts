import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';

let backend: Receiver;
let gateway: TestGateway;

before(async () => {
  backend = await createReceiver();
  gateway = await createTestGateway({
    plugins: [echo],
    targets: {
      billing: { upstreams: [backend.url], prefixes: ['/billing'], scopes: ['billing:read'] },
      open: { upstreams: [backend.url], prefixes: ['/billing/open'], public: true },
    },
  });
});
after(async () => {
  await gateway.close();
  await backend.close();
});
beforeEach(() => {
  backend.received.length = 0;
});

test('a call reaches the target that X-Target-Server names', async () => {
  const token = await gateway.token({ scope: 'billing:read' });
  const answer = await gateway.request('/api/v1/invoices?page=2', { target: 'billing', token });
  assert.equal(answer.status, 200);
  assert.deepEqual(
    backend.received.map(({ method, path }) => `${method} ${path}`),
    ['GET /api/v1/invoices?page=2'],
  );
});

test('a prefix selects its target without the header, and the longest one wins', async () => {
  const token = await gateway.token({ scope: 'billing:read' });
  assert.equal((await gateway.request('/billing/invoices', { token })).status, 200);
  assert.equal((await gateway.request('/billing/open/prices')).status, 200);
  const withoutScope = await gateway.token({ scope: '' });
  assertError(await gateway.request('/billing/openly', { token: withoutScope }), 'FORBIDDEN');
  assert.deepEqual(
    backend.received.map(({ path }) => path),
    ['/billing/invoices', '/billing/open/prices'],
  );
});

test('calls without credentials do not reach a target that requires them', async () => {
  assertError(await gateway.request('/billing/invoices'), 'UNAUTHORIZED');
  assertError(await gateway.request('/api/v1/invoices', { target: 'billing' }), 'UNAUTHORIZED');
  assert.equal(backend.received.length, 0);
});

test('two targets with one name or prefix stop the start', async () => {
  const start = (targets: Parameters<typeof createTestGateway>[0]['targets']) =>
    createTestGateway({ plugins: [echo], ...(targets ? { targets } : {}) });
  const upstreams = [backend.url];
  await assert.rejects(
    start({
      echo: { upstreams },
      other: { upstreams, prefixes: ['/echo'] },
      third: { upstreams, prefixes: ['/docs'] },
    }),
    (error: Error) => {
      assert.match(error.message, /Two targets are named "echo": target "echo" \(.+targets\.yaml\) and plugin "echo"/);
      assert.match(error.message, /target "other" \(.+\) and plugin "echo" both claim the prefix \/echo/);
      assert.match(error.message, /target "third" \(.+\) claims the prefix \/docs, which is the gateway's own/);
      return true;
    },
  );
});
