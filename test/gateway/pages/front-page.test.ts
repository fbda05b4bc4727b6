import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestAnswer, type TestGateway } from '../../../src/testing/index.ts';
import { version } from '../../../src/version.ts';
import { assertError } from '../../support/assert-error.ts';
import { openInBrowser } from '../../support/browser.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest } from '../../support/raw-request.ts';

const ofBrowsers = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

describe('the front page', () => {
  let gateway: TestGateway;
  before(async () => {
    const targets = { shop: { upstreams: ['http://127.0.0.1:9'], hosts: ['shop.example.com'] } };
    gateway = await createTestGateway({ plugins: [echo], targets });
  });
  after(() => gateway.close());

  const get = (accept: string, headers: Record<string, string> = {}, method = 'GET'): Promise<TestAnswer> =>
    gateway.request('/', { method, headers: { Accept: accept, ...headers } });
  const linksOf = ({ text }: TestAnswer): string[] =>
    [...text.matchAll(/<a href="([^"]+)">/g)].map(([, path = '']) => path);

  test('the page has the name, the version and links that lead somewhere', async () => {
    const page = await get(ofBrowsers);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(page.text, /<h1>hookgate<\/h1>/);
    assert.ok(page.text.includes(`Version ${version}`));
    assert.deepEqual(linksOf(page), ['/docs', '/healthz', '/readyz']);
    for (const path of linksOf(page)) assert.equal((await gateway.request(path)).status, 200, path);
  });

  test('a client gets the page if HTML weighs more than JSON in Accept, and 404 otherwise', async () => {
    for (const accept of [
      ofBrowsers,
      'text/html',
      'TEXT/HTML; charset=utf-8',
      'text/*, application/json;q=0.9',
      'application/json;q=0.4, text/html;q=0.5',
      'application/*;q=0.1, */*',
      'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
    ])
      assert.equal((await get(accept)).status, 200, accept);
    for (const accept of [
      '*/*',
      '',
      'application/json',
      'text/html, application/json',
      'application/json, text/html;q=0.9',
      'text/html;q=0, */*',
      'text/html;q=nonsense',
      'text/plain',
      'application/xhtml+xml',
      'text/html;q=0.5, application/*',
      ',;=,',
    ]) {
      const answer = await get(accept);
      assertError(answer, 'NOT_FOUND', accept);
      assert.match(String(answer.headers.get('vary')), /\bAccept\b(?!-)/);
    }
    const bare = await rawRequest(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assertError(bare, 'NOT_FOUND');
  });

  test('the page is for GET and HEAD, without a target in header or host', async () => {
    const head = await get(ofBrowsers, {}, 'HEAD');
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal(head.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal((await get('*/*', {}, 'HEAD')).status, 404);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assertError(await get(ofBrowsers, {}, method), 'UNAUTHORIZED', method);
    for (const target of ['echo', 'unknown', ''])
      assertError(await get(ofBrowsers, { 'X-Target-Server': target }), 'UNAUTHORIZED', target);
    const lines = ['GET / HTTP/1.1', 'Host: shop.example.com', `Accept: ${ofBrowsers}`, 'Connection: close', '', ''];
    assertError(await rawRequest(gateway.port, lines.join('\r\n')), 'UNAUTHORIZED');
  });

  test('a browser keeps the page and asks whether it has changed', async () => {
    const { headers } = await get(ofBrowsers);
    assert.equal(headers.get('cache-control'), 'no-cache');
    const tag = String(headers.get('etag'));
    assert.match(tag, /^"[\w-]+"$/);
    const again = await get(ofBrowsers, { 'If-None-Match': tag });
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', tag]);
    assertError(await get('*/*', { 'If-None-Match': tag }), 'NOT_FOUND');
    for (const name of ['Accept', 'Accept-Encoding', 'X-Target-Server'])
      assert.ok(headers.get('vary')?.split(', ').includes(name), name);
  });

  test('a browser shows the page without scripts, in light and dark, on any width', async () => {
    const complaints: string[] = [];
    const colors = new Set<unknown>();
    const { requests } = await openInBrowser(`${gateway.url}/`, 'main a', 3, async (page) => {
      page.on('console', (message) => complaints.push(message.text()));
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: 320, height: 560 });
        await page.reload();
        assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
        colors.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      }
      await page.getByRole('heading', { name: 'hookgate' }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'API documentation' }).click();
      await page.waitForURL('**/docs');
      await page.goBack();
    });
    assert.equal(colors.size, 2, 'the style is not applied');
    assert.deepEqual(complaints, []);
    assert.ok(
      requests.every((url) => url.startsWith(gateway.url) || url.startsWith('data:')),
      requests.join(' '),
    );
    const { headers, text } = await get(ofBrowsers);
    assert.match(
      String(headers.get('content-security-policy')),
      /^default-src 'none'; style-src 'sha256-[\w+/]+='; img-src data:; .*frame-ancestors 'none'$/,
    );
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.doesNotMatch(text, /<script|https?:\/\//);
  });
});

test('the front page links to the documentation where its page exists', async () => {
  for (const [DOCS, isLinked] of [
    ['off', false],
    ['authenticated', true],
  ] as const) {
    const gateway = await createTestGateway({ plugins: [echo], env: { DOCS } });
    try {
      const page = await gateway.request('/', { headers: { Accept: ofBrowsers } });
      assert.equal(page.status, 200);
      assert.equal(page.text.includes('href="/docs"'), isLinked, DOCS);
      assert.doesNotMatch(page.text, /echo/);
    } finally {
      await gateway.close();
    }
  }
});
