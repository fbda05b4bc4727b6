import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { definePlugin, defineRoute, type PluginPages } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

const ofBrowsers = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const script = `console.log(${JSON.stringify('shop '.repeat(200))});`;
const index = (text: string): string => `<!doctype html><title>Shop</title><p>${text.repeat(80)}</p>`;
const answers = { 200: { description: 'The answer.' } };

/** A target with pages at `/shop` and a route among them. */
const shopOf = (pages: Omit<PluginPages, 'prefix'>, name = 'shop') =>
  definePlugin({
    name,
    apiVersion: 1,
    setup: () => ({
      pages: { prefix: `/${name}`, ...pages },
      routes: [
        defineRoute({
          method: 'POST',
          path: `/${name}/session`,
          summary: 'Sign in',
          public: true,
          answers,
          handler: (_req, res) => res.json({ signed: 'in' }),
        }),
        defineRoute({
          method: 'GET',
          path: `/${name}/orders`,
          summary: 'Orders',
          answers,
          handler: (_req, res) => res.json({ orders: [] }),
        }),
      ],
    }),
  });

function write(root: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

describe('pages of a plugin', () => {
  let folder: string;
  let root: string;
  let gateway: TestGateway;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hookgate-pages-'));
    root = join(folder, 'dist');
    write(root, {
      'index.html': index('hello'),
      'assets/index-CxkzdYqe.js': script,
      'assets/index-B-x_9Qab.css': 'p{color:#123}'.repeat(50),
      'assets/my-component.js': script,
      'assets/user-Overview.js': script,
      'main.0f31c2a9d4.js': script,
      'report-20261129.js': script,
      'assets/logo-Bx7x9Qab.png': Buffer.alloc(2000, 7),
      'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'ready.js': script,
      'ready.js.br': brotliCompressSync(Buffer.from(`${script} // as built`)),
      'two words.txt': 'words',
      'help/index.html': index('help'),
      '.env': 'SECRET=1',
      '.git/config': '[core]',
    });
    write(folder, { 'secret.txt': 'outside', 'out/secret.txt': 'outside' });
    symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));
    symlinkSync(join(folder, 'out'), join(root, 'out'));
    const targets = { store: { upstreams: ['http://127.0.0.1:9'], hosts: ['store.example.com'] } };
    const shop = shopOf({ folder: root, isFront: true, trustedTypes: ['shop', 'shop#html'] });
    gateway = await createTestGateway({ plugins: [shop, echo], targets });
  });
  after(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    gateway.request(path, { method, headers });
  /** A request whose body is not decoded. */
  const getRaw = async (path: string, coding: string): Promise<{ head: IncomingMessage; bytes: Buffer }> => {
    const head = await new Promise<IncomingMessage>((resolve, reject) => {
      httpGet(`${gateway.url}${path}`, { headers: { 'Accept-Encoding': coding } }, resolve).on('error', reject);
    });
    return { head, bytes: await buffer(head) };
  };

  test('a file is sent with its type, and the name decides how long browsers keep it', async () => {
    const forever = 'public, max-age=31536000, immutable';
    for (const [path, type, caching] of [
      ['/shop/', 'text/html; charset=utf-8', 'no-cache'],
      ['/shop/index.html', 'text/html; charset=utf-8', 'no-cache'],
      ['/shop/help/', 'text/html; charset=utf-8', 'no-cache'],
      ['/shop/assets/index-CxkzdYqe.js', 'text/javascript; charset=utf-8', forever],
      ['/shop/assets/index-B-x_9Qab.css', 'text/css; charset=utf-8', forever],
      ['/shop/assets/logo-Bx7x9Qab.png', 'image/png', forever],
      ['/shop/main.0f31c2a9d4.js', 'text/javascript; charset=utf-8', forever],
      ['/shop/assets/my-component.js', 'text/javascript; charset=utf-8', 'no-cache'],
      ['/shop/assets/user-Overview.js', 'text/javascript; charset=utf-8', 'no-cache'],
      ['/shop/report-20261129.js', 'text/javascript; charset=utf-8', 'no-cache'],
      ['/shop/favicon.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
      ['/shop/two%20words.txt', 'text/plain; charset=utf-8', 'no-cache'],
    ] as const) {
      const { status, headers } = await get(path);
      const seen = [status, headers.get('content-type'), headers.get('cache-control')];
      assert.deepEqual(seen, [200, type, caching], path);
    }
    assert.match((await get('/shop/help/')).text, /help/);
  });

  test('content is sent compressed, as it was built or once compressed, each form with a strong tag', async () => {
    const tags = new Set<unknown>();
    for (const [path, coding, decode] of [
      ['/shop/assets/index-CxkzdYqe.js', 'br', brotliDecompressSync],
      ['/shop/assets/index-CxkzdYqe.js', 'gzip', gunzipSync],
      ['/shop/assets/index-CxkzdYqe.js', 'identity', (bytes: Buffer) => bytes],
    ] as const) {
      const { head, bytes } = await getRaw(path, coding);
      assert.equal(head.headers['content-encoding'], coding === 'identity' ? undefined : coding);
      assert.equal(String(decode(bytes)), script);
      assert.equal(bytes.length, Number(head.headers['content-length']));
      assert.match(String(head.headers.vary), /\bAccept-Encoding\b/);
      tags.add(head.headers.etag);
    }
    assert.equal(tags.size, 3);
    for (const tag of tags) assert.match(String(tag), /^"[\w-]+"$/);
    const { bytes } = await getRaw('/shop/ready.js', 'br');
    assert.match(String(brotliDecompressSync(bytes)), /as built$/);
    assert.match(String(gunzipSync((await getRaw('/shop/ready.js', 'gzip')).bytes)), /\);$/);
    assertError(await get('/shop/ready.js.br'), 'NOT_FOUND');
    const image = await getRaw('/shop/assets/logo-Bx7x9Qab.png', 'br, gzip');
    assert.deepEqual([image.head.headers['content-encoding'], image.bytes.length], [undefined, 2000]);
  });

  test('a form that the browser has is 304, and HEAD has the headers alone', async () => {
    for (const path of ['/shop/', '/shop/assets/index-CxkzdYqe.js']) {
      const { headers } = await get(path);
      const tag = String(headers.get('etag'));
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
        const again = await get(path, { 'If-None-Match': known });
        assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', tag]);
        assert.equal(again.headers.get('cache-control'), headers.get('cache-control'));
      }
      const head = await get(path, {}, 'HEAD');
      assert.deepEqual([head.status, head.text, head.headers.get('etag')], [200, '', tag]);
    }
  });

  test('a path without a file is the application itself, and an unknown file is 404', async () => {
    for (const path of [
      '/shop/orders/7',
      '/shop/a/b/c',
      '/shop/login?next=%2F',
      '/shop/%C3%BCrun',
      '/shop/people/joe@example.com',
      '/shop/people/joe%40example.md',
    ])
      for (const accept of [ofBrowsers, '*/*']) {
        const page = await get(path, { Accept: accept });
        assert.deepEqual([page.status, page.headers.get('cache-control')], [200, 'no-cache'], path);
        assert.match(page.text, /hello/);
        assert.match(String(page.headers.get('vary')), /\bAccept\b(?!-)/);
      }
    assertError(await get('/shop/orders/7', { Accept: 'application/json' }), 'NOT_FOUND');
    for (const path of [
      '/shop/assets/gone-Bx7x9Qab.js',
      '/shop/robots.txt',
      '/shop/orders/photo.png',
      '/shop/orders/photo@2x.png',
      '/shop/joe@example.com/photo.png',
      '/shop/%69ndex.htm',
    ])
      assertError(await get(path, { Accept: ofBrowsers }), 'NOT_FOUND', path);
  });

  test('nothing outside of the folder is served, nor a hidden file', async () => {
    for (const path of [
      '/shop/.env',
      '/shop/.git/config',
      '/shop/%2eenv',
      '/shop/assets/.hidden',
      '/shop/link.txt',
      '/shop/out/secret.txt',
      '/shop//etc/secret.txt',
      '/shop/%ff.txt',
      '/shop/%ff',
      '/shop/index.html%20.js',
      '/shop/con.txt',
      '/shop/__proto__.js',
    ])
      assertError(await rawRequest(gateway.port, requestText(`GET ${path}`)), 'NOT_FOUND', path);
    for (const path of [
      '/shop/../secret.txt',
      '/shop/%2e%2e/secret.txt',
      '/shop/..%2fsecret.txt',
      '/shop/assets/..;/..;/secret.txt',
      '/shop/%5c..%5csecret.txt',
      '/shop/..\\secret.txt',
      '/shop/secret%00.txt',
      '/shop/%zz',
    ])
      assertError(await rawRequest(gateway.port, requestText(`GET ${path}`)), 'BAD_REQUEST_TARGET', path);
    assert.equal((await get('/shopping/')).status, 401);
  });

  test('the prefix leads to its folder, with the query, and the front page to the pages', async () => {
    const seen = async (line: string, accept = ofBrowsers): Promise<unknown[]> => {
      const { status, headers, text } = await rawRequest(gateway.port, requestText(line, [`Accept: ${accept}`]));
      return [status, headers.get('location'), headers.get('cache-control'), text];
    };
    assert.deepEqual(await seen('GET /shop'), [308, '/shop/', 'no-cache', '']);
    assert.deepEqual(await seen('HEAD /shop?a=%2F/b.c&d'), [308, '/shop/?a=%2F/b.c&d', 'no-cache', '']);
    assert.deepEqual(await seen('GET /'), [302, '/shop/', 'no-cache', '']);
    assert.deepEqual((await seen('GET /', '*/*'))[0], 404);
    const { headers } = await rawRequest(gateway.port, requestText('GET /', [`Accept: ${ofBrowsers}`]));
    assert.match(String(headers.get('vary')), /\bAccept\b(?!-)/);
  });

  test('other methods are 405, and routes of the plugin win over pages', async () => {
    for (const path of ['/shop', '/shop/', '/shop/index.html', '/shop/a/b'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const refused = await get(path, {}, method);
        assertError(refused, 'METHOD_NOT_ALLOWED', `${method} ${path}`);
        assert.equal(refused.headers.get('allow'), 'GET, HEAD');
      }
    const signedIn = await gateway.request('/shop/session', { method: 'POST', body: {} });
    assert.deepEqual([signedIn.status, signedIn.body], [200, { signed: 'in' }]);
    const refused = await get('/shop/session', { Accept: ofBrowsers });
    assertError(refused, 'METHOD_NOT_ALLOWED');
    assert.equal(refused.headers.get('allow'), 'POST');
    assertError(await get('/shop/orders', { Accept: ofBrowsers }), 'UNAUTHORIZED');
    const orders = await gateway.request('/shop/orders', { token: await gateway.token({ org: 'myorg' }) });
    assert.deepEqual(orders.body, { orders: [] });
  });

  test('the header of the target leads to the pages as well, and another header or host does not', async () => {
    assert.equal((await get('/shop/', { 'X-Target-Server': 'shop' })).status, 200);
    for (const target of ['echo', 'unknown', 'store'])
      assertError(await get('/shop/', { 'X-Target-Server': target }), 'UNAUTHORIZED', target);
    const elsewhere = ['GET /shop/ HTTP/1.1', 'Host: store.example.com', 'Connection: close', '', ''];
    assertError(await rawRequest(gateway.port, elsewhere.join('\r\n')), 'UNAUTHORIZED');
    assertError(await get('/api/v1/unknown', { 'X-Target-Server': 'shop' }), 'UNAUTHORIZED');
  });

  test('every file has the headers of a page that loads nothing from elsewhere and is framed by no page', async () => {
    for (const path of ['/shop/', '/shop/orders/7', '/shop/assets/index-CxkzdYqe.js', '/shop/favicon.svg']) {
      const { headers } = await get(path);
      assert.equal(
        headers.get('content-security-policy'),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
          "manifest-src 'self'; require-trusted-types-for 'script'; trusted-types shop shop#html; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      const ofAll = [
        ['x-content-type-options', 'nosniff'],
        ['referrer-policy', 'no-referrer'],
        ['cross-origin-resource-policy', 'same-origin'],
      ];
      const ofDocuments = [
        ['x-frame-options', 'DENY'],
        ['cross-origin-opener-policy', 'same-origin'],
        ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
      ];
      for (const [name, value] of ofAll) assert.equal(headers.get(String(name)), value, path);
      for (const [name, value] of ofDocuments)
        assert.equal(headers.get(String(name)), path.endsWith('.js') ? null : value, path);
    }
  });

  test('pages are no operations, and the API document stays valid', async () => {
    const { body } = await gateway.request('/openapi/shop.json');
    assert.deepEqual(Object.keys(body.paths), ['/shop/session', '/shop/orders']);
    assert.deepEqual(
      body.paths['/shop/orders'].get.parameters.filter(({ name }: { name: string }) => name === 'X-Target-Server'),
      [],
    );
  });

  test('the access line has the pattern of the pages as its route', async () => {
    await get('/shop/deep/secret-path');
    await eventually(() => gateway.log.some((line) => line.includes('"route":"/shop/*"')));
    assert.ok(!gateway.log.some((line) => line.includes('"route":"/shop/deep')));
  });
});

