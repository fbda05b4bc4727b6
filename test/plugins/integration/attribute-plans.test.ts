import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMeteredUsage } from '../../../plugins/integration/metering/metered-usage.ts';
import { createCounterRepository } from '../../../plugins/integration/usage/counter-repository.ts';
import { createFiringService } from '../../../plugins/integration/usage/firing-service.ts';
import { createUsageService } from '../../../plugins/integration/usage/usage-service.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import type { Logger } from '../../../src/plugin.ts';
import type { TestAnswer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { adjustable, assertBadFields, assertMint } from './catalog-client.ts';
import { organization, percents, plan, product, startUsage, type UsageClient } from './usage-client.ts';

onEveryEngine('plans that count a custom attribute', ({ serverUrl }) => {
  let client: UsageClient;
  let database: Database;
  let count = 0;

  before(async () => {
    client = await startUsage(serverUrl);
    database = openDatabase(loadConfig(client.gateway.database.env));
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 10)));
  });
  after(async () => {
    await database.close();
    await client.close();
  });

  const at = (month: number, day: number) => client.gateway.clock.set(new Date(Date.UTC(2026, month, day)));

  /** A developer of its own with a subscription to a plan of its own, which counts this attribute. */
  async function start(attribute: number, more: object = {}) {
    count += 1;
    const [email, planId] = [`a${count}@example.com`, `payments_a${count}`];
    at(0, 1);
    await client.catalog.developer(email);
    const details = [adjustable({ ratingParameter: `MINT_CUSTOM_ATTRIBUTE_${attribute}` })];
    await client.catalog.plan('payments', `A${count}`, { ratePlanDetails: details });
    const id = await client.subscribe({ quotaTarget: 1, ...more }, planId, email);
    at(0, 10);
    return {
      ...{ email, planId, id },
      use: (members: object, batchSize = 1) => client.use(batchSize, { developer: { id: email }, ...members }),
      /** Sends JSON text as it is. */
      send: (members: string): Promise<TestAnswer> =>
        client.call('/transactions', {
          method: 'POST',
          body: `{"developer":{"id":"${email}"},"product":{"id":"${product}"},${members}}`,
          headers: { 'Content-Type': 'application/json' },
        }),
      usage: () => client.call(`/developers/${email}/developer-rateplans/${id}/usage`),
      /** The counter in ten-thousandths. */
      async counted(): Promise<bigint | undefined> {
        const rows = await database
          .knex('integration_counters')
          .where({ subscription_id: id })
          .select(database.knex.raw('cast(used as char(20)) as used'));
        return rows[0] && BigInt(rows[0].used);
      },
    };
  }

  test('the value is counted times batchSize, exactly, and is returned', async () => {
    const { use, send, usage, counted } = await start(3, { quotaTarget: 100 });
    for (let index = 0; index < 3; index += 1) assert.equal((await use({ custAtt3: 0.1 })).status, 201);
    assert.equal(await counted(), 3000n);
    const answer = await use({ custAtt3: '2.5000', custAtt10: 7 }, 4);
    assert.deepEqual([answer.status, answer.body.custAtt3, answer.body.custAtt10], [201, 2.5, 7]);
    assert.equal((await usage()).body.usageCount, 10.3);
    assert.equal((await usage()).body.usagePercent, 10.3);
    // A double does not hold this number.
    const large = await send('"custAtt3":987654321098.7654');
    assert.match(large.text, /"custAtt3":987654321098\.7654[,}]/);
    assert.match((await usage()).text, /"usageCount":987654321109\.0654[,}]/);
    assert.equal((await send('"custAtt3":1e2,"batchSize":2')).body.custAtt3, 100);
    assert.match((await usage()).text, /"usageCount":987654321309\.0654[,}]/);
    assert.equal(await counted(), 9_876_543_213_090_654n);
    const stored = await database.knex('integration_transactions').whereNotNull('attributes').orderBy('id');
    assert.deepEqual(stored.map(({ attributes }) => JSON.parse(attributes)).slice(-3), [
      { 3: '2.5', 10: '7' },
      { 3: '987654321098.7654' },
      { 3: '100' },
    ]);
  });

  test('a threshold is crossed by the ten-thousandth that reaches it', async () => {
    const hook = await client.webhook('/exact');
    const { use, planId } = await start(1);
    await client.notify([hook], ['%= 80 to 120 by 10'], planId);
    await use({ custAtt1: '0.7999' });
    assert.deepEqual(percents(await client.callbacks('/exact', 0)), []);
    await use({ custAtt1: '0.0001' });
    const [callback] = await client.callbacks('/exact', 1);
    assert.deepEqual(
      [callback?.quotaPercentUsed, callback?.developerRatePlanQuotaTarget, callback?.developerQuotaResetDate],
      [80, 1, '2026-02-01 00:00:00'],
    );
    await use({ custAtt1: '0.0999' });
    await use({ custAtt1: 0 });
    await use({ custAtt1: '0.0001' }, 3001);
    assert.deepEqual(percents(await client.callbacks('/exact', 5)), [80, 90, 100, 110, 120]);
  });

  test('a report counts for each subscription as its plan says, and for none if one lacks its attribute', async () => {
    const { email, planId, use, counted } = await start(2);
    at(0, 1);
    const volume = await client.subscribe({}, plan, email);
    at(0, 10);
    const refused = await use({ custAtt1: 1 }, 5);
    assertMint(refused, 400, 'customAttributeRequired', { ratePlan: planId, field: 'custAtt2' });
    assert.match(refused.body.message, new RegExp(`\\[${planId}\\].*\\[custAtt2\\]`));
    assert.deepEqual([await counted(), await client.counters(volume)], [undefined, {}]);
    await use({ custAtt2: 1.5 }, 5);
    assert.deepEqual([await counted(), await client.counters(volume)], [75_000n, { 0: 5 }]);
  });

  test('values are checked: number or text, not negative, four decimals, bounds', async () => {
    const { use, send, counted } = await start(1);
    for (const value of [-1, '-0.5', 0.00001, '1.00001', 'many', '', true, [1], {}, '1e13', 1_000_000_000_001, '0x1'])
      assertBadFields(await use({ custAtt1: value }), ['custAtt1'], JSON.stringify(value));
    assertBadFields(await send('"custAtt1":1e9999'), ['custAtt1']);
    assertBadFields(await use({ custAtt1: 1_000_001, custAtt2: -1 }, 1_000_000), ['custAtt1', 'custAtt2']);
    assert.equal(await counted(), undefined);
    for (const [text, value] of [
      ['"1000000000000"', 10_000_000_000_000_000n],
      ['1.50000000', 15_000n],
      ['12e-4', 12n],
    ] as const) {
      const before = (await counted()) ?? 0n;
      assert.equal((await send(`"custAtt1":${text}`)).status, 201, text);
      assert.equal((await counted()) ?? 0n, before + value, text);
    }
  });

  test('a plan says which attribute; an earlier version sees no counted plan in its row', async () => {
    const refuse = async (ratingParameter: string) => {
      const body = { name: `R${ratingParameter}`, ratePlanDetails: [adjustable({ ratingParameter })] };
      const answer = await client.call('/monetization-packages/payments/rate-plans', { body });
      assertBadFields(answer, ['ratePlanDetails.0.ratingParameter'], ratingParameter);
    };
    for (const other of ['MINT_CUSTOM_ATTRIBUTE_0', 'MINT_CUSTOM_ATTRIBUTE_11', 'mint_custom_attribute_1', 'COUNT'])
      await refuse(other);
    const body = {
      name: 'Draft',
      published: false,
      ratePlanDetails: [adjustable({ ratingParameter: 'MINT_CUSTOM_ATTRIBUTE_10', duration: 2 })],
    };
    await client.call('/monetization-packages/payments/rate-plans', { body });
    const row = () =>
      database
        .knex('integration_rate_plans')
        .where({ organization, id: 'payments_draft' })
        .first('duration_months', 'rating_attribute', 'attribute_months');
    assert.deepEqual({ ...(await row()) }, { duration_months: null, rating_attribute: 10, attribute_months: 2 });
    const path = '/monetization-packages/payments/rate-plans/payments_draft';
    const kept = await client.call(path, { method: 'PUT', body: { displayName: 'A draft' } });
    assert.equal(kept.body.ratePlanDetails[0].ratingParameter, 'MINT_CUSTOM_ATTRIBUTE_10');
    assert.deepEqual({ ...(await row()) }, { duration_months: null, rating_attribute: 10, attribute_months: 2 });
    await client.call(path, { method: 'PUT', body: { ratePlanDetails: [adjustable()] } });
    assert.deepEqual({ ...(await row()) }, { duration_months: 1, rating_attribute: null, attribute_months: null });
  });

  test('metered usage counts transactions alone; uses without the attribute are logged once a minute', async () => {
    const [one, two] = [await start(4), await start(4)];
    at(0, 1);
    const volume = await client.subscribe({}, plan, one.email);
    at(0, 10);
    const lines: object[] = [];
    const logger = {
      warn: (message: string, fields: object) => lines.push({ message, ...fields }),
    } as unknown as Logger;
    const { now } = client.gateway.clock;
    const firing = createFiringService({ database, expansion: { wakeAfter: () => undefined } });
    const metered = createMeteredUsage({ database, usage: createUsageService({ firing, now }), now, logger });
    const flush = (id: string, uses: readonly (readonly [email: string, count: number])[]) =>
      metered.take({
        id,
        uses: uses.map(([developer, uses]) => ({ organization, developer, application: '', product, count: uses })),
      });
    const stored = await client.count('transactions');
    await flush('f1', [[one.email, 3]]);
    await flush('f1', [[one.email, 3]]);
    await flush('f2', [
      [one.email, 2],
      [two.email, 5],
    ]);
    assert.deepEqual([await one.counted(), await client.counters(volume)], [undefined, { 0: 5 }]);
    assert.equal(await client.count('transactions'), stored + 2);
    const line = { message: 'metered uses lack the attribute that a plan counts', organization, product };
    assert.deepEqual(lines, [{ ...line, plan: one.planId, attribute: 'custAtt4', uses: 3 }]);
    await metered.purge();
    assert.deepEqual(lines.slice(1), [{ ...line, plan: two.planId, attribute: 'custAtt4', uses: 7 }]);
  });

  test('a counter stops at its bound', async () => {
    const { id, usage } = await start(1);
    const bound = 9_000_000_000_000_000_000n;
    const add = (amount: bigint) =>
      database.transaction((trx) =>
        createCounterRepository(trx).add([{ subscriptionId: id, cycle: 0, amount, bound }]),
      );
    assert.equal((await add(bound - 5n))[0]?.used, bound - 5n);
    assert.equal((await add(4n))[0]?.used, bound - 1n);
    assert.equal((await add(1_000_000_000_000_000_000n))[0]?.used, bound);
    assert.equal((await add(1n))[0]?.used, bound);
    assert.match((await usage()).text, /"usageCount":900000000000000[,}]/);
  });
});
