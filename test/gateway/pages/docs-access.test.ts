import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { createApp } from '../../../src/app.ts';
import { createTestDatabase, createTestGateway, type TestGateway } from '../../../src/testing/index.ts';

const shell = ['/docs', '/docs/', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/start.js'];
const documents = ['/openapi.json', '/openapi/integration.json'];
const pages = [...shell, ...documents];
const targets = { ledger: { upstreams: ['http://127.0.0.1:9'], prefixes: ['/ledger'] } };

async function withGateway(DOCS: string, work: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await createTestGateway({ plugins: [integration], targets, env: { DOCS } });
  try {
    await work(gateway);
  } finally {
    await gateway.close();
  }
}

describe('the documentation', () => {
  test('the pages are public with DOCS=public, and by default on a terminal', async () => {
    for (const setting of ['public', '']) {
      await withGateway(setting, async (gateway) => {
        for (const path of pages) assert.equal((await gateway.request(path)).status, 200, path);
      });
    }
  });

  test('with DOCS=authenticated the page is a shell for strangers, and the documents need credentials', () =>
    withGateway('authenticated', async (gateway) => {
      const token = await gateway.token({ scope: '' });
      for (const path of shell) assert.equal((await gateway.request(path)).status, 200, path);
      for (const path of ['/docs', '/docs/start.js']) {
        assert.doesNotMatch((await gateway.request(path)).text, /integration|ledger|distributors/, path);
      }
      for (const path of pages) assert.equal((await gateway.request(path, { token })).status, 200, path);
      assert.equal((await gateway.request('/openapi/unknown.json', { token })).status, 404);
    }));

  test('without credentials, existing and unknown pages get the same 401, whether documents exist or not', async () => {
    const paths = [...documents, '/openapi/ledger.json', '/openapi/unknown.json', '/docs/nothing', '/nowhere'];
    const methods = ['GET', 'POST', 'DELETE', 'OPTIONS'];
    for (const DOCS of ['authenticated', 'off']) {
      await withGateway(DOCS, async (gateway) => {
        const asked = (DOCS === 'off' ? [...paths, ...shell] : paths).flatMap((path) =>
          methods.flatMap((method) => ['text/html', 'application/json'].map((Accept) => ({ path, method, Accept }))),
        );
        const answers = await Promise.all(
          asked.map(({ path, method, Accept }) => gateway.request(path, { method, headers: { Accept } })),
        );
        assert.deepEqual(
          [...new Set(answers.map(({ status, body }) => `${status} ${body.error.code}`))],
          ['401 UNAUTHORIZED'],
        );
        const heads = answers.map(({ headers }, index) =>
          JSON.stringify([
            asked[index]?.Accept,
            ...[...headers].filter(([name]) => !/^(?:date|x-request-id)$/.test(name)),
          ]),
        );
        assert.equal(new Set(heads).size, 2, [...new Set(heads)].join('\n'));
      });
    }
  });

  test('public documents name remote targets only to callers with valid credentials', () =>
    withGateway('public', async (gateway) => {
      const unknown = await gateway.request('/openapi/unknown.json');
      const remote = await gateway.request('/openapi/ledger.json');
      assert.deepEqual([remote.status, remote.body.error.message], [unknown.status, unknown.body.error.message]);
      for (const path of pages) assert.doesNotMatch((await gateway.request(path)).text, /ledger/, path);
      const token = await gateway.token({ scope: '' });
      assert.match((await gateway.request('/openapi.json', { token })).text, /"ledger"/);
      assert.equal((await gateway.request('/openapi/ledger.json', { token })).status, 200);
      for (const path of documents) assert.equal((await gateway.request(path, { token: 'x.y.z' })).status, 401, path);
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

  test('the documents need credentials by default', async () => {
    const database = await createTestDatabase();
    const app = await createApp({
      env: { ...database.env, LOG_LEVEL: 'error' },
      plugins: [integration],
    });
    const server = createServer(app.handler).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      for (const path of documents) assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 401, path);
    } finally {
      server.closeAllConnections();
      server.close();
      await app.close();
      await database.drop();
    }
  });
});