describe('a folder of pages that changes', () => {
  let folder: string;
  let root: string;
  let gateway: TestGateway;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hookgate-pages-'));
    root = join(folder, 'dist');
    const shop = shopOf({ folder: root, isFront: true, remedy: 'Run "npm run build:shop".' });
    gateway = await createTestGateway({ plugins: [shop] });
  });
  after(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const page = (accept = ofBrowsers, path = '/shop/') => gateway.request(path, { headers: { Accept: accept } });
  const lines = (message: string) => gateway.log.filter((line) => line.includes(`"${message}"`));

  test('a missing folder stops nothing: one warning names the remedy, and the pages are 503', async () => {
    const missing = await page();
    assert.deepEqual([missing.status, missing.headers.get('content-type')], [503, 'text/html; charset=utf-8']);
    assert.match(missing.text, /<p>These pages are not installed\. The log of the gateway names the remedy\.<\/p>/);
    assert.match(String(missing.headers.get('content-security-policy')), /^default-src 'none'; style-src 'sha256-/);
    assert.equal(missing.headers.get('cache-control'), 'no-store');
    assertError(await page('*/*', '/shop/any'), 'PAGES_UNAVAILABLE');
    assertError(await gateway.request('/shop/', { method: 'POST', body: {} }), 'METHOD_NOT_ALLOWED');
    assert.match((await page(ofBrowsers, '/')).text, /<h1>hookgate<\/h1>\n<p>Version/);
    const [line = '', ...more] = await eventually(() => {
      const found = lines('pages are missing');
      return found.length > 0 ? found : undefined;
    });
    const { level, prefix, folder: named, reason, remedy } = JSON.parse(line);
    assert.deepEqual(
      [level, prefix, named, reason, remedy],
      ['warn', '/shop', root, 'there is no such folder', 'Run "npm run build:shop".'],
    );
    assert.deepEqual(more, []);
  });

  test('a folder that appears, is replaced or loses its pages is noticed without a restart', async () => {
    write(root, { 'a.txt': 'a' });
    await eventually(async () => {
      await page();
      return lines('pages are missing')[1]?.includes('it has no file index.html');
    });
    const showing = (text: string) => eventually(async () => (await page()).text.includes(text));
    write(root, { 'index.html': index('first') });
    await showing('first');
    const { status } = await rawRequest(gateway.port, requestText('GET /', [`Accept: ${ofBrowsers}`]));
    assert.equal(status, 302);
    write(join(folder, 'next'), { 'index.html': index('second'), 'b.txt': 'b' });
    renameSync(root, join(folder, 'old'));
    renameSync(join(folder, 'next'), root);
    await showing('second');
    assert.equal((await page('*/*', '/shop/b.txt')).text, 'b');
    write(root, { 'c.txt': 'c' });
    await eventually(async () => (await page('*/*', '/shop/c.txt')).text === 'c');
    rmSync(root, { recursive: true });
    await eventually(async () => {
      assert.match((await page()).text, /second/);
      return lines('pages cannot be read again, the old ones stay').length > 0;
    });
  });

  test('browsers are led to the pages of one plugin, and a prefix belongs to one', async () => {
    const pages = { folder: root, isFront: true };
    const both = createTestGateway({ plugins: [shopOf(pages, 'one'), shopOf(pages, 'two')] });
    await assert.rejects(both, /Pages of several plugins have isFront: \/one, \/two\./);
    const taken = { ...shopOf({ folder: root }, 'one'), name: 'other' };
    const twice = createTestGateway({ plugins: [shopOf({ folder: root }, 'one'), taken] });
    await assert.rejects(twice, /both claim the prefix \/one\./);
  });

  test('a relative folder starts from the file of the plugin', async () => {
    write(join(folder, 'plugin', 'pages'), { 'index.html': index('relative') });
    const plugin = shopOf({ folder: 'pages' });
    const sources = new Map([[plugin, join(folder, 'plugin', 'index.ts')]]);
    const other = await createTestGateway({ plugins: [plugin], sources });
    try {
      assert.match((await other.request('/shop/')).text, /relative/);
    } finally {
      await other.close();
    }
  });

  test('a folder beyond the bounds is not served', async () => {
    const large = join(folder, 'large');
    write(large, { 'index.html': index('x'), 'video.mp4': Buffer.alloc(33 * 1024 * 1024) });
    const many = join(folder, 'many');
    write(many, { 'index.html': index('x') });
    for (let number = 0; number < 2000; number += 1) writeFileSync(join(many, `${number}.txt`), '');
    const plugins = [shopOf({ folder: large }, 'large'), shopOf({ folder: many }, 'many')];
    const other = await createTestGateway({ plugins });
    try {
      for (const name of ['large', 'many']) assertError(await other.request(`/${name}/`), 'PAGES_UNAVAILABLE', name);
      for (const reason of ['it has more than 32 MiB', 'it has more than 2000 files'])
        await eventually(() => other.log.some((line) => line.includes(`"reason":"${reason}"`)));
    } finally {
      await other.close();
    }
  });
});
