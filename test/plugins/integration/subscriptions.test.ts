import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import {
  assertBadFields,
  assertMint,
  assertMissing,
  type CatalogClient,
  organizationOf,
  startCatalog,
  today,
} from './catalog-client.ts';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';

onEveryEngine('subscriptions', ({ serverUrl }) => {
  let client: CatalogClient;
  let count = 0;
  /** Each test has its own developer. */
  let email: string;

  before(async () => {
    client = await startCatalog(serverUrl);
    await client.product('weather');
    await client.package('Location', ['weather']);
    await client.plan('location', 'open');
    await client.plan('location', 'bounded', { startDate: '2026-03-05 06:00:00', endDate: '2026-04-01' });
    await client.plan('location', 'draft', { published: false });
    await client.plan('location', 'card', { ratePlanDetails: [{ type: 'RATECARD' }] });
  });
  beforeEach(async () => {
    count += 1;
    email = `developer${count}@example.com`;
    await client.developer(email);
  });
  after(() => client.close());

  const of = (path: string, request?: object) =>
    client.mint(`/developers/${email}/developer-rateplans${path}`, request);
  const put = (id: string, body: unknown) => of(`/${id}`, { method: 'PUT', body });
  const accepted = (query = '?all=true') => client.mint(`/developers/${email}/developer-accepted-rateplans${query}`);
  const stored = async () => (await accepted()).body.developerRatePlan;
  const subscribe = async (planId: string, more?: object) => {
    const answer = await client.subscribe(email, planId, more);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  };

  test('subscriptions are answered as they were created, with dates in UTC', async () => {
    const body = await subscribe('location_open', { endDate: '2026-03-31 23:59:59', waiveFees: true });
    const { id, created, ...rest } = body;
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    assert.match(created, /^2026-03-10 12:\d\d:\d\d$/);
    assert.deepEqual(rest, {
      developer: {
        ...{ id: email, email, name: 'Nikola Tesla', firstName: 'Nikola', lastName: 'Tesla', companyName: '' },
        ...{ billingType: 'PREPAID', broker: false, hasSelfBilling: false, type: 'UNTRUSTED' },
        ...{ customAttributes: [], isCompany: false, status: 'ACTIVE', organization: organizationOf('myorg') },
      },
      ratePlan: (await client.mint('/monetization-packages/location/rate-plans/location_open')).body,
      startDate: `${today} 00:00:00`,
      endDate: '2026-03-31 00:00:00',
      quotaTarget: 1000,
      updated: created,
      nextCycleStartDate: '2026-04-10 00:00:00',
      usageCount: 0,
      usagePercent: 0,
      usageResetDate: '2026-04-10 00:00:00',
      usageThresholds: [],
    });
    for (const spelling of [id, id.toUpperCase()]) assert.deepEqual((await of(`/${spelling}`)).body, body);
    const other = `/developers/${email.toUpperCase()}/developer-rateplans/${id}`;
    assert.deepEqual((await client.mint(other)).body, body);
  });

  test('subscriptions are open-ended without an end, and accept a target as text and parameters about fees', async () => {
    const body = { ratePlan: { id: 'location_open' }, startDate: today, quotaTarget: '0', endDate: null };
    const answer = await of('?waivefees=true', { body: { ...body, developer: { id: email.toUpperCase() } } });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.body.quotaTarget, 0);
    assert.ok(!('endDate' in answer.body));
  });

  test('the target is 0 by default on every kind of plan', async () => {
    for (const planId of ['location_open', 'location_card'])
      assert.equal((await subscribe(planId, { quotaTarget: undefined })).quotaTarget, 0);
  });

  test('a subscription ends with the day of its endDate, which may be the day of its start', async () => {
    const plain = { startDate: `${today} 13:00:00`, quotaTarget: 10 };
    const { id, endDate } = await subscribe('location_open', { ...plain, endDate: today });
    assert.equal(endDate, `${today} 00:00:00`);
    client.gateway.clock.set(new Date(`${today}T13:00:00Z`));
    const use = () =>
      client.mint('/transactions', { body: { developer: { id: email }, product: { id: 'weather' }, batchSize: 1 } });
    await use();
    client.gateway.clock.set(new Date(`${today}T23:59:59Z`));
    await use();
    assert.deepEqual((await of(`/${id}/usage`)).body.usageResetDate, '2026-04-10 13:00:00');
    client.gateway.clock.set(new Date('2026-03-11T00:00:00Z'));
    await use();
    const { usageCount, usageResetDate } = (await of(`/${id}`)).body;
    assert.deepEqual([usageCount, usageResetDate], [2, null]);
    await subscribe('location_open', { startDate: '2026-03-11' });
    client.gateway.clock.set(new Date(`${today}T12:00:00Z`));
  });

  test('wrong subscriptions are refused with every field, and not stored', async () => {
    assertBadFields(await of('', { body: {} }), ['ratePlan', 'startDate']);
    for (const [change, ...fields] of [
      [{ quotaTarget: -1 }, 'quotaTarget'],
      [{ quotaTarget: 1.5 }, 'quotaTarget'],
      [{ quotaTarget: 'many' }, 'quotaTarget'],
      [{ quotaTarget: 1e13 }, 'quotaTarget'],
      [{ startDate: 'today', endDate: '2026-13-01' }, 'startDate', 'endDate'],
      [{ startDate: null }, 'startDate'],
      [{ ratePlan: 'location_open' }, 'ratePlan'],
      [{ ratePlan: {} }, 'ratePlan.id'],
      [{ developer: {} }, 'developer.id'],
    ] as const)
      assertBadFields(await client.subscribe(email, 'location_open', change), fields, JSON.stringify(change));
    assert.deepEqual(await stored(), []);
  });

  test('the developer and the plan must exist, and the developer must be the developer in the path', async () => {
    assertMissing(await client.subscribe('nobody@example.com', 'location_open'), 'Developer', 'nobody@example.com');
    for (const planId of ['nothing', 'LOCATION_OPEN', 'location_open '])
      assertMissing(await client.subscribe(email, planId), 'RatePlan', planId);
    const other = { developer: { id: 'developer0@example.com' } };
    assertMint(await client.subscribe(email, 'location_open', other), 400, 'developerIdMismatch', {
      'developer.id': 'developer0@example.com',
    });
    assert.deepEqual(await stored(), []);
  });

  test('the plan must be published', async () => {
    assertMint(await client.subscribe(email, 'location_draft'), 400, 'ratePlanNotPublished', {
      ratePlanId: 'location_draft',
    });
    assert.deepEqual(await stored(), []);
  });

  test('the start must be today or later, compared by days in UTC', async () => {
    for (const [now, startDate, isGood] of [
      ['2026-03-10T23:59:59Z', '2026-03-10', true],
      ['2026-03-10T23:59:59Z', '2026-03-09 23:59:59', false],
      ['2026-03-11T00:00:00Z', '2026-03-10 23:59:59', false],
      ['2026-03-11T00:00:00Z', '2026-03-11', true],
    ] as const) {
      client.gateway.clock.set(new Date(now));
      const answer = await client.subscribe(email, 'location_open', {
        startDate,
        endDate: `${startDate.slice(0, 8)}11 00:00:01`,
      });
      if (isGood) assert.equal(answer.status, 201, answer.text);
      else assertMint(answer, 400, 'startDateEarlierThanToday', { startDate: startDate.padEnd(19, ' 00:00:00') });
      if (isGood) await put(answer.body.id, { endDate: startDate });
    }
    client.gateway.clock.set(new Date(`${today}T12:00:00Z`));
    assert.equal((await stored()).length, 2);
  });

  test('a subscription must lie within its plan', async () => {
    client.gateway.clock.set(new Date('2026-03-01T12:00:00Z'));
    for (const [change, code] of [
      [{ startDate: '2026-03-05 05:59:59' }, 'startDateEarlierThanPlanStartDate'],
      [{ startDate: '2026-04-01' }, 'startDateLaterThanPlanEndDate'],
      [{ startDate: '2026-03-20', endDate: '2026-03-19' }, 'endDateEarlierThanStart'],
      [{ startDate: '2026-03-20', endDate: '2026-04-02' }, 'endDateLaterThanPlanEndDate'],
    ] as const)
      assertMint(await client.subscribe(email, 'location_bounded', change), 400, code);
    assert.deepEqual(await stored(), []);
    await subscribe('location_bounded', { startDate: '2026-03-05 06:00:00', endDate: '2026-03-06' });
    await subscribe('location_bounded', { startDate: '2026-03-31 23:59:59', endDate: '2026-04-01 23:59:59' });
    client.gateway.clock.set(new Date(`${today}T12:00:00Z`));
  });

  test('subscriptions of a developer to one plan do not overlap', async () => {
    await subscribe('location_open', { startDate: '2026-04-01', endDate: '2026-05-01' });
    const conflicting = { developerId: email, ratePlanId: 'location_open' };
    for (const [startDate, endDate] of [
      ['2026-04-10', '2026-04-20'],
      ['2026-03-20', '2026-04-01'],
      ['2026-05-01 23:59:59', null],
      ['2026-03-20', null],
    ])
      assertMint(
        await client.subscribe(email, 'location_open', { startDate, endDate }),
        409,
        'developerAlreadyActiveOnRatePlan',
        conflicting,
      );
    assert.equal((await stored()).length, 1);
    await subscribe('location_open', { startDate: '2026-03-20', endDate: '2026-03-31' });
    await subscribe('location_open', { startDate: '2026-05-02' });
    await subscribe('location_card', { startDate: '2026-04-10' });
    const late = await client.subscribe(email, 'location_open', { startDate: '2030-01-01' });
    assertMint(late, 409, 'developerAlreadyActiveOnRatePlan', conflicting);
  });

  test('only the target and the end can be changed', async () => {
    const before = await subscribe('location_open', { startDate: '2026-04-01', endDate: '2026-05-01' });
    const next = await subscribe('location_open', { startDate: '2026-06-01' });
    client.gateway.clock.advance(60_000);
    const change = {
      quotaTarget: '2000',
      endDate: '2026-05-31 12:00:00',
      startDate: '2026-01-01',
      ratePlan: { id: 'other' },
    };
    const { status, body } = await put(before.id, change);
    const expected = { ...before, quotaTarget: 2000, endDate: '2026-05-31 00:00:00', updated: body.updated };
    assert.deepEqual([status, body], [200, expected]);
    assert.ok(body.updated > before.updated);
    assert.deepEqual((await of(`/${before.id}`)).body, body);
    assertMint(await put(before.id, { endDate: '2026-06-01' }), 409, 'developerAlreadyActiveOnRatePlan');
    assertMint(await put(before.id, { endDate: null }), 409, 'developerAlreadyActiveOnRatePlan');
    assertMint(await put(before.id, { endDate: '2026-03-31' }), 400, 'endDateEarlierThanStart', {
      startDate: '2026-04-01 00:00:00',
      endDate: '2026-03-31 00:00:00',
    });
    assertBadFields(await put(before.id, { quotaTarget: -5, endDate: 'never' }), ['quotaTarget', 'endDate']);
    assert.deepEqual((await of(`/${before.id}`)).body, body);
    assert.equal((await put(next.id, { endDate: '2026-07-01' })).body.endDate, '2026-07-01 00:00:00');
    assert.ok(!('endDate' in (await put(next.id, { endDate: null })).body));
    assert.equal((await put(next.id, { quotaTarget: 0 })).body.quotaTarget, 0);
    const bounded = await subscribe('location_bounded');
    assertMint(await put(bounded.id, { endDate: '2026-04-02' }), 400, 'endDateLaterThanPlanEndDate');
  });

  test('a subscription that does not exist or belongs to another developer is 404', async () => {
    const { id } = await subscribe('location_open');
    await client.developer(`other-${email}`);
    for (const path of [unknownId, 'nothing', `${id}%20`]) {
      const wanted = decodeURIComponent(path);
      assertMissing(await of(`/${path}`), 'DeveloperRatePlan', wanted);
      assertMissing(await put(path, { quotaTarget: 1 }), 'DeveloperRatePlan', wanted);
    }
    for (const request of [{}, { method: 'PUT', body: { quotaTarget: 1 } }])
      assertMissing(
        await client.mint(`/developers/other-${email}/developer-rateplans/${id}`, request),
        'DeveloperRatePlan',
        id,
      );
    assertMissing(await client.mint(`/developers/${email}%20/developer-rateplans/${id}`), 'DeveloperRatePlan', id);
    assert.equal((await stored())[0].quotaTarget, 1000);
  });

  test('accepted plans are listed as subscriptions, newest first', async () => {
    const ids: string[] = [];
    for (const month of ['04', '05', '06']) {
      const made = await subscribe('location_open', { startDate: `2026-${month}-01`, endDate: `2026-${month}-02` });
      ids.unshift(made.id);
    }
    const listed = async (query: string) => {
      const { body } = await accepted(query);
      assert.deepEqual(Object.keys(body), ['developerRatePlan', 'totalRecords']);
      assert.equal(body.totalRecords, 3);
      return body.developerRatePlan.map(({ id }: { id: string }) => id);
    };
    for (const query of ['', '?all=true']) assert.deepEqual(await listed(query), ids);
    assert.deepEqual(await listed('?size=2&page=2'), ids.slice(2));
    assert.deepEqual((await stored())[0], (await of(`/${ids[0]}`)).body);
  });

  test('concurrent creations do not overlap', async () => {
    for (let round = 1; round <= 6; round += 1) {
      const day = { startDate: `2026-05-0${round}`, endDate: `2026-05-0${round}` };
      const answers = await Promise.all(Array.from({ length: 8 }, () => client.subscribe(email, 'location_open', day)));
      const refused = answers.filter(({ status }) => status !== 201);
      assert.equal(refused.length, 7, answers.map(({ status }) => status).join());
      for (const answer of refused) assertMint(answer, 409, 'developerAlreadyActiveOnRatePlan');
    }
    assert.equal((await stored()).length, 6);
  });

  test('concurrent extensions do not overlap', async () => {
    const first = await subscribe('location_open', { startDate: '2026-04-01', endDate: '2026-04-02' });
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => put(first.id, { endDate: '2026-06-01' })),
      ...Array.from({ length: 4 }, () => client.subscribe(email, 'location_open', { startDate: '2026-05-01' })),
    ]);
    const subscriptions = await stored();
    const prolonged = subscriptions.find(({ id }: { id: string }) => id === first.id).endDate.startsWith('2026-06');
    assert.equal(subscriptions.length, prolonged ? 1 : 2);
    assert.deepEqual(
      answers.map(({ status }) => status < 300),
      answers.map((_, index) =>
        prolonged ? index < 4 : subscriptions.some(({ id }: { id: string }) => id === answers[index]?.body.id),
      ),
    );
  });

  test('a developer who is being deleted cannot be subscribed', async () => {
    for (let round = 0; round < 10; round += 1) {
      const racing = `racing${round}@example.com`;
      await client.developer(racing);
      const [made, removed] = await Promise.all([
        client.subscribe(racing, 'location_open'),
        client.management(`/developers/${racing}`, { method: 'DELETE' }),
      ]);
      assert.deepEqual(made.status === 201 ? [201, 409] : [404, 200], [made.status, removed.status], made.text);
    }
  });
});
