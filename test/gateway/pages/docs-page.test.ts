import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { authentication } from '../../../plugins/authentication/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { openInBrowser } from '../../support/browser.ts';

/** Swagger UI renders the calls of a long document only where they are in view: a window that shows them all. */
const showAll = (page: Page): Promise<void> => page.setViewportSize({ width: 1280, height: 46_000 });

/** Unfolds a call of the page, ready to be sent. */
async function unfold(page: Page, method: string, path: string): Promise<Locator> {
  const call = page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) });
  await call.locator('.opblock-summary-control').click();
  await call.getByRole('button', { name: 'Try it out' }).click();
  return call;
}

/** Sends a call of the page as the page shows it; resolves to the body of the response, which must be a success. */
async function tryOut(page: Page, method: string, path: string): Promise<{ id?: string }> {
  const call = await unfold(page, method, path);
  const answered = page.waitForResponse((response) => response.request().method() === method.toUpperCase());
  await call.getByRole('button', { name: 'Execute' }).click();
  const answer = await answered;
  assert.ok(answer.ok(), `${method} ${answer.url()}: ${answer.status()}`);
  await call.locator('.live-responses-table .response').waitFor();
  return answer.json();
}

describe('the documentation page', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [authentication, integration] });
  });
  after(() => gateway.close());

  test('the page shows every operation in a browser and sends requests to its own host only', async () => {
    const { body: document } = await gateway.request('/openapi.json');
    const operations = Object.entries<Record<string, { summary: string }>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => ({ path, method, summary })),
    );
    assert.ok(operations.length >= 9, `${operations.length} operations`);
    const { dom, requests } = await openInBrowser(
      `${gateway.url}/docs`,
      '.opblock-summary-method',
      operations.length,
      showAll,
    );
    const shown = dom.match(/class="opblock-summary-method"/g) ?? [];
    assert.equal(shown.length, operations.length);
    for (const { path, summary } of operations) {
      assert.ok(dom.includes(`data-path="${path}"`), path);
      assert.ok(dom.includes(summary.replaceAll("'", '&#39;')) || dom.includes(summary), summary);
    }

    const { origin } = new URL(gateway.url);
    const paths = requests.map((url) => new URL(url).pathname);
    for (const path of ['/openapi.json', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css', '/docs/start.js']) {
      assert.ok(paths.includes(path), `${path} is not among ${requests.join(' ')}`);
    }
    assert.deepEqual(
      requests.filter((url) => !url.startsWith('data:') && new URL(url).origin !== origin),
      [],
    );
    assert.doesNotMatch(dom, /\b(?:src|srcset|action)="(?:https?:)?\/\//);
  });

  test('the page asks for a token where the documents need one, keeps it in memory only, and sends the examples with it', async () => {
    const guarded = await createTestGateway({ plugins: [authentication, integration], env: { DOCS: 'authenticated' } });
    try {
      const token = await guarded.token({ org: 'myorg', scope: 'integration:read integration:write' });
      const authorizations: (string | undefined)[] = [];
      const stored: unknown[] = [];
      const { requests } = await openInBrowser(`${guarded.url}/docs`, '.opblock-summary-method', 9, async (page) => {
        await showAll(page);
        page.on('request', (request) => {
          if (request.url().endsWith('/openapi.json')) authorizations.push(request.headers().authorization);
        });
        for (const text of ['not.a.token', token]) {
          await page.getByLabel('Access token').fill(text);
          await page.getByRole('button', { name: 'Show the documentation' }).click();
          if (text !== token) await page.getByText('The token is not valid').waitFor();
        }
        await page.locator('.opblock-summary-method').first().waitFor();
        // An open padlock would mean that Swagger UI does not have the token.
        await page
          .locator('.opblock-summary .authorization__btn[aria-label="authorization button locked"]')
          .first()
          .waitFor();
        stored.push(
          ...((await page.evaluate(
            '[localStorage.length, sessionStorage.length, document.cookie, location.href]',
          )) as unknown[]),
        );
        assert.equal(await page.getByLabel('Access token').inputValue(), '');

        const { id } = await tryOut(page, 'post', '/api/v1/integration/distributors/nodes/{node_id}');
        assert.equal((await tryOut(page, 'get', '/api/v1/integration/distributors/{id}')).id, id);
        const conditions = '/v1/mint/organizations/{org_name}/notification-conditions';
        const webhook = await tryOut(page, 'post', '/v1/mint/organizations/{org_name}/webhooks');
        const body = (await unfold(page, 'post', conditions)).locator('textarea');
        assert.equal(JSON.parse(await body.inputValue()).actions[0].value, webhook.id);
      });
      assert.deepEqual(authorizations, ['Bearer not.a.token', `Bearer ${token}`]);
      assert.deepEqual(stored.slice(0, 3), [0, 0, '']);
      assert.ok(!String(stored[3]).includes(token));
      assert.ok(requests.every((url) => !url.includes(token)));
    } finally {
      await guarded.close();
    }
  });

  test('the page has a security policy that restricts it to its own host', async () => {
    for (const path of ['/docs', '/docs/']) {
      const { status, headers, text } = await gateway.request(path);
      assert.equal(status, 200);
      assert.match(headers.get('content-type') ?? '', /^text\/html/);
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self';/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.doesNotMatch(text, /<script>|https?:\/\//);
    }
  });

  test('the page serves only its own files, and only to GET and HEAD', async () => {
    const head = await gateway.request('/docs/swagger-ui.css', { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal((await gateway.request('/docs', { method: 'POST' })).status, 405);
    for (const path of ['/docs/package.json', '/docs/constructor', '/docs/swagger-ui.css/', '/docs/nothing']) {
      const { status, body } = await gateway.request(path);
      assert.deepEqual([status, body.error.code], [404, 'NOT_FOUND'], path);
    }
  });
});
