import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { console } from '../../../plugins/console/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { shippedPackages } from '../../../scripts/third-party.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { openInBrowser } from '../../support/browser.ts';
import { startAuthentication } from '../authentication/authentication-gateway.ts';

const toBrowsers = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the pages of the console', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await createTestGateway({ plugins: [console] });
  });
  after(() => gateway.close());

  test('/ leads browsers to the built pages, all of whose parts are there', async () => {
    const front = await gateway.request('/', { headers: toBrowsers });
    assert.deepEqual([front.status, front.headers.get('location')], [302, '/console/']);
    assertError(await gateway.request('/'), 'NOT_FOUND');
    const page = await gateway.request('/console/', { headers: toBrowsers });
    assert.equal(page.status, 200, 'the pages are not built: npm run console');
    assert.equal((await gateway.request('/console/webhooks', { headers: toBrowsers })).text, page.text);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    assert.ok(parts.length >= 3, page.text);
    for (const path of parts) {
      assert.match(path, /^\/console\/assets\//);
      const { status, headers } = await gateway.request(path);
      assert.deepEqual([status, headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'], path);
    }
    assertError(await gateway.request('/console/.built'), 'NOT_FOUND');
    const licences = (await gateway.request('/console/licenses.md')).text;
    const bundled = [...licences.matchAll(/^## (\S+) - (\S+) \((.+)\)$/gm)].map(([, ...words]) => words.join(' '));
    const known = new Set(shippedPackages().map(({ name, version, license }) => `${name} ${version} ${license}`));
    assert.ok(bundled.length > 5);
    assert.deepEqual(
      bundled.filter((each) => !known.has(each)),
      [],
    );
  });

  test('pages are public, and are in no API document', async () => {
    const { body } = await gateway.request('/openapi.json');
    const paths = Object.keys(body.paths);
    assert.deepEqual(
      paths.filter((path) => !/^\/(?:console\/session|api\/v1\/gateway)/.test(path)),
      [],
    );
  });
});

test('a browser signs in and opens each page without a complaint of its policies, from this host alone', async () => {
  const { gateway, createKey } = await startAuthentication({ plugins: [console, integration] });
  try {
    const scope = 'integration:read integration:write gateway:admin';
    const key = await createKey({ email: 'joe@example.com', scope });
    const complaints: string[] = [];
    const { requests } = await openInBrowser(`${gateway.url}/`, 'nav a', 3, async (page) => {
      page.on('console', (message) => complaints.push(`${page.url()} ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(`${page.url()} ${error}`));
      await page.getByLabel('E-mail or API key').fill('joe@example.com');
      await page.getByLabel('Secret').fill(key.secret_key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      const links = page.getByRole('navigation').getByRole('link');
      await links.first().waitFor();
      for (let index = 0; index < (await links.count()); index += 1) {
        await links.nth(index).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
      }
      await page.reload();
      await links.first().waitFor();
    });
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith(`${gateway.url}/`)),
      [],
    );
  } finally {
    await gateway.close();
  }
});

test('CONSOLE=off serves no pages, and / is the plain page', async () => {
  const gateway = await createTestGateway({ plugins: [console], env: { CONSOLE: 'off' } });
  try {
    const front = await gateway.request('/', { headers: toBrowsers });
    assert.match(front.text, /<h1>hookgate<\/h1>/);
    assertError(await gateway.request('/console/'), 'UNAUTHORIZED');
  } finally {
    await gateway.close();
  }
  const wrong = createTestGateway({ plugins: [console], env: { CONSOLE: 'yes' } });
  await assert.rejects(wrong, /CONSOLE=yes: CONSOLE must be one of \[on, off\]/);
});
