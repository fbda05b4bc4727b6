import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { adjustable, assertMissing } from './catalog-client.ts';
import { developer, product, startUsage, type UsageClient } from './usage-client.ts';

const usageOf = ({ usageCount, usagePercent, usageResetDate, usageThresholds }: Record<string, unknown>) => ({
  ...{ usageCount, usagePercent, usageResetDate, usageThresholds },
});

onEveryEngine('usage of subscriptions', ({ serverUrl }) => {
  let client: UsageClient;
  let hook: string;
  let count = 0;

  before(async () => {
    client = await startUsage(serverUrl);
    hook = await client.webhook('/hook');
  });
  after(() => client.close());

  const at = (...date: [year: number, month: number, day: number]) =>
    client.gateway.clock.set(new Date(Date.UTC(...date)));
  const list = (email: string) => `/developers/${email}/developer-accepted-rateplans`;
  const path = (email: string, rest: string) => `/developers/${email}/developer-rateplans${rest}`;

  /** A developer of its own with a subscription to a plan of its own from 1 January 2026, without usage. */
  async function start(more: object = {}, planFields: object = {}) {
    count += 1;
    const [email, planId] = [`d${count}@example.com`, `payments_p${count}`];
    at(2026, 0, 1);
    await client.catalog.developer(email);
    await client.catalog.plan('payments', `P${count}`, planFields);
    const id = await client.subscribe({ quotaTarget: 200, ...more }, planId, email);
    return {
      ...{ email, planId, id },
      use: (batchSize: number) => client.use(batchSize, { developer: { id: email } }),
      change: (body: object) => client.call(path(email, `/${id}`), { method: 'PUT', body }),
      /** Asserts that list, item and call of its own agree; resolves to the usage. */
      async read() {
        const listed = (await client.call(list(email))).body.developerRatePlan[0];
        assert.deepEqual((await client.call(path(email, `/${id}`))).body, listed);
        const { body } = await client.call(path(email, `/${id}/usage`));
        assert.deepEqual(usageOf(listed), body);
        return body;
      },
    };
  }

  test('the count of the running cycle, its percentage and the reset date; a new cycle starts at 0', async () => {
    const { read, use } = await start({ startDate: '2026-01-31' });
    const fresh = { usageCount: 0, usagePercent: 0, usageResetDate: '2026-02-28 00:00:00', usageThresholds: [] };
    assert.deepEqual(await read(), fresh, 'before the start');
    at(2026, 1, 1);
    await use(150);
    await use(17);
    assert.deepEqual(await read(), { ...fresh, usageCount: 167, usagePercent: 83.5 });
    at(2026, 1, 28);
    assert.deepEqual(await read(), { ...fresh, usageResetDate: '2026-03-31 00:00:00' });
    await use(401);
    const second = { ...fresh, usageCount: 401, usagePercent: 200.5, usageResetDate: '2026-03-31 00:00:00' };
    assert.deepEqual(await read(), second);
    at(2026, 3, 5);
    assert.deepEqual(await read(), { ...fresh, usageResetDate: '2026-04-30 00:00:00' });
  });

  test('percentages are those of the current target, rounded down, and null without a target', async () => {
    const { change, read, use } = await start();
    await use(199);
    for (const [quotaTarget, percent] of [
      [200, 99.5],
      [300, 66.33],
      [1_000_000_000_000, 0],
      [1, 19_900],
      [0, null],
    ]) {
      assert.equal((await change({ quotaTarget })).body.usagePercent, percent);
      assert.equal((await read()).usagePercent, percent);
    }
  });

  test('an ended subscription keeps the count of its last cycle, without a reset date', async () => {
    for (const change of ['subscription', 'plan']) {
      const subscription = await start();
      at(2026, 1, 10);
      await subscription.use(20);
      const end = { endDate: '2026-02-10 12:00:00' };
      if (change === 'subscription') await subscription.change(end);
      else
        await client.call(`/monetization-packages/payments/rate-plans/${subscription.planId}`, {
          ...{ method: 'PUT', body: end },
        });
      assert.equal((await subscription.read()).usageResetDate, '2026-03-01 00:00:00');
      at(2026, 6, 1);
      const { usageCount, usageResetDate } = await subscription.read();
      assert.deepEqual([usageCount, usageResetDate], [20, null], change);
    }
  });

  test('thresholds are the union of all conditions of the plan', async () => {
    const { planId, read } = await start();
    await client.notify([hook], ['%= 100', '%= 50 to 70'], planId);
    const second = await client.notify([hook], ['%= 60 to 61 by 1'], planId);
    assert.deepEqual((await read()).usageThresholds, [50, 60, 61, 70, 100]);
    await client.call(`/notification-conditions/${second}`, { method: 'DELETE' });
    assert.deepEqual((await read()).usageThresholds, [50, 60, 70, 100]);
  });

  test('plans that count no usage have a count of 0', async () => {
    const { read } = await start({}, { ratePlanDetails: [{ type: 'RATECARD' }] });
    const none = { usageCount: 0, usagePercent: 0, usageResetDate: null, usageThresholds: [] };
    assert.deepEqual(await read(), none);
  });

  test('every subscription of a list has its own usage', async () => {
    const { email } = await start();
    await client.catalog.plan('payments', `Long${count}`, { ratePlanDetails: [adjustable({ duration: 12 })] });
    const long = await client.subscribe({ quotaTarget: 10 }, `payments_long${count}`, email);
    at(2026, 1, 10);
    await client.use(5, { developer: { id: email }, product: { id: product } });
    const { body } = await client.call(list(email));
    assert.deepEqual(
      body.developerRatePlan.map((item: Record<string, unknown>) => [
        item.id === long,
        ...Object.values(usageOf(item)),
      ]),
      [
        [true, 5, 50, '2027-01-01 00:00:00', []],
        [false, 5, 2.5, '2026-03-01 00:00:00', []],
      ],
    );
  });

  test("usage of another developer's or organization's subscription is 404", async () => {
    const { email, id } = await start();
    assertMissing(await client.call(path(developer, `/${id}/usage`)), 'DeveloperRatePlan', id);
    const other = await client.as('other');
    assertMissing(await other.call(path(email, `/${id}/usage`)), 'DeveloperRatePlan', id);
  });
});
