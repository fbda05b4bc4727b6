import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import type { Body } from './catalog-client.ts';
import { startUsage, type UsageClient } from './usage-client.ts';

onEveryEngine('usage notifications', ({ serverUrl }) => {
  let client: UsageClient;
  let count = 0;

  before(async () => {
    client = await startUsage(serverUrl);
  });
  after(() => client.close());

  async function read(query: Record<string, string> = {}, organization = 'myorg'): Promise<Body> {
    const token = await client.gateway.token({ org: organization, scope: 'integration:read', lifetimeSeconds: 9e8 });
    const path = `/api/v1/integration/usage-notifications?${new URLSearchParams(query)}`;
    const answer = await client.gateway.request(path, { target: 'integration', token });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  /** A developer of its own on a plan of its own, with a target of 100. */
  async function start() {
    count += 1;
    const [email, planId] = [`d${count}@example.com`, `payments_p${count}`];
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 1)));
    await client.catalog.developer(email, { firstName: 'Ada', lastName: 'Byron' });
    await client.catalog.plan('payments', `P${count}`);
    const id = await client.subscribe({}, planId, email);
    return {
      ...{ email, planId, id },
      async use(batchSize: number): Promise<void> {
        const answer = await client.use(batchSize, { developer: { id: email } });
        assert.equal(answer.status, 201, answer.text);
        await eventually(async () => (await client.count('movements')) === 0);
      },
      /** The entries of this subscription, newest first. */
      entries: async () =>
        (await read({ limit: '100' })).data.filter((entry: Body) => entry.subscription_id === id) as Body[],
    };
  }

  test('fired thresholds are listed newest first, with the developer, the plan, and the callbacks', async () => {
    const { email, entries, id, planId, use } = await start();
    const hook = await client.webhook('/hook');
    await client.notify([hook], ['%= 80 to 120 by 10'], planId);
    await use(79);
    assert.deepEqual(await entries(), []);
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 5)));
    await use(21);
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 6)));
    await use(50);
    const found = await entries();
    assert.deepEqual(
      found.map(({ percentage, fired_at }) => [percentage, fired_at.slice(0, 10)]),
      [
        [120, '2026-01-06'],
        [110, '2026-01-06'],
        [100, '2026-01-05'],
        [90, '2026-01-05'],
        [80, '2026-01-05'],
      ],
    );
    const { fired_at, id: own, webhooks, ...rest } = found[0] ?? {};
    assert.match(`${own} ${fired_at}`, /^[0-9a-f-]{36} 2026-01-06T00:00:\d\d\.\d{6}Z$/);
    assert.deepEqual(rest, {
      percentage: 120,
      developer: { email, first_name: 'Ada', last_name: 'Byron' },
      plan: { id: planId, name: 'P1' },
      subscription_id: id,
      webhook_count: 1,
      delivery_count: 1,
    });
    assert.deepEqual(Object.keys(webhooks[0]), ['id', 'name', 'delivery_id']);
    assert.equal(webhooks[0].id, hook);
    const token = await client.gateway.token({ org: 'myorg', scope: 'integration:read', lifetimeSeconds: 9e8 });
    const path = `/api/v1/integration/deliveries/${webhooks[0].delivery_id}`;
    const { body } = await client.gateway.request(path, { target: 'integration', token });
    assert.deepEqual(
      [body.endpoint.id, body.payload.quotaPercentUsed, body.payload.developerEmail],
      [hook, 120, email],
    );
  });

  test('pages follow each other by their cursors, within the asked times', async () => {
    const all = (await read({ limit: '100' })).data;
    const seen: Body[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Body = await read({ limit: '2', ...(cursor === '' ? {} : { cursor }) });
      assert.ok(page.data.length <= 2);
      seen.push(...page.data);
      cursor = page.next_cursor;
    }
    assert.deepEqual(seen, all);
    const times = all.map(({ fired_at }: Body) => fired_at);
    const [newest] = times;
    const within = async (query: Record<string, string>) =>
      (await read({ limit: '100', ...query })).data.map(({ fired_at }: Body) => fired_at);
    assert.deepEqual(
      await within({ from: newest }),
      times.filter((time: string) => time === newest),
    );
    assert.deepEqual(
      await within({ to: newest }),
      times.filter((time: string) => time !== newest),
    );
    assert.deepEqual(await within({ from: '2026-01-05', to: '2026-01-06' }), times.slice(2));
    assert.deepEqual(await within({ from: '2027-01-01' }), []);
    assert.deepEqual(await within({ to: '1969-01-01' }), []);
  });

  test('disabled webhooks have no delivery, deleted ones no name, and 20 webhooks are listed of many', async () => {
    const { entries, planId, use } = await start();
    const hooks: string[] = [];
    for (let number = 0; number < 22; number += 1) hooks.push(await client.webhook('/many'));
    const [off, gone] = hooks as [string, string];
    await client.call(`/webhooks/${off}`, { method: 'PUT', body: { enabled: false } });
    await client.notify(hooks.slice(0, 20), ['%= 50'], planId);
    await client.notify(hooks.slice(18), ['%= 50'], planId);
    await use(60);
    await client.call(`/webhooks/${gone}`, { method: 'DELETE' });
    const [entry, ...others] = await entries();
    assert.deepEqual(others, []);
    assert.deepEqual([entry?.webhook_count, entry?.delivery_count, entry?.webhooks.length], [22, 21, 20]);
    const of = (id: string) => entry?.webhooks.find((webhook: Body) => webhook.id === id);
    assert.equal(of(off).delivery_id, null);
    assert.equal(of(gone).name, null);
    assert.notEqual(of(gone).delivery_id, null);
  });

  test('a threshold that fires again for another webhook keeps its place and its time', async () => {
    const { email, entries, id, planId, use } = await start();
    const first = await client.webhook('/first');
    await client.notify([first], ['%= 80'], planId);
    await use(80);
    const [before] = await entries();
    const second = await client.webhook('/second');
    await client.notify([second], ['%= 80'], planId);
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 20)));
    const path = `/developers/${email}/developer-rateplans/${id}`;
    await client.call(path, { method: 'PUT', body: { quotaTarget: 200 } });
    await use(80);
    const [after, ...others] = await entries();
    assert.deepEqual(others, []);
    assert.deepEqual([after?.id, after?.fired_at, after?.webhook_count], [before?.id, before?.fired_at, 2]);
    assert.deepEqual(after?.webhooks.map((webhook: Body) => webhook.id).sort(), [first, second].sort());
    client.gateway.clock.set(new Date(Date.UTC(2026, 1, 20)));
    await use(160);
    assert.deepEqual(
      (await entries()).map(({ fired_at }) => fired_at.slice(0, 10)),
      ['2026-02-20', '2026-01-01'],
    );
  });

  test('other organizations see none of them, also with their cursors', async () => {
    const { data } = await read();
    assert.ok(data.length > 1);
    for (const query of [{}, { cursor: data[0].id }])
      assert.deepEqual(await read(query, 'other'), { data: [], next_cursor: null });
  });
});
