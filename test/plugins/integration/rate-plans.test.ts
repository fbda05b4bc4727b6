import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import {
  adjustable,
  assertBadFields,
  assertMint,
  assertMissing,
  type CatalogClient,
  organizationOf,
  packagedProduct,
  planDefaults,
  startCatalog,
  today,
} from './catalog-client.ts';

onEveryEngine('rate plans', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
    await client.product('weather');
    await client.package('Location', ['weather']);
  });
  after(() => client.close());

  const plans = (path = '', request?: object) =>
    client.mint(`/monetization-packages/location/rate-plans${path}`, request);
  const post = (body: unknown) => plans('', { body });
  const put = (id: string, body: unknown) => plans(`/${id}`, { method: 'PUT', body });
  const location = () => ({
    ...{ id: 'location', name: 'Location', displayName: 'Location', description: '', status: 'CREATED' },
    organization: organizationOf(client.organization),
    product: [packagedProduct('weather', client.organization)],
  });
  const all = async () => (await client.mint('/rate-plans?all=true')).body;

  test('plans are answered as they were created, with dates in UTC', async () => {
    const given = {
      name: 'Adjustable Notification',
      displayName: 'Adjustable',
      type: 'STANDARD',
      published: true,
      startDate: '2026-01-31 23:59:59',
      endDate: '2028-02-29',
      ratePlanDetails: [adjustable({ duration: 24, currency: { id: 'usd' } })],
    };
    const kept = { advance: 'false', description: 'x', isPrivate: false, currency: { id: 'usd' }, setUpFee: 0.5 };
    const { status, body } = await post({ ...given, ...kept, colour: 'red', organization: { id: 'other' } });
    assert.equal(status, 201);
    assert.deepEqual(body, {
      ...planDefaults,
      ...given,
      ...kept,
      advance: false,
      id: 'location_adjustable_notification',
      endDate: '2028-02-29 00:00:00',
      monetizationPackage: location(),
      organization: organizationOf(client.organization),
    });
    assert.deepEqual((await plans('/location_adjustable_notification')).body, body);
  });

  test('plans start today by default, as open-ended drafts of no special kind', async () => {
    const { body } = await post({ name: 'Plain' });
    assert.deepEqual(body, {
      ...planDefaults,
      id: 'location_plain',
      name: 'Plain',
      displayName: 'Plain',
      type: 'STANDARD',
      published: false,
      startDate: `${today} 00:00:00`,
      monetizationPackage: location(),
      organization: organizationOf(client.organization),
      ratePlanDetails: [],
    });
  });

  test('numbers and booleans that were sent as text are answered as numbers and booleans, and details of other kinds are kept unchanged', async () => {
    const texts = await client.plan('location', 'texts', {
      published: 'true',
      ratePlanDetails: [adjustable({ duration: '3' })],
    });
    assert.equal(texts.published, true);
    const currency = { id: 'usd', name: 'USD' };
    assert.deepEqual(texts.ratePlanDetails, [adjustable({ duration: 3, currency })]);
    const details = [
      { type: 'RATECARD', meteringType: 'UNIT', duration: 99, ratePlanRates: [{ rate: 1 }] },
      { type: 'REVSHARE' },
    ];
    const card = await client.plan('location', 'rate card', { ratePlanDetails: details });
    assert.deepEqual(
      card.ratePlanDetails,
      details.map((detail) => ({ ...detail, currency })),
    );
  });

  test('wrong plans are refused with every field, and not stored', async () => {
    const before = await all();
    assertBadFields(await post({}), ['name']);
    for (const [change, ...fields] of [
      [{ name: 'a/b' }, 'name'],
      [{ name: 'x'.repeat(121) }, 'name'],
      [{ displayName: '' }, 'displayName'],
      [{ type: 'x'.repeat(65) }, 'type'],
      [
        { published: 'maybe', startDate: '2026-02-30', endDate: '2026-01-01T00:00:00Z' },
        'published',
        'startDate',
        'endDate',
      ],
      [{ startDate: null }, 'startDate'],
      [{ ratePlanDetails: [1] }, 'ratePlanDetails.0'],
      [{ description: 'x'.repeat(60_000) }, 'body'],
    ] as const)
      assertBadFields(await post({ name: 'bad', ...change }), fields, JSON.stringify(change).slice(0, 100));
    for (const [change, field] of [
      [{ duration: 0 }, '0.duration'],
      [{ duration: 25 }, '0.duration'],
      [{ duration: 1.5 }, '0.duration'],
      [{ duration: undefined }, '0.duration'],
      [{ durationType: 'WEEK' }, '0.durationType'],
      [{ meteringType: 'UNIT' }, '0.meteringType'],
      [{ type: 'RATECARD' }, '0.type'],
      [{ ratingParameter: 'bytes' }, '0.ratingParameter'],
    ] as const) {
      const answer = await post({ name: 'bad', ratePlanDetails: [adjustable(change)] });
      assertBadFields(answer, [`ratePlanDetails.${field}`], JSON.stringify(change));
    }
    assertBadFields(await post({ name: 'bad', ratePlanDetails: [adjustable(), adjustable()] }), ['ratePlanDetails']);
    for (const endDate of ['2026-01-01', '2025-12-31 23:59:59']) {
      assertMint(await post({ name: 'bad', startDate: '2026-01-01', endDate }), 400, 'endDateEarlierThanStart', {
        startDate: '2026-01-01 00:00:00',
        endDate: endDate.padEnd(19, ' 00:00:00'),
      });
    }
    assert.deepEqual(await all(), before);
  });

  test('ids of plans are unique in the organization', async () => {
    await client.package('a');
    await client.package('a_b');
    assert.equal((await client.plan('a', 'B C')).id, 'a_b_c');
    for (const [packageId, name] of [
      ['a', 'b c'],
      ['a', 'B_C'],
      ['a_b', 'C'],
    ] as const) {
      const answer = await client.mint(`/monetization-packages/${packageId}/rate-plans`, { body: { name } });
      assertMint(answer, 409, 'resourceAlreadyExists', { type: 'RatePlan', id: 'a_b_c' });
    }
    assertMissing(await client.mint('/monetization-packages/a_b/rate-plans/a_b_c'), 'RatePlan', 'a_b_c');
    assert.equal((await client.mint('/monetization-packages/a/rate-plans/a_b_c')).status, 200);
  });

  test('a missing package and a missing plan are 404', async () => {
    for (const request of [{}, { body: { name: 'x' } }])
      assertMissing(
        await client.mint('/monetization-packages/nothing/rate-plans', request),
        'MonetizationPackage',
        'nothing',
      );
    for (const path of ['/nothing', '/LOCATION_PLAIN', '/location_plain%20'])
      for (const request of [{}, { method: 'PUT', body: {} }, { method: 'DELETE' }])
        assertMissing(await plans(path, request), 'RatePlan', decodeURIComponent(path.slice(1)));
  });

  test('drafts can be changed freely', async () => {
    const draft = await client.plan('location', 'draft', { published: 'false', advance: true, endDate: '2027-01-01' });
    assert.equal(draft.published, false);
    const changed = await put('location_draft', {
      displayName: 'Changed',
      type: 'DEVELOPER',
      startDate: '2026-02-01',
      endDate: null,
      ratePlanDetails: [],
      prorate: false,
    });
    const { endDate: _, ...open } = draft;
    const expected = {
      ...open,
      displayName: 'Changed',
      type: 'DEVELOPER',
      startDate: '2026-02-01 00:00:00',
      ratePlanDetails: [],
      prorate: false,
    };
    assert.deepEqual([changed.status, changed.body], [200, expected]);
    assert.deepEqual((await plans('/location_draft')).body, expected);
    assertMint(await put('location_draft', { endDate: '2026-01-31' }), 400, 'endDateEarlierThanStart');
    assertMint(await put('location_draft', { name: 'Draft' }), 400, 'idCannotBeChanged');
    assertBadFields(await put('location_draft', { ratePlanDetails: [adjustable({ duration: 30 })] }), [
      'ratePlanDetails.0.duration',
    ]);
    assert.deepEqual((await plans('/location_draft')).body, expected);
    const published = await put('location_draft', { published: true });
    assert.deepEqual(published.body, { ...expected, published: true });
  });

  test('only the end of a published plan can be changed', async () => {
    const plan = await client.plan('location', 'published', { description: 'kept' });
    for (const change of [
      { displayName: 'x' },
      { type: 'x' },
      { published: false },
      { startDate: '2026-01-02' },
      { description: 'other' },
      { advance: true },
      { ratePlanDetails: [] },
      { ratePlanDetails: [adjustable({ duration: 2 })] },
    ]) {
      const answer = await put('location_published', { ...change, endDate: '2027-01-01' });
      assertMint(answer, 409, 'publishedRatePlanCannotBeChanged', { id: 'location_published' });
    }
    assert.deepEqual((await plans('/location_published')).body, plan);
    const ended = await put('location_published', { ...plan, endDate: '2027-01-01 12:00:00' });
    assert.deepEqual([ended.status, ended.body], [200, { ...plan, endDate: '2027-01-01 12:00:00' }]);
    assertMint(await put('location_published', { endDate: '2026-01-01' }), 400, 'endDateEarlierThanStart');
    assert.equal((await put('location_published', { endDate: '2026-01-01 00:00:01' })).status, 200);
    assert.deepEqual((await put('location_published', { endDate: null })).body, plan);
  });

  test('a published plan can be sent back as clients write it, with a new end', async () => {
    const kept = { setUpFee: 1, currency: { id: 'usd', name: 'USD' }, earlyTerminationFee: '21.4400' };
    const plan = await client.plan('location', 'sent back', kept);
    const { advance: _, isPrivate, ...rest } = plan;
    const sent = { ...rest, isPrivate: String(isPrivate), currency: { id: 'usd' }, earlyTerminationFee: 21.44 };
    const ended = await put('location_sent_back', { ...sent, endDate: '2027-01-01' });
    assert.deepEqual([ended.status, ended.body], [200, { ...plan, endDate: '2027-01-01 00:00:00' }]);
    for (const change of [{ currency: { id: 'eur' } }, { currency: { id: 'usd', name: 'x' } }, { prorate: true }])
      assertMint(await put('location_sent_back', { ...sent, ...change }), 409, 'publishedRatePlanCannotBeChanged');
    assert.deepEqual((await plans('/location_sent_back')).body, ended.body);
    const plain = await client.plan('location', 'plain sent back');
    assert.deepEqual(plain.currency, { id: 'usd', name: 'USD' });
    const path = '/monetization-packages/location/rate-plans/location_plain_sent_back';
    const reference = { id: 'location' };
    for (const more of [
      { monetizationPackage: reference },
      { currency: { id: 'usd' } },
      { organization: { id: 'myorg' } },
    ]) {
      const ratePlanDetails = [{ ...adjustable(), ratePlanRates: [], ...more }];
      const body = { ...plain, ratePlanDetails, currency: { id: 'usd' }, setUpFee: 0.0, recurringType: 'CALENDAR' };
      assert.deepEqual((await client.mint(path, { method: 'PUT', body })).body, plain);
    }
    const ratePlanDetails = [adjustable({ currency: { id: 'eur' } })];
    const other = await client.mint(path, { method: 'PUT', body: { ...plain, ratePlanDetails } });
    assertMint(other, 409, 'publishedRatePlanCannotBeChanged');
  });

  test('drafts can be deleted, published plans cannot', async () => {
    await client.plan('location', 'gone', { published: false });
    const removed = await plans('/location_gone', { method: 'DELETE' });
    assert.deepEqual([removed.status, removed.text], [204, '']);
    assertMissing(await plans('/location_gone'), 'RatePlan', 'location_gone');
    const refused = await plans('/location_published', { method: 'DELETE' });
    assertMint(refused, 409, 'publishedRatePlanCannotBeDeleted', { id: 'location_published' });
    assert.equal((await plans('/location_published')).status, 200);
  });

  test('a plan with a condition remains adjustable, and cannot be deleted', async () => {
    const { id } = await client.plan('location', 'watched', { published: false });
    const webhook = await client.mint('/webhooks', { body: { name: 'watcher', postURL: 'https://example.com/hook' } });
    assert.equal(webhook.status, 200, webhook.text);
    const condition = await client.mint('/notification-conditions', {
      body: {
        notificationCondition: [
          { attribute: 'RATEPLAN', value: id },
          { attribute: 'UsageTarget', value: '%= 80' },
        ],
        actions: [{ actionAttribute: 'WEBHOOK', value: webhook.body.id }],
      },
    });
    assert.equal(condition.status, 200, condition.text);
    const change = (body: object) => plans(`/${id}`, { method: 'PUT', body });
    const ratePlanDetails = [{ type: 'RATECARD' }];
    for (const refused of [await change({ ratePlanDetails }), await plans(`/${id}`, { method: 'DELETE' })])
      assertMint(refused, 409, 'ratePlanHasNotificationConditions', { id });
    assert.equal((await plans(`/${id}`)).body.ratePlanDetails[0].type, 'USAGE_TARGET');
    const other = [adjustable({ duration: 2, ratingParameter: 'MINT_CUSTOM_ATTRIBUTE_1' })];
    assert.equal((await change({ ratePlanDetails: other, displayName: 'Watched' })).status, 200);
    assert.equal(
      (await client.mint(`/notification-conditions/${condition.body.id}`, { method: 'DELETE' })).status,
      204,
    );
    assert.equal((await change({ ratePlanDetails })).status, 200);
    assert.equal((await plans(`/${id}`, { method: 'DELETE' })).status, 204);
  });

  test('current plans are published and not over: all that a package lists unless told otherwise', async () => {
    const other = await client.as('current-plans');
    await other.package('p');
    await other.plan('p', 'draft', { published: false });
    await other.plan('p', 'future', { startDate: '2027-01-01' });
    await other.plan('p', 'now');
    await other.plan('p', 'over', { endDate: `${today} 12:00:00` });
    const listed = async (path: string) => {
      const { body } = await other.mint(path);
      assert.equal(body.totalRecords, body.ratePlan.length);
      return body.ratePlan.map(({ name }: { name: string }) => name);
    };
    const every = ['draft', 'future', 'now', 'over'];
    await other.package('many');
    for (let number = 0; number < 21; number += 1) await other.plan('many', `m${number}`);
    assert.equal((await listed('/monetization-packages/many/rate-plans')).length, 21);
    for (const query of ['', '?current=true', '?all=true&showPrivate=true'])
      assert.deepEqual(await listed(`/monetization-packages/p/rate-plans${query}`), ['future', 'now'], query);
    assert.deepEqual(await listed('/monetization-packages/p/rate-plans?current=false'), every);
    const ofP = (names: readonly string[]) => names.filter((name) => !name.startsWith('m'));
    assert.deepEqual(ofP(await listed('/rate-plans?all=true')), every);
    assert.deepEqual(ofP(await listed('/rate-plans?all=true&current=true')), ['future', 'now']);
    assertBadFields(await other.mint('/rate-plans?current=maybe'), ['current']);
  });

  test('plans are listed by id, of one package or of all packages', async () => {
    const other = await client.as('plan-lists');
    for (const name of ['one', 'two']) {
      await other.package(name);
      for (const plan of ['b', 'a']) await other.plan(name, plan);
    }
    const listed = async (path: string) => {
      const { body } = await other.mint(path);
      assert.deepEqual(Object.keys(body), ['ratePlan', 'totalRecords']);
      return [body.totalRecords, ...body.ratePlan.map(({ id }: { id: string }) => id)];
    };
    assert.deepEqual(await listed('/monetization-packages/two/rate-plans'), [2, 'two_a', 'two_b']);
    assert.deepEqual(await listed('/monetization-packages/two/rate-plans?size=1&page=2'), [2, 'two_b']);
    assert.deepEqual(await listed('/rate-plans?showPrivate=true'), [4, 'one_a', 'one_b', 'two_a', 'two_b']);
    assert.deepEqual(await listed('/rate-plans?size=3'), [4, 'one_a', 'one_b', 'two_a']);
    const [first] = (await other.mint('/rate-plans')).body.ratePlan;
    assert.deepEqual((await other.mint('/monetization-packages/one/rate-plans/one_a')).body, first);
  });
});
