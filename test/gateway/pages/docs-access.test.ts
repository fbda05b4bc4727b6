import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { createApp } from '../../../src/app.ts';
import { createTestDatabase, createTestGateway, type TestGateway } from '../../../src/testing/index.ts';

const pages = ['/docs', '/docs/swagger-ui.css', '/openapi.json', '/openapi/integration.json'];

async function withGateway(DOCS: string, work: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await createTestGateway({ plugins: [integration], env: { DOCS } });
  try {
    await work(gateway);
  } finally {
    await gateway.close();
  }
}

describe('the documentation', () => {
  test('the pages are public with DOCS=public, and by default on a loopback HOST', async () => {
    for (const setting of ['public', '']) {
      await withGateway(setting, async (gateway) => {
        for (const path of pages) assert.equal((await gateway.request(path)).status, 200, path);
      });
    }
  });

  test('the pages need credentials with DOCS=authenticated', () =>
    withGateway('authenticated', async (gateway) => {
      const token = await gateway.token({ scope: '' });
      for (const path of [...pages, '/openapi/unknown.json', '/docs/nothing']) {
        const { status, body } = await gateway.request(path);
        assert.deepEqual([status, body.error.code], [401, 'UNAUTHORIZED'], path);
      }
      for (const path of pages) assert.equal((await gateway.request(path, { token })).status, 200, path);
      assert.equal((await gateway.request('/openapi/unknown.json', { token })).status, 404);
    }));

  test('the pages do not exist with DOCS=off', () =>
    withGateway('off', async (gateway) => {
      const token = await gateway.token();
      for (const path of pages) assert.equal((await gateway.request(path, { token })).status, 404, path);
      assert.equal((await gateway.request('/healthz')).status, 200);
    }));

  test('the paths belong to the target if X-Target-Server is sent', () =>
    withGateway('public', async (gateway) => {
      for (const path of pages) {
        assert.equal((await gateway.request(path, { target: 'integration' })).status, 401);
        assert.equal(
          (await gateway.request(path, { target: 'integration', token: await gateway.token() })).status,
          404,
        );
      }
    }));

  test('the pages need credentials by default on a HOST that is not loopback', async () => {
    const database = await createTestDatabase();
    const app = await createApp({
      env: { ...database.env, HOST: '0.0.0.0', LOG_LEVEL: 'error' },
      plugins: [integration],
    });
    const server = createServer(app.handler).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      for (const path of pages) assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 401, path);
    } finally {
      server.closeAllConnections();
      server.close();
      await app.close();
      await database.drop();
    }
  });
});
