import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Joi from 'joi';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import { createTestGateway, createTestTargetsFile, type TestGateway } from '../../../src/testing/index.ts';

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

const unpack = {
  br: (bytes: Buffer) => brotliDecompressSync(bytes),
  gzip: (bytes: Buffer) => gunzipSync(bytes),
} as const;

describe('the documents', () => {
  /** The number of times that a document with this plugin has been composed: each asks its route for the day's example. */
  let composed = 0;
  const counting = definePlugin({
    name: 'counting',
    apiVersion: 1,
    prefixes: ['/counting'],
    setup: () => ({
      routes: [
        defineRoute({
          method: 'GET',
          path: '/counting',
          summary: 'Count',
          answers: {
            200: {
              description: 'A count.',
              schema: Joi.object(),
              example: () => {
                composed += 1;
                return { text: 'x'.repeat(2000) };
              },
            },
          },
          handler: (_req, res) => res.json({}),
        }),
      ],
    }),
  });
  const file = createTestTargetsFile({});
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [counting], env: { TARGETS_FILE: file.path } });
    token = await gateway.token();
  });
  after(async () => {
    await gateway.close();
    file.remove();
  });

  /** The bytes as they were sent: `fetch` would unpack them. */
  async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
    return new Promise((resolve, reject) => {
      request(`${gateway.url}${path}`, { method, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: new Headers(answer.headersDistinct as unknown as Record<string, string>),
            bytes: Buffer.concat(chunks),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  }

  test('a document is composed once for each state of the registry and each kind of viewer', async () => {
    const ofCaller = { Authorization: `Bearer ${token}` };
    const ask = (headers: Record<string, string>) =>
      Promise.all(
        Array.from({ length: 25 }, (_, index) =>
          get('/openapi.json', { ...headers, 'Accept-Encoding': index % 2 ? 'br' : '' }),
        ),
      );
    composed = 0;
    const stranger = (await ask({}))[0];
    const caller = (await ask(ofCaller))[0];
    assert.equal(composed, 1);
    assert.equal(stranger?.headers.get('etag'), caller?.headers.get('etag'));

    file.write({ billing: { upstreams: ['http://127.0.0.1:9'] } });
    gateway.app.reload();
    composed = 0;
    const [strangers, callers] = [(await ask({}))[0], (await ask(ofCaller))[0]];
    assert.equal(composed, 2);
    assert.equal(strangers?.headers.get('etag'), stranger?.headers.get('etag'));
    assert.notEqual(callers?.headers.get('etag'), caller?.headers.get('etag'));
    assert.match(String(callers?.bytes), /"billing"/);
    assert.doesNotMatch(String(strangers?.bytes), /billing/);
    const tag = { 'If-None-Match': String(callers?.headers.get('etag')) };
    assert.equal((await get('/openapi.json', { ...ofCaller, ...tag })).status, 304);
    assert.equal((await get('/openapi.json', tag)).status, 200);

    file.write({});
    gateway.app.reload();
    assert.equal((await get('/openapi/billing.json', ofCaller)).status, 404);
  });

  const paths = ['/openapi.json', '/openapi/counting.json', '/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js'];

  test('content is compressed as the client asks, with a length and a strong tag of its own', async () => {
    for (const path of [...paths, '/docs/swagger-ui.css']) {
      const plain = await get(path);
      const tags = new Set([plain.headers.get('etag')]);
      assert.equal(plain.headers.get('content-encoding'), null);
      for (const coding of ['br', 'gzip'] as const) {
        const { status, headers, bytes } = await get(path, { 'Accept-Encoding': coding });
        assert.deepEqual([status, headers.get('content-encoding')], [200, coding], path);
        assert.equal(headers.get('content-length'), String(bytes.length));
        assert.ok(unpack[coding](bytes).equals(plain.bytes), path);
        assert.ok(bytes.length < plain.bytes.length, path);
        assert.match(String(headers.get('vary')), /\bAccept-Encoding\b/);
        assert.match(String(headers.get('etag')), /^"[\w-]+"$/);
        tags.add(headers.get('etag'));
        const head = await get(path, { 'Accept-Encoding': coding }, 'HEAD');
        assert.deepEqual(
          [head.status, head.bytes.length, head.headers.get('content-length')],
          [200, 0, String(bytes.length)],
        );
      }
      assert.equal(tags.size, 3, path);
    }
    const image = await get('/docs/favicon-32x32.png', { 'Accept-Encoding': 'br' });
    assert.deepEqual([image.status, image.headers.get('content-encoding')], [200, null]);
  });

  test('the weights of Accept-Encoding decide', async () => {
    for (const [accepted, coding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip;q=1.0, br;q=0.5', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['br;q=0, gzip;q=0', null],
      ['GZIP', 'gzip'],
      ['*', 'br'],
      ['*;q=0', null],
      ['identity', null],
      ['deflate', null],
      ['br;q=nonsense', null],
      [',;=,', null],
    ] as const)
      assert.equal(
        (await get('/openapi.json', { 'Accept-Encoding': accepted })).headers.get('content-encoding'),
        coding,
        accepted,
      );
  });

  test('a client that has the content gets 304 without a body', async () => {
    for (const path of paths) {
      for (const coding of ['identity', 'br']) {
        const asking = { 'Accept-Encoding': coding };
        const etag = String((await get(path, asking)).headers.get('etag'));
        for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
          const { status, headers, bytes } = await get(path, { ...asking, 'If-None-Match': known });
          assert.deepEqual([status, bytes.length, headers.get('etag')], [304, 0, etag], `${path} ${known}`);
          assert.ok(headers.get('cache-control') && headers.get('vary') && !headers.get('content-encoding'));
        }
        for (const other of [
          '"other"',
          etag.slice(1, -1),
          coding === 'br' ? etag.replace('-br', '') : etag.replace(/"$/, '-br"'),
        ])
          assert.equal((await get(path, { ...asking, 'If-None-Match': other })).status, 200, `${path} ${other}`);
      }
    }
  });
});
