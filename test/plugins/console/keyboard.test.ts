import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Locator } from 'playwright-core';
import { type Console, english, inOrder, startConsole, type Visit } from '../../support/console.ts';
import { reportUsage, type Seed, seedPlan, seedWebhook } from '../../support/console-seed.ts';
import { eventually } from '../../support/eventually.ts';

/** More than the elements of a page that take the focus. */
const tabLimit = 60;

/** How the focus is shown. */
interface Focus {
  readonly element: string;
  readonly isInView: boolean;
  readonly isOutlined: boolean;
}

/** Runs in the page; null: no element has the focus. */
const readFocus = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const { top, left, bottom, right, width, height } = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    element: element.outerHTML.slice(0, 200),
    isInView:
      Math.min(width, height, top + 1, left + 1, innerHeight - bottom + 1, innerWidth - right + 1) > 0 &&
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
    isOutlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
  };
})()`;

/** The story of a webhook for a person who has no pointer: nothing here clicks or sets the focus. */
describe('by keyboard alone', () => {
  let here: Console;
  let seed: Seed;
  let visit: Visit;
  before(async () => {
    here = await startConsole();
    seed = await seedPlan(here, 'myorg', 'Gold');
    visit = await here.visit(english);
  });
  after(() => here.close());

  const focus = async (): Promise<Focus | null> => (await visit.page.evaluate(readFocus)) as Focus | null;
  const has = async (target: Locator): Promise<boolean> =>
    (await target.and(visit.page.locator(':focus')).count()) === 1;
  const key = (name: string): Promise<void> => visit.page.keyboard.press(name);
  const gone = (target: Locator): Promise<void> => target.waitFor({ state: 'detached' });

  /** The focus has come to the element, where it is seen. */
  async function rests(target: Locator): Promise<void> {
    await target.waitFor({ state: 'attached' });
    await eventually(async () => ((await has(target)) ? true : undefined)).catch(async () => {
      throw new Error(`the focus is not at ${target} but at ${(await focus())?.element}`);
    });
    const { isInView, isOutlined, element } = (await focus()) as Focus;
    assert.ok(isInView, `not in view: ${element}`);
    assert.ok(isOutlined, `no outline: ${element}`);
  }
  /** Goes on until the element has the focus, which every element on the way shows. Past the last one, it leaves the page for one press. */
  async function tabTo(target: Locator, name = 'Tab'): Promise<void> {
    await target.waitFor({ state: 'attached' });
    const way: string[] = [];
    for (let count = 0; count < tabLimit && !(await has(target)); count += 1) {
      await key(name);
      const at = await focus();
      way.push(at?.element.replace(/ class="[^"]*"/, '').slice(0, 120) ?? 'nowhere');
      if (at) assert.ok(at.isInView && at.isOutlined, JSON.stringify(at));
    }
    assert.ok(await has(target), `${name} does not reach ${target}:\n${way.join('\n')}`);
    await rests(target);
  }
  async function press(target: Locator, name = 'Enter', by = 'Tab'): Promise<void> {
    await tabTo(target, by);
    await key(name);
  }
  async function type(field: Locator, text: string): Promise<void> {
    await tabTo(field);
    await visit.page.keyboard.type(text);
  }
  const link = (name: string): Locator => visit.page.getByRole('navigation').getByRole('link', { name, exact: true });
  const heading = (name: string): Locator => visit.page.getByRole('heading', { level: 1, name, exact: true });
  const toggle = (): Locator => visit.page.getByRole('switch', { name: 'keys', exact: true });
  const turned = (state: 'true' | 'false'): Promise<unknown> =>
    eventually(async () => ((await toggle().getAttribute('aria-checked')) === state ? true : undefined));

  const step = inOrder();

  step('signs in, and skips the navigation', async () => {
    await visit.open('/');
    await type(visit.field('E-mail or API key'), 'joe@example.com');
    await type(visit.field('Secret'), here.key.secret_key);
    await press(visit.button('Sign in'));
    await visit.button('Sign out').waitFor();
    await press(link('Webhooks'));
    await heading('Webhooks').waitFor();
    await visit.button('+ Webhook').waitFor();
    await press(visit.page.getByRole('link', { name: 'Skip to content', exact: true }), 'Enter', 'Shift+Tab');
    await key('Tab');
    await rests(visit.button('+ Webhook'));
  });

  step('chooses another organization with the arrows, and comes back', async () => {
    const field = visit.field('Organization');
    const chosen = (name: string): Promise<unknown> =>
      eventually(async () => ((await field.inputValue()) === name ? true : undefined));
    await tabTo(field, 'Shift+Tab');
    await key('ArrowDown');
    await chosen('second');
    await rests(field);
    await key('ArrowUp');
    await chosen('myorg');
    await rests(field);
  });

  step('adds a webhook', async () => {
    const add = visit.button('+ Webhook');
    await press(add);
    const dialog = visit.dialog('New webhook');
    await rests(visit.field('Name', dialog));
    await visit.page.keyboard.type('keys');
    await type(visit.field('Url', dialog), `${here.receiver.url}/keys`);
    await press(visit.button('Save', dialog));
    await gone(dialog);
    await rests(add);
    await toggle().waitFor();
  });

  step('switches it off and on', async () => {
    await press(toggle(), 'Space');
    await turned('false');
    await rests(toggle());
    await key('Space');
    await turned('true');
    await rests(toggle());
  });

  step('opens the form of a webhook, and leaves it', async () => {
    const edit = visit.button('Edit', visit.row('keys'));
    await press(edit);
    const dialog = visit.dialog('Edit webhook');
    await rests(visit.field('Name', dialog));
    await key('Escape');
    await gone(dialog);
    await rests(edit);
    await key('Space');
    await rests(visit.field('Name', dialog));
    await key('End');
    await visit.page.keyboard.type('et');
    await press(visit.button('Update Webhook', dialog));
    await gone(dialog);
    await rests(visit.button('Edit', visit.row('keyset')));
  });

  step('keeps a webhook at the question, then deletes it', async () => {
    const remove = visit.button('Delete', visit.row('keyset'));
    const question = visit.question('Delete the webhook keyset?');
    await press(remove);
    await question.waitFor();
    await rests(visit.button('Cancel', question));
    await key('Escape');
    await gone(question);
    await rests(remove);
    await key('Enter');
    await press(visit.button('Delete', question));
    await gone(question);
    await gone(remove);
    await rests(heading('Webhooks'));
  });

  step('searches', async () => {
    await seedWebhook(here, 'myorg', 'crm', `${here.receiver.url}/crm`);
    await visit.page.reload();
    await type(visit.field('Search webhooks'), 'zzz');
    const clear = visit.button('Show all webhooks');
    await press(clear);
    await visit.row('crm').waitFor();
    await rests(heading('Webhooks'));
  });

  step('adds a header to the delivery settings, and takes it out', async () => {
    const open = visit.button('Delivery settings', visit.row('crm'));
    const dialog = visit.dialog('Delivery settings of crm');
    await press(open);
    const add = visit.button('Add header', dialog);
    await press(add);
    await rests(visit.field('Header name', dialog));
    await press(visit.button('Remove header 1', dialog));
    await rests(add);
    await key('Escape');
    await gone(dialog);
    await rests(open);
  });

  step('adds a notification to a plan', async () => {
    await press(link('Rate Plans'), 'Enter', 'Shift+Tab');
    const open = visit.button('+ Notify', visit.row('Gold'));
    const dialog = visit.dialog('Notifications');
    await press(open);
    await rests(visit.field('At/From %', dialog));
    await key('Escape');
    await gone(dialog);
    await rests(open);
    await key('Enter');
    await type(visit.field('At/From %', dialog), '50');
    await press(dialog.getByRole('checkbox', { name: 'crm', exact: true }), 'Space');
    await press(visit.button('Create Notification', dialog));
    await gone(dialog);
    await rests(open);
  });

  step('opens a delivery, and sends it again', async () => {
    await reportUsage(here, seed, 5);
    await press(link('Deliveries'), 'Enter', 'Shift+Tab');
    await visit.row('Delivered').waitFor();
    await press(visit.row('Delivered').getByRole('link'));
    const redeliver = visit.button('Redeliver');
    await redeliver.waitFor();
    await rests(visit.page.getByRole('heading', { level: 1 }));
    await press(redeliver);
    await visit.sees('Attempt 2');
    await rests(redeliver);
  });

  step('signs out', async () => {
    await press(visit.button('Sign out'), 'Enter', 'Shift+Tab');
    await rests(visit.field('E-mail or API key'));
    await visit.leave();
  });
});
