import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Route } from 'playwright-core';
import { type Console, english, startConsole, turkish } from '../../support/console.ts';
import { seedWebhook } from '../../support/console-seed.ts';

const slowMs = 400;
/** A browser reports a call that got no answer. */
const isUnanswered = (complaint: string): boolean => /Failed to load resource: net::ERR_/.test(complaint);

describe('the pages on a bad day', () => {
  let here: Console;
  before(async () => {
    here = await startConsole();
    await seedWebhook(here, 'myorg', 'crm', `${here.receiver.url}/crm`);
  });
  after(() => here.close());

  const abort = (route: Route): Promise<void> => route.abort();
  const isApi = (url: URL): boolean => url.pathname.startsWith('/v1/') || url.pathname.startsWith('/api/');

  test('without JavaScript they say in both languages that they need it', async () => {
    const visit = await here.visit({ ...english, javaScriptEnabled: false });
    await visit.open('/');
    const sentences = visit.page.locator('noscript p');
    await sentences.last().waitFor();
    const [first, last] = await sentences.allTextContents();
    assert.match(String(first), /^The console needs JavaScript/);
    assert.match(String(last), /^Konsol JavaScript gerektirir/);
    await visit.leave();
  });

  test('another language on the sign-in page keeps the typed name and secret, and names what is missing in its words', async () => {
    const visit = await here.visit(english);
    await visit.open('/');
    await visit.button('Sign in').click();
    await visit.sees('This field is required.');
    await visit.field('E-mail or API key').fill('joe@example.com');
    await visit.field('Language').selectOption('tr');
    assert.equal(await visit.field('E-posta veya API anahtarı').inputValue(), 'joe@example.com');
    await visit.sees('Bu alan zorunludur.');
    assert.equal(await visit.field('Dil').and(visit.page.locator(':focus')).count(), 1);
    await visit.field('Gizli anahtar').fill(here.key.secret_key);
    await visit.field('Dil').selectOption('en');
    await visit.button('Sign in').click();
    await visit.button('Sign out').waitFor();
    await visit.leave();
  });

  for (const { options, unreachable, again, add } of [
    { options: turkish, unreachable: 'Ağ geçidine ulaşılamıyor', again: 'Yeniden dene', add: '+ Webhook' },
    { options: english, unreachable: 'The gateway cannot be reached', again: 'Try again', add: '+ Webhook' },
  ])
    test(`a gateway that does not answer is named, and another try goes on (${options.locale})`, async () => {
      const visit = await here.visit(options);
      await visit.open('/webhooks');
      await visit.signIn();
      await visit.row('crm').waitFor();
      await visit.context.route(isApi, abort);
      await visit.page.reload();
      await visit.sees(unreachable);
      await visit.context.unroute(isApi);
      await visit.button(again).click();
      await visit.row('crm').waitFor();
      await visit.context.route('**/console/session/**', abort);
      await visit.page.reload();
      await visit.page.getByRole('heading', { level: 1, name: unreachable, exact: true }).waitFor();
      await visit.context.unroute('**/console/session/**');
      await visit.button(again).click();
      await visit.button(add).waitFor();
      await visit.leave(isUnanswered);
    });

  test('a browser without a network is told so, and a refused switch goes back', async () => {
    const visit = await here.visit(english);
    await visit.open('/webhooks');
    await visit.signIn();
    await visit.row('crm').waitFor();
    await visit.context.setOffline(true);
    await visit.sees('No network connection. The pages show the last known data.');
    const toggle = visit.page.getByRole('switch', { name: 'crm', exact: true });
    await toggle.click();
    await visit.page
      .getByRole('region', { name: 'Messages' })
      .getByText('No network connection', { exact: true })
      .waitFor();
    assert.equal(await toggle.getAttribute('aria-checked'), 'true');
    await visit.context.setOffline(false);
    await visit.page.getByText('No network connection. The pages show').waitFor({ state: 'detached' });
    await visit.leave(isUnanswered);
  });

  test('a session that has ended is opened again over the form, which keeps what was typed', async () => {
    const visit = await here.visit(english);
    await visit.open('/webhooks');
    await visit.signIn();
    await visit.button('+ Webhook').click();
    await visit.field('Name').fill('typed before');
    await visit.field('Url').fill(`${here.receiver.url}/typed`);
    await visit.context.clearCookies();
    here.gateway.clock.advance(2 * 3600_000);
    await visit.button('Save').click();
    const again = visit.dialog('The session has ended');
    assert.equal(await visit.field('E-mail or API key', again).inputValue(), 'joe@example.com');
    await visit.field('Secret', again).fill(here.key.secret_key);
    await visit.button('Sign in', again).click();
    await again.waitFor({ state: 'detached' });
    assert.equal(await visit.field('Name').inputValue(), 'typed before');
    await visit.button('Save').click();
    await visit.row('typed before').waitFor();
    await visit.leave((complaint) => complaint.includes('401'));
  });

  test('a slow line shows that data is loading, and then the data', async () => {
    const visit = await here.visit(english);
    await visit.open('/');
    await visit.signIn();
    await visit.context.route(isApi, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, slowMs));
      await route.continue();
    });
    await visit.page.getByRole('navigation').getByRole('link', { name: 'Webhooks', exact: true }).click();
    await visit.page.getByRole('status', { name: 'Loading…' }).waitFor();
    await visit.row('crm').waitFor();
    await visit.leave();
  });
});
