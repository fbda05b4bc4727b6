import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import {
  adjustable,
  assertBadFields,
  assertMint,
  assertMissing,
  type CatalogClient,
  startCatalog,
  today,
} from './catalog-client.ts';

onEveryEngine('revisions of rate plans', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
    await client.product('weather');
    await client.package('Location', ['weather']);
  });
  after(() => client.close());

  const plans = (path = '', request?: object) =>
    client.mint(`/monetization-packages/location/rate-plans${path}`, request);
  const read = async (id: string) => (await plans(`/${id}`)).body;
  const put = (id: string, body: unknown) => plans(`/${id}`, { method: 'PUT', body });
  const revise = (id: string, body: unknown) => plans(`/${id}/revision`, { body });

  test('a published revision is a copy with its changes; its parent ends when it starts, and keeps its developers', async () => {
    const parent = await client.plan('location', 'gold', { description: 'first', endDate: '2027-01-01', setUpFee: 5 });
    await client.developer('joe@example.com');
    const subscription = await client.subscribe('joe@example.com', 'location_gold', { endDate: '2026-12-01' });
    const change = { startDate: '2026-06-01', published: true, description: 'second', setUpFee: 6.5 };
    const { status, body, text } = await revise('location_gold', { ...parent, endDate: undefined, ...change });
    assert.equal(status, 200, text);
    const { endDate: _, ...open } = parent;
    assert.deepEqual(body, {
      ...open,
      ...change,
      id: 'location_gold_2',
      startDate: '2026-06-01 00:00:00',
      parentRatePlan: { ...parent, endDate: '2026-06-01 00:00:00' },
    });
    const ended = { ...parent, endDate: '2026-06-01 00:00:00' };
    assert.deepEqual(await read('location_gold'), ended);
    assert.deepEqual((await read('location_gold_2')).parentRatePlan, ended);
    const path = `/developers/joe@example.com/developer-rateplans/${subscription.body.id}`;
    const kept = (await client.mint(path)).body;
    assert.deepEqual([kept.ratePlan.id, kept.endDate], ['location_gold', '2026-12-01 00:00:00']);
    assert.equal(
      (await client.subscribe('joe@example.com', 'location_gold_2', { startDate: '2026-06-01' })).status,
      201,
    );

    const third = await revise('location_gold_2', { startDate: '2026-07-01', published: true });
    assert.deepEqual([third.body.id, third.body.parentRatePlan.id], ['location_gold_3', 'location_gold_2']);
    assert.equal(third.body.parentRatePlan.parentRatePlan, undefined);
    assert.deepEqual([third.body.description, third.body.setUpFee], ['second', 6.5]);
  });

  test('a draft of a revision ends nothing until it is published', async () => {
    const parent = await client.plan('location', 'silver');
    const draft = (await revise('location_silver', { startDate: '2026-05-01', ratePlanDetails: [] })).body;
    assert.deepEqual([draft.published, draft.ratePlanDetails], [false, []]);
    assert.deepEqual(await read('location_silver'), parent);
    assertMint(await put(draft.id, { startDate: '2026-01-01' }), 400, 'startDateNotLaterThanParentStartDate', {
      startDate: '2026-01-01 00:00:00',
      parentStartDate: '2026-01-01 00:00:00',
    });
    const published = await put(draft.id, { published: true, startDate: '2026-05-02' });
    assert.equal(published.body.parentRatePlan.endDate, '2026-05-02 00:00:00');
    assert.deepEqual(await read('location_silver'), { ...parent, endDate: '2026-05-02 00:00:00' });
    const again = (await revise('location_silver', { startDate: '2026-06-01', published: true })).body;
    assert.equal(again.id, 'location_silver_3');
    assert.equal((await read('location_silver')).endDate, '2026-05-02 00:00:00', 'the earlier end stays');
    const unwanted = (await revise('location_silver', { id: 'unwanted', startDate: '2026-06-01' })).body;
    assert.equal((await plans(`/${unwanted.id}`, { method: 'DELETE' })).status, 204);
  });

  test('only published plans have revisions, which start later', async () => {
    await client.plan('location', 'bronze');
    await client.plan('location', 'sketch', { published: false });
    assertMint(await revise('location_sketch', { startDate: '2026-06-01' }), 400, 'ratePlanNotPublished', {
      ratePlanId: 'location_sketch',
    });
    for (const startDate of ['2026-01-01', '2025-12-31'])
      assertMint(await revise('location_bronze', { startDate }), 400, 'startDateNotLaterThanParentStartDate');
    const reversed = { startDate: '2026-06-01', endDate: '2026-05-01' };
    assertMint(await revise('location_bronze', reversed), 400, 'endDateEarlierThanStart');
    assertBadFields(await revise('location_bronze', {}), ['startDate']);
    const wrong = { startDate: '2026-06-01', ratePlanDetails: [adjustable({ duration: 25 })] };
    assertBadFields(await revise('location_bronze', wrong), ['ratePlanDetails.0.duration']);
    assertMissing(await revise('location_nothing', { startDate: '2026-06-01' }), 'RatePlan', 'location_nothing');
    assertMint(
      await revise('location_bronze', { startDate: '2026-06-01', id: 'location_sketch' }),
      409,
      'resourceAlreadyExists',
    );
    const thief = await client.as('thief');
    const path = '/monetization-packages/location/rate-plans/location_bronze/revision';
    assertMissing(await thief.mint(path, { body: { startDate: '2026-06-01' } }), 'RatePlan', 'location_bronze');
    assert.equal((await read('location_bronze')).endDate, undefined);
  });

  test('concurrent revisions have ids of their own', async () => {
    await client.plan('location', 'busy');
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => revise('location_busy', { startDate: `2026-06-0${index + 1}` })),
    );
    const ids = answers.map(({ body }) => body.id).toSorted();
    assert.deepEqual(
      ids,
      ['2', '3', '4', '5', '6', '7'].map((number) => `location_busy_${number}`),
    );
  });

  test('a plan may have the id that its creator gives it, in the organization once', async () => {
    const given = { id: '123456', name: 'By number', startDate: today };
    const { status, body } = await plans('', { body: given });
    assert.deepEqual([status, body.id, body.name], [201, '123456', 'By number']);
    assert.deepEqual(await read('123456'), body);
    assert.deepEqual((await client.mint('/rate-plans/123456')).body, body);
    await client.package('Other');
    const clash = await client.mint('/monetization-packages/other/rate-plans', { body: given });
    assertMint(clash, 409, 'resourceAlreadyExists', { type: 'RatePlan', id: '123456' });
    for (const [id, name] of [
      [null, 'null id'],
      ['', 'empty id'],
    ])
      assert.equal((await plans('', { body: { id, name } })).body.id, `location_${name?.replace(' ', '_')}`);
    for (const id of ['a/b', ' a', '..', 'x'.repeat(191), 5])
      assertBadFields(await plans('', { body: { id, name: 'bad' } }), ['id']);
    const thief = await client.as('thief');
    for (const request of [{}, { method: 'DELETE' }])
      assertMissing(await thief.mint('/rate-plans/123456', request), 'RatePlan', '123456');
    assert.equal((await client.mint('/rate-plans/123456', { method: 'DELETE' })).status, 204);
    assertMissing(await client.mint('/rate-plans/123456'), 'RatePlan', '123456');
    const published = await client.mint('/rate-plans/location_gold', { method: 'DELETE' });
    assertMint(published, 409, 'publishedRatePlanCannotBeDeleted');
  });
});
