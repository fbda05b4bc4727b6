import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Console, english, startConsole } from '../../support/console.ts';
import { notify, reportUsage, seedPlan, seedWebhook } from '../../support/console-seed.ts';
import { eventually } from '../../support/eventually.ts';

const ended = 'The link was used already or has ended. Ask for a new one.';

describe('a portal link in a browser', () => {
  let here: Console;
  before(async () => {
    here = await startConsole();
    for (const organization of ['myorg', 'second']) {
      const seed = await seedPlan(here, organization, `plan-${organization}`);
      await notify(
        here,
        seed,
        await seedWebhook(here, organization, `hook-${organization}`, `${here.receiver.url}/${organization}`),
      );
      await reportUsage(here, seed, 5);
    }
    await eventually(() => (here.receiver.received.length === 2 ? true : undefined));
  });
  after(() => here.close());

  async function createLink(expiresIn = 3600): Promise<string> {
    const { status, body, text } = await here.call('/portal-links', { body: { expires_in: expiresIn } });
    assert.equal(status, 201, text);
    return body.url;
  }

  test('shows endpoints and deliveries of one organization, and changes nothing', async () => {
    const link = await createLink();
    const visit = await here.visit(english);
    await visit.page.goto(link);
    const links = visit.page.getByRole('navigation').getByRole('link');
    await links.first().waitFor();
    assert.doesNotMatch(visit.page.url(), /#/);
    assert.deepEqual(await links.allTextContents(), ['Overview', 'Webhooks', 'Distributors', 'Deliveries', 'Events']);
    await visit.go('Webhooks');
    await visit.row('hook-myorg').waitFor();
    assert.equal(await visit.row('hook-second').count(), 0);
    for (const name of ['+ Webhook', 'Edit', 'Delete', 'Send test', 'Secret'])
      assert.equal(await visit.button(name).count(), 0, name);
    assert.equal(await visit.page.getByRole('switch').count(), 0);
    await visit.go('Distributors');
    await visit.go('Deliveries');
    await visit.row('hook-myorg').waitFor();
    assert.equal(await visit.row('hook-second').count(), 0);
    assert.equal(await visit.button('Redeliver all…').count(), 0);
    await visit.row('hook-myorg').getByRole('link').click();
    await visit.sees('Attempt 1');
    assert.equal(await visit.button('Redeliver').count(), 0);
    for (const path of ['/rate-plans', '/targets']) {
      await visit.open(path);
      await visit.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    }
    await visit.leave();
    const second = await here.visit(english);
    await second.page.goto(link);
    await second.sees(ended);
    await second.page.goto(await createLink());
    await second.page.getByRole('navigation').waitFor();
    await second.leave((complaint) => complaint.includes('401'));
  });

  test('ends at its time', async () => {
    const visit = await here.visit(english);
    await visit.page.goto(await createLink(120));
    await visit.go('Webhooks');
    await visit.row('hook-myorg').waitFor();
    here.gateway.clock.advance(121_000);
    await visit.page.getByRole('navigation').getByRole('link', { name: 'Deliveries', exact: true }).click();
    await visit.sees('Open a new link to go on.', visit.dialog('The session has ended'));
    assert.equal(await visit.page.getByText('hook-myorg').count(), 0);
    await visit.page.reload();
    await visit.field('E-mail or API key').waitFor();
    await visit.leave((complaint) => complaint.includes('401'));
  });
});
