import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { type Console, english, startConsole, type Visit } from '../../support/console.ts';
import { reportUsage, type Seed, seedPlan } from '../../support/console-seed.ts';
import { eventually } from '../../support/eventually.ts';

const narrow = { ...english, viewport: { width: 360, height: 720 } };

/** From a webhook to its deliveries, on a wide screen and on a narrow one. */
describe('the pages in English', () => {
  let here: Console;
  before(async () => {
    here = await startConsole();
  });
  after(() => here.close());

  async function arrive(seed: Seed, options: Parameters<Console['visit']>[0]): Promise<Visit> {
    const visit = await here.visit(options);
    await visit.open('/webhooks');
    await visit.page.evaluate(`localStorage.clear()`);
    await visit.signIn();
    await visit.field('Organization').selectOption(seed.organization);
    return visit;
  }
  const toggle = (visit: Visit, name: string): Locator => visit.page.getByRole('switch', { name, exact: true });
  const percentagesOf = (visit: Visit): Promise<string[]> =>
    visit.page.getByRole('list', { name: 'Notify At', exact: true }).getByRole('listitem').allTextContents();
  const gone = (dialog: Locator): Promise<void> => dialog.waitFor({ state: 'detached' });

  test('on a wide screen', async () => {
    const seed = await seedPlan(here, 'myorg', 'Gold');
    const visit = await arrive(seed, english);
    await visit.sees('Publish › Monetization');
    await visit.button('+ Webhook').click();
    await visit.field('Name').fill('crm');
    await visit.field('Url').fill(`${here.receiver.url}/crm`);
    await visit.button('Save').click();
    await gone(visit.dialog('New webhook'));
    assert.equal(await toggle(visit, 'crm').getAttribute('aria-checked'), 'true');
    await visit.go('Rate Plans');
    await visit.button('+ Notify', visit.row('Gold')).click();
    const dialog = visit.dialog('Notifications');
    await visit.field('At/From %', dialog).fill('80');
    await visit.field('To %', dialog).fill('120');
    assert.deepEqual(await percentagesOf(visit), ['80%', '90%', '100%', '110%', '120%']);
    await dialog.getByRole('checkbox', { name: 'crm', exact: true }).check();
    await visit.button('Create Notification', dialog).click();
    await gone(dialog);
    await reportUsage(here, seed, 12);
    await visit.go('Deliveries');
    await eventually(async () => ((await visit.row('Delivered').count()) === 5 ? true : undefined));
    await visit.button('Redeliver all…').click();
    await visit.sees('5 deliveries match the filters.');
    await visit.page.keyboard.press('Escape');
    await visit.row('Delivered').first().getByRole('link').click();
    await visit.button('Redeliver').click();
    await visit.sees('Attempt 2');
    await visit.leave();
  });

  test('on a screen of 360 px, where a button opens the navigation and nothing is wider than the screen', async () => {
    const visit = await here.visit(narrow);
    const fits = async (): Promise<void> => {
      const [wide, screen] = (await visit.page.evaluate(
        '[document.documentElement.scrollWidth, innerWidth]',
      )) as number[];
      assert.ok(Number(wide) <= Number(screen), `${visit.page.url()} is ${wide} px wide`);
    };
    await visit.open('/');
    await visit.field('E-mail or API key').waitFor();
    await fits();
    await visit.signIn();
    const menu = visit.button('Navigation');
    await menu.click();
    const links = visit.dialog('Navigation').getByRole('link');
    const names = await links.allTextContents();
    await visit.page.keyboard.press('Escape');
    assert.ok(names.length >= 6, String(names));
    for (const name of names) {
      await menu.click();
      await visit.dialog('Navigation').getByRole('link', { name, exact: true }).click();
      await visit.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
      await visit.page.getByRole('status', { name: 'Loading…' }).first().waitFor({ state: 'detached' });
      await fits();
    }
    await visit.open('/webhooks');
    await visit.button('+ Webhook').click();
    await fits();
    await visit.leave();
  });
});
