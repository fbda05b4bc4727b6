import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { adjustable, assertBadFields, assertMint, assertMissing } from './catalog-client.ts';
import { conditionOf, percents, plan, startUsage, type UsageClient } from './usage-client.ts';

const path = '/notification-conditions';
const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';

type Answer = Record<'notificationCondition' | 'actions', { id: string; postURL?: string }[]> & { id: string };

const idsOf = ({ id, notificationCondition, actions }: Answer): string[] => [
  id,
  ...[...notificationCondition, ...actions].map((part) => part.id),
];

const withoutIds = ({ notificationCondition, actions }: Answer) => ({
  notificationCondition: notificationCondition.map(({ id: _, ...part }) => part),
  actions: actions.map(({ id: _, postURL: _url, ...part }) => part),
});

onEveryEngine('notification conditions', ({ serverUrl }) => {
  let client: UsageClient;
  let hook: string;

  beforeEach(async () => {
    client = await startUsage(serverUrl);
    hook = await client.webhook('/hook');
  });
  afterEach(() => client.close());

  const create = (body: unknown) => client.call(path, { body });
  const put = (id: string, body: unknown) => client.call(`${path}/${id}`, { method: 'PUT', body });
  const remove = (id: string) => client.call(`${path}/${id}`, { method: 'DELETE' });

  test('conditions are created, read, replaced and deleted, and each of their parts has an id', async () => {
    const created = await create(conditionOf([hook]));
    assert.equal(created.status, 200, created.text);
    assert.deepEqual(Object.keys(created.body), ['actions', 'id', 'notificationCondition']);
    assert.deepEqual(withoutIds(created.body), conditionOf([hook]));
    assert.equal(new Set(idsOf(created.body)).size, 5);
    const { id } = created.body;
    assert.deepEqual((await client.call(`${path}/${id.toUpperCase()}`)).body, created.body);

    const second = await client.webhook('/second');
    const changed = await put(id, conditionOf([second, hook], ['%= 50']));
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual(withoutIds(changed.body), conditionOf([second, hook], ['%= 50']));
    const [before, after] = [idsOf(created.body), idsOf(changed.body)];
    // Unchanged parts keep their ids: the condition, its plan, PUBLISHED and the first webhook.
    assert.deepEqual(
      before.filter((each) => after.includes(each)),
      [before[0], before[1], before[2], before[4]],
    );
    assert.deepEqual((await client.call(`${path}/${id}`)).body, changed.body);

    const sentBack = await put(id, changed.body);
    assert.deepEqual(sentBack.body, changed.body);
    assert.equal((await remove(id)).status, 204);
    assertMissing(await client.call(`${path}/${id}`), 'NotificationCondition', id);
  });

  test('conditions are listed newest first, all of them or a page', async () => {
    const ids: string[] = [];
    for (const percent of [10, 20, 30]) ids.unshift(await client.notify([hook], [`%= ${percent}`]));
    const listed = async (query: string) => {
      const { status, body } = await client.call(`${path}${query}`);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body), ['notificationConditions', 'totalRecords']);
      assert.equal(body.totalRecords, 3);
      return body.notificationConditions.map(({ id }: Answer) => id);
    };
    assert.deepEqual(await listed(''), ids);
    assert.deepEqual(await listed('?size=2'), ids.slice(0, 2));
    assert.deepEqual(await listed('?size=2&page=2'), ids.slice(2));
    assert.deepEqual(await listed('?size=1&all=true&sort=x'), ids);
  });

  test('each broken rule has its code, and nothing is stored or changed', async () => {
    const { catalog } = client;
    await catalog.plan('payments', 'Flat', { ratePlanDetails: [] });
    await catalog.plan('payments', 'Draft', { published: false });
    const other = await client.as('other-org');
    const theirs = await other.webhook('/theirs');
    const good = conditionOf([hook]);
    const [ratePlan, published, usageTarget] = good.notificationCondition;
    const having = (...notificationCondition: unknown[]) => ({ ...good, notificationCondition });
    const targets = (...values: string[]) => conditionOf([hook], values);
    const many = Array.from({ length: 21 }, (_, index) => unknownId.slice(0, -2) + String(index + 10));
    const cases: [code: string, body: unknown][] = [
      ['unknownConditionAttribute', having(ratePlan, usageTarget, { attribute: 'Usagetarget', value: '%= 1' })],
      ['ratePlanRequired', having(usageTarget)],
      ['ratePlanRequired', having(ratePlan, ratePlan, usageTarget)],
      ['ratePlanDoesNotExist', conditionOf([hook], ['%= 80'], 'nothing')],
      ['ratePlanDoesNotExist', conditionOf([hook], ['%= 80'], 'Payments_Gold')],
      ['ratePlanNotAdjustable', conditionOf([hook], ['%= 80'], 'payments_flat')],
      ['ratePlanNotPublished', conditionOf([hook], ['%= 80'], 'payments_draft')],
      ['invalidPublished', having(ratePlan, usageTarget, { attribute: 'PUBLISHED', value: 'YES' })],
      ['usageTargetRequired', having(ratePlan, published)],
      ['invalidUsageTarget', targets('80')],
      ['invalidUsageTarget', targets('%= 80', '%= 0')],
      ['invalidUsageTarget', targets('%= 120 to 80')],
      ['invalidUsageTarget', targets('%= 80 to 1001')],
      ['invalidUsageTarget', targets('%= 80 to 120 by 0')],
      ['tooManyThresholds', targets('%= 1 to 201 by 1')],
      ['tooManyThresholds', targets('%= 1 to 200 by 1', '%= 1000')],
      ['unknownActionAttribute', { ...good, actions: [{ actionAttribute: 'MAIL', value: hook }] }],
      ['webhookRequired', conditionOf([])],
      ['webhookDoesNotExist', conditionOf([hook, unknownId])],
      ['webhookDoesNotExist', conditionOf([theirs])],
      ['webhookDoesNotExist', conditionOf(['no uuid'])],
      ['tooManyWebhooks', conditionOf(many)],
    ];
    const kept = await create(good);
    for (const [code, body] of cases) {
      const refused = await create(body);
      assertMint(refused, 400, code);
      assertMint(await put(kept.body.id, body), 400, code, contextsOf(refused.body));
      for (const name of Object.keys(contextsOf(refused.body)))
        assert.match(name, /^(?:notificationCondition|actions)\b/);
    }
    const contexts: [code: string, body: unknown, contexts: object][] = [
      ['invalidUsageTarget', targets('%= 80', '%= 0'), { 'notificationCondition.3.value': '%= 0' }],
      ['ratePlanRequired', having(usageTarget), { notificationCondition: 'RATEPLAN' }],
      ['ratePlanDoesNotExist', conditionOf([hook], ['%= 80'], 'no'), { 'notificationCondition.0.value': 'no' }],
      ['webhookDoesNotExist', conditionOf([hook, unknownId]), { 'actions.1.value': unknownId }],
      ['webhookRequired', conditionOf([]), { actions: '' }],
    ];
    for (const [code, body, named] of contexts) assertMint(await create(body), 400, code, named);
    assert.equal(await client.count('conditions'), 1);
    assert.deepEqual((await client.call(`${path}/${kept.body.id}`)).body, kept.body);
  });

  test('actions show the address of their webhook while it exists, and usage targets are answered as they were sent', async () => {
    const second = await client.webhook('/second');
    const sent = conditionOf([hook.toUpperCase(), second], ['%= 80 TO 120 BY 10', ' %=  5 ']);
    const created = await create({
      ...sent,
      actions: sent.actions.map((action) => ({ ...action, postURL: 'http://other.example/', templateId: 'x' })),
    });
    assert.equal(created.status, 200, created.text);
    assert.deepEqual(withoutIds(created.body), sent);
    const addressesOf = ({ actions }: Answer) => actions.map((action) => action.postURL);
    const { url } = client.receiver;
    assert.deepEqual(addressesOf(created.body), [`${url}/hook`, `${url}/second`]);
    assert.equal((await client.call(`/webhooks/${second}`, { method: 'DELETE' })).status, 204);
    const single = (await client.call(`${path}/${created.body.id}`)).body;
    assert.deepEqual(addressesOf(single), [`${url}/hook`, undefined]);
    assert.ok(!('postURL' in single.actions[1]));
    assert.deepEqual((await client.call(path)).body.notificationConditions, [single]);
    await client.call(`/webhooks/${hook}`, { method: 'PUT', body: { postURL: `${url}/moved` } });
    const replaced = await put(created.body.id, conditionOf([hook], ['%= 80 to 90']));
    assert.deepEqual(addressesOf(replaced.body), [`${url}/moved`]);
  });

  test('the conditions of a plan may cause 4,000 callbacks together', async () => {
    const hooks = [hook];
    while (hooks.length < 20) hooks.push(await client.webhook('/hook'));
    const largest = await create(conditionOf(hooks, ['%= 1 to 199 by 1']));
    assert.equal(largest.status, 200, largest.text);
    const second = await create(conditionOf(hooks, ['%= 300']));
    assert.equal(second.status, 200, second.text);
    const contexts = { ratePlan: plan, limit: '4000' };
    assertMint(await create(conditionOf([hook], ['%= 300'])), 409, 'limitReached', contexts);
    assertMint(await put(second.body.id, conditionOf(hooks, ['%= 300', '%= 301'])), 409, 'limitReached', contexts);
    assert.equal(await client.count('conditions'), 2);
    assert.equal((await put(largest.body.id, conditionOf(hooks, ['%= 1 to 198 by 1']))).status, 200);
    assert.equal((await put(second.body.id, conditionOf(hooks, ['%= 300', '%= 301']))).status, 200);
  });

  test('malformed conditions are refused with their fields', async () => {
    const good = conditionOf([hook]);
    const cases: [unknown, string[]][] = [
      [{}, ['notificationCondition', 'actions']],
      [{ ...good, actions: {} }, ['actions']],
      [{ ...good, actions: [{ actionAttribute: 'WEBHOOK' }] }, ['actions.0.value']],
      [{ ...good, notificationCondition: [{ attribute: 1, value: 2 }] }, fieldsOf('attribute', 'value')],
    ];
    for (const [body, fields] of cases) assertBadFields(await create(body), fields, JSON.stringify(body));
    assert.equal(await client.count('conditions'), 0);
  });

  test('a condition may have the maximum of thresholds and webhooks, and PUBLISHED may be omitted or FALSE', async () => {
    const hooks = [];
    for (let index = 0; index < 20; index += 1) hooks.push(await client.webhook(`/hook${index}`));
    assert.equal((await create(conditionOf(hooks, ['%= 1 to 200 by 1', '%= 100 to 200']))).status, 200);
    await client.catalog.plan('payments', 'Draft', { published: false, ratePlanDetails: [adjustable()] });
    const draft = conditionOf([hook], ['%= 80'], 'payments_draft');
    const [ratePlan, , usageTarget] = draft.notificationCondition;
    assert.equal((await create({ ...draft, notificationCondition: [ratePlan, usageTarget] })).status, 200);
    const published = { attribute: 'PUBLISHED', value: 'FALSE' };
    assert.equal((await create({ ...draft, notificationCondition: [ratePlan, published, usageTarget] })).status, 200);
  });

  test("the documentation's sample is refused as printed, with the position of its JSON error, and accepted when corrected", async () => {
    const printed = `{ "notificationCondition": [ { "attribute": "RATEPLAN", "value": "${plan}" }, { "attribute": "PUBLISHED", "value": "TRUE" }, { "attribute": "UsageTarget", "value": "%= 80 to 120 by 10" } } ], "actions": [{ "actionAttribute": "WEBHOOK", "value": "${hook}", }] }`;
    const refused = await client.call(path, { body: printed });
    const position = printed.indexOf('} } ]') + 2;
    assertMint(refused, 400, 'malformedJson', { position: String(position), line: '1', column: String(position + 1) });
    const withoutBrace = printed.replace('} } ]', '} ]');
    const comma = withoutBrace.indexOf(', }]') + 2;
    assertMint(await client.call(path, { body: withoutBrace }), 400, 'malformedJson', {
      position: String(comma),
      line: '1',
      column: String(comma + 1),
    });
    const mended = await client.call(path, { body: withoutBrace.replace(', }]', ' }]') });
    assert.equal(mended.status, 200, mended.text);
    assert.deepEqual(withoutIds(mended.body), conditionOf([hook]));
  });

  test('conditions of another organization do not exist, and do not fire for its plan of the same name', async () => {
    const id = await client.notify([hook]);
    const other = await client.as('other-org');
    assertMissing(await other.call(`${path}/${id}`), 'NotificationCondition', id);
    assertMissing(await other.call(`${path}/${id}`, { method: 'DELETE' }), 'NotificationCondition', id);
    const body = conditionOf([hook]);
    assertMissing(await other.call(`${path}/${id}`, { method: 'PUT', body }), 'NotificationCondition', id);
    assert.deepEqual((await other.call(path)).body, { totalRecords: 0, notificationConditions: [] });
    assertMint(await other.call(path, { body }), 400, 'ratePlanDoesNotExist');

    await other.catalog.developer('ntesla@example.com');
    await other.catalog.product('payment');
    await other.catalog.package('Payments', ['payment']);
    await other.catalog.plan('payments', 'Gold');
    const theirs = await other.subscribe();
    assert.equal((await other.use(100)).status, 201);
    assert.deepEqual(await client.counters(theirs), { 0: 100 });
    assert.equal((await client.count('firings')) + (await client.count('movements')), 0);
  });

  test('conditions change while usage flows: every count is kept, and the last change wins', async () => {
    await client.subscribe({ quotaTarget: 1000 });
    const id = await client.notify([hook], ['%= 1 to 90 by 1']);
    const second = await client.webhook('/second');
    let isFlowing = true;
    const changing = (async () => {
      for (let round = 0; isFlowing; round += 1) {
        const answer = await put(id, conditionOf(round % 2 === 0 ? [hook] : [hook, second], ['%= 1 to 90 by 1']));
        assert.equal(answer.status, 200, answer.text);
        const extra = await client.notify([second], ['%= 1 to 100 by 3']);
        assert.equal((await remove(extra)).status, 204);
      }
    })();
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 25; call += 1) assert.equal((await client.use(4)).status, 201);
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    isFlowing = false;
    await changing;
    await settled();
    assert.deepEqual(
      percents(await client.callbacks('/hook', 80)),
      Array.from({ length: 80 }, (_, index) => index + 1),
    );
    assert.equal(new Set(percents(await secondCallbacks())).size, client.received('/second').length);
    assert.equal((await remove(id)).status, 204);
    assert.equal((await client.use(150)).status, 201);
    await settled();
    assert.equal(await client.count('firings'), 80 + client.received('/second').length);

    async function settled(): Promise<void> {
      await eventually(async () => (await client.count('movements')) === 0);
    }

    async function secondCallbacks() {
      return client.callbacks('/second', (await client.count('firings')) - 80);
    }
  });
});

const fieldsOf = (...names: string[]): string[] => names.map((name) => `notificationCondition.0.${name}`);

const contextsOf = ({ contexts }: { contexts: { name: string; value: string }[] }) =>
  Object.fromEntries(contexts.map(({ name, value }) => [name, value]));
