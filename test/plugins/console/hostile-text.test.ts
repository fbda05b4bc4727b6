import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, createReceiver } from '../../../src/testing/index.ts';
import { type Console, english, startConsole } from '../../support/console.ts';
import { notify, reportUsage, seedPlan, seedWebhook } from '../../support/console-seed.ts';
import { eventually } from '../../support/eventually.ts';

const script = `<img src=x onerror=alert(1)>"><script>alert(2)</script>{{7*7}}`;
/** Everything that a script of the page can read, as text. */
const readStores = `(async () => {
  const stores = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, document.documentElement.outerHTML];
  for (const { name } of await indexedDB.databases()) stores.push('database ' + name);
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) stores.push(request.url);
  return stores.join(' ');
})()`;
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';

describe('hostile text and hostile pages', () => {
  let here: Console;
  before(async () => {
    here = await startConsole();
    here.receiver.script(() => answer(500, script, { 'Content-Type': 'text/html', 'X-Script': script }));
    const seed = await seedPlan(here, 'myorg', script);
    await notify(
      here,
      seed,
      await seedWebhook(here, 'myorg', script, `${here.receiver.url}/hook?${encodeURIComponent(script)}`),
    );
    await reportUsage(here, seed, 5);
    const distributor = await here.call(`/distributors/nodes/${nodeId}`, {
      body: { meta: { host: here.receiver.url, path: '/hook', method: 2 } },
    });
    assert.equal(distributor.status, 201, distributor.text);
    const sent = await here.call(`/distributors/${distributor.body.id}/events`, {
      body: { type: 'order.filled', data: { [script]: script } },
    });
    assert.equal(sent.status, 202, sent.text);
    await eventually(() => (here.receiver.received.length >= 2 ? true : undefined));
    const described = await here.call('/event-types/order.filled', {
      method: 'PUT',
      body: { description: script, example: { [script]: script } },
    });
    assert.equal(described.status, 201, described.text);
  });
  after(() => here.close());

  test('a stored script is text on every page, in every dialog and in every answer of a receiver', async () => {
    const visit = await here.visit(english);
    await visit.open('/webhooks');
    await visit.signIn();
    const row = visit.row('onerror=alert');
    await visit.sees(script, row);
    for (const [action, title] of [
      ['Secret', `Secret of ${script}`],
      ['Send test', `Send a test to ${script}`],
    ] as const) {
      await visit.button(action, row).click();
      await visit.dialog(title).waitFor();
      await visit.page.keyboard.press('Escape');
      await visit.dialog(title).waitFor({ state: 'detached' });
    }
    await visit.button('Edit', row).click();
    assert.equal(await visit.field('Name').inputValue(), script);
    await visit.page.keyboard.press('Escape');
    await visit.button('Delete', row).click();
    await visit.sees('onerror=alert', visit.page.getByRole('alertdialog'));
    await visit.page.keyboard.press('Escape');
    await visit.go('Rate Plans');
    await visit.row('onerror=alert').last().waitFor();
    await visit.button('+ Notify').last().click();
    await visit.sees(script, visit.dialog('Notifications'));
    await visit.page.keyboard.press('Escape');
    await visit.open('/rate-plans/products');
    await visit.row('onerror=alert').waitFor();
    await visit.open('/rate-plans/developers/myorg@example.com');
    await visit.sees(`${script} ${script}`);
    await visit.button('Report usage').click();
    assert.equal(await visit.field('Application').inputValue(), script);
    await visit.page.keyboard.press('Escape');
    await visit.go('Deliveries');
    await visit.row('onerror=alert').getByRole('link').click();
    await visit.sees('Attempt 1');
    await visit.sees(script, visit.page.locator('dl > div', { hasText: /^x-script/i }));
    await visit.sees(script, visit.page.getByRole('group', { name: 'Response body' }));
    await visit.sees('onerror=alert', visit.page.getByRole('region', { name: 'Payload' }));
    await visit.go('Deliveries');
    await visit.row('order.filled').getByRole('link').click();
    await visit.sees('Attempt 1');
    await visit.sees('onerror=alert', visit.page.getByRole('region', { name: 'Payload' }));
    await visit.go('Events');
    await visit.row('order.filled').getByRole('link').click();
    await visit.sees('onerror=alert', visit.page.getByRole('region', { name: 'Data' }));
    await visit.open('/events/types');
    await visit.sees('onerror=alert', visit.row('order.filled'));
    await visit.button('Send this event', visit.row('order.filled')).click();
    assert.match(await visit.field('Data (JSON)').inputValue(), /onerror=alert/);
    await visit.page.keyboard.press('Escape');
    await visit.go('Distributors');
    const { knex } = here.gateway.app.foundation.database;
    await eventually(async () => ((await knex('dispatcher_health').update({ state: 1 })) === 2 ? true : undefined));
    await visit.go('Overview');
    await visit.sees('onerror=alert', visit.page.getByRole('region', { name: 'Failing endpoints' }));
    await visit.leave();
  });

  test('no token is in a place that scripts, servers or logs can read', async () => {
    const visit = await here.visit(english);
    await visit.open('/webhooks');
    const answered = visit.page.waitForResponse((response) => response.url().endsWith('/console/session'));
    await visit.signIn();
    const { access_token: token } = (await (await answered).json()) as { access_token: string };
    const cookies = await visit.context.cookies();
    const secrets = [token, here.key.secret_key, ...cookies.map(({ value }) => value)];
    assert.ok(token.length > 20 && cookies.length === 1);
    await visit.page.reload();
    await visit.button('+ Webhook').waitFor();
    const readable = String(await visit.page.evaluate(readStores));
    const places = { readable, addresses: visit.requests.join('\n'), log: here.gateway.log.join('\n') };
    for (const [place, text] of Object.entries(places))
      for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is in the ${place}`);
    await visit.leave();
  });

  test('a page of another origin neither renews a session nor signs in nor shows the console in a frame', async () => {
    const visit = await here.visit(english);
    await visit.open('/webhooks');
    await visit.signIn();
    const session = `${here.gateway.url}/console/session`;
    const page = `<form method="post" enctype="text/plain" action="${session}"><input name='{"name":"x","secret":"' value='y"}'></form><iframe src="${here.gateway.url}/console/"></iframe>`;
    const stranger = await createReceiver(() => answer(200, page, { 'Content-Type': 'text/html' }));
    try {
      await visit.page.goto(stranger.url);
      await eventually(() => visit.complaints.find((each) => /in a frame|frame-ancestors/.test(each)));
      assert.equal(await visit.page.frameLocator('iframe').getByRole('heading', { level: 1 }).count(), 0);
      for (const mode of ['cors', 'no-cors']) {
        const options = JSON.stringify({ method: 'POST', credentials: 'include', mode });
        const read = await visit.page.evaluate(
          `fetch('${session}/renew', ${options}).then((answer) => answer.text(), () => 'refused')`,
        );
        assert.ok(read === 'refused' || read === '', String(read));
      }
      const before = (await visit.context.cookies()).map(({ value }) => value);
      const [answered] = await Promise.all([
        visit.page.waitForResponse((response) => response.url() === session),
        visit.page.waitForURL(session),
        visit.page.evaluate('document.forms[0].submit()'),
      ]);
      assert.ok(answered.status() >= 400, String(answered.status()));
      assert.deepEqual(
        (await visit.context.cookies()).map(({ value }) => value),
        before,
      );
      assert.doesNotMatch(await visit.page.content(), /access_token/);
    } finally {
      await stranger.close();
    }
    await visit.open('/webhooks');
    await visit.button('+ Webhook').waitFor();
    await visit.leave((complaint) => complaint.startsWith(stranger.url) || /session\b/.test(complaint));
  });
});
