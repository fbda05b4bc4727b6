import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fillDeveloperIds } from '../../../plugins/integration/developers/fill-developer-ids.ts';
import type { TestRequest } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import {
  assertBadFields,
  assertMint,
  assertMissing,
  type Body,
  type CatalogClient,
  person,
  startCatalog,
} from './catalog-client.ts';

onEveryEngine('developers', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
  });
  after(() => client.close());

  const put = (email: string, body: object) => client.management(`/developers/${email}`, { method: 'PUT', body });
  const remove = (email: string) => client.management(`/developers/${email}`, { method: 'DELETE' });
  const total = async (): Promise<number> => (await client.management('/developers?expand=true')).body.totalRecords;

  test('developers are answered as they were created', async () => {
    const given = {
      email: 'ntesla@example.com',
      ...person,
      companyName: 'Çağrı A.Ş. 😀',
      attributes: [
        { name: 'region', value: 'north' },
        { name: 'note', value: '' },
      ],
      apps: ['weather-app', 'Ünsal'],
    };
    const { status, body } = await client.management('/developers', { body: given });
    assert.equal(status, 201);
    const { createdAt, lastModifiedAt, developerId, createdBy, lastModifiedBy, ...rest } = body;
    assert.deepEqual(rest, { ...given, organizationName: client.organization, status: 'active' });
    assert.match(developerId, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.ok(createdBy.length > 0 && createdBy === lastModifiedBy);
    assert.ok(Number.isInteger(createdAt) && new Date(createdAt).toISOString().startsWith('2026-03-10T12:0'));
    assert.equal(lastModifiedAt, createdAt);
    assert.deepEqual((await client.management(`/developers/${given.email}`)).body, body);
  });

  test('a developer needs no company, attributes or apps', async () => {
    const body = await client.developer('plain@example.com');
    assert.deepEqual([body.companyName, body.attributes, body.apps], ['', [], []]);
  });

  test('documented members are kept unchanged, others are ignored', async () => {
    const kept = {
      legalName: { any: ['shape', 1.5, null, false] },
      billingType: 'PREPAID',
      companies: [],
    };
    const own = { developerId: 'a1', status: 'inactive', createdBy: 'x', lastModifiedBy: 'x', organizationName: 'x' };
    const body = await client.developer('kept@example.com', { ...kept, shoeSize: 43, createdAt: 1, kept: 'x', ...own });
    const members =
      'email firstName lastName userName companyName attributes apps organizationName createdAt lastModifiedAt createdBy lastModifiedBy developerId status';
    assert.deepEqual(Object.keys(body).sort(), [...members.split(' '), ...Object.keys(kept)].sort());
    assert.deepEqual(body, { ...body, ...kept, status: 'active' });
    assert.ok(Object.entries(own).every(([name, value]) => body[name] !== value));
    assert.notEqual(body.createdAt, 1);
    const changed = (await put('kept@example.com', { billingType: 'POSTPAID', shoeSize: 44 })).body;
    assert.deepEqual(changed, { ...body, billingType: 'POSTPAID', lastModifiedAt: changed.lastModifiedAt });
    assert.deepEqual((await client.management('/developers/kept@example.com')).body, changed);
  });

  test('e-mail addresses are stored in lower case', async () => {
    assert.equal((await client.developer('Joe.INGILIZ@Example.com')).email, 'joe.ingiliz@example.com');
    for (const spelling of ['joe.ingiliz@example.com', 'JOE.Ingiliz@EXAMPLE.com']) {
      assert.equal((await client.management(`/developers/${spelling}`)).body.email, 'joe.ingiliz@example.com');
      const again = await client.management('/developers', { body: { email: spelling, ...person } });
      assertMint(again, 409, 'resourceAlreadyExists', { type: 'Developer', id: 'joe.ingiliz@example.com' });
    }
    assert.equal((await put('JOE.ingiliz@example.com', { email: 'Joe.ingiliz@example.com' })).status, 200);
    assert.equal((await remove('Joe.Ingiliz@example.com')).status, 200);
  });

  test('a change affects only the given fields', async () => {
    const before = await client.developer('change@example.com', { apps: ['one'], companyName: 'Old' });
    client.gateway.clock.advance(5000);
    const changed = await put('change@example.com', { lastName: 'Edison', attributes: [{ name: 'a', value: 'b' }] });
    assert.equal(changed.status, 200);
    const { lastModifiedAt, ...rest } = changed.body;
    const { lastModifiedAt: earlier, ...others } = before;
    assert.deepEqual(rest, { ...others, lastName: 'Edison', attributes: [{ name: 'a', value: 'b' }] });
    assert.ok(lastModifiedAt >= earlier + 5000);
    assert.deepEqual((await put('change@example.com', { apps: [], companyName: '' })).body.apps, []);
    const other = await put('change@example.com', { email: 'other@example.com', lastName: 'Other' });
    assertMint(other, 400, 'idCannotBeChanged');
    assert.equal((await client.management('/developers/change@example.com')).body.lastName, 'Edison');
  });

  test('incomplete and wrong developers are refused with every field, and not stored', async () => {
    const count = await total();
    const post = (body: unknown) => client.management('/developers', { body });
    assertBadFields(await post({}), ['email', 'firstName', 'lastName', 'userName']);
    for (const email of [
      '',
      'joe',
      'joe@',
      'a b@c.de',
      'joe@example.com ',
      'a/b@example.com',
      7,
      `${'a'.repeat(190)}@b.de`,
    ])
      assertBadFields(await post({ ...person, email }), ['email'], String(email));
    const email = 'bad@example.com';
    for (const [change, ...fields] of [
      [{ firstName: '' }, 'firstName'],
      [{ lastName: 'x'.repeat(191) }, 'lastName'],
      [{ userName: 'a\u0000b' }, 'userName'],
      [{ userName: '\ud800' }, 'userName'],
      [{ companyName: null }, 'companyName'],
      [{ attributes: {} }, 'attributes'],
      [{ attributes: [{ name: 'x' }] }, 'attributes.0.value'],
      [{ apps: ['ok', 5] }, 'apps.1'],
      [{ attributes: [{ name: 'x', value: 'x'.repeat(60_000) }] }, 'attributes'],
      [{ address: 'ü'.repeat(30_000) }, 'body'],
    ] as const)
      assertBadFields(await post({ email, ...person, ...change }), fields, fields.join());
    assert.equal(await total(), count);
    const kept = await put('plain@example.com', { address: 'ü'.repeat(30_000) });
    assertBadFields(kept, ['body']);
  });

  test('a developer that does not exist is 404', async () => {
    for (const email of ['nobody@example.com', 'plain@example.com%20', 'nobody', '%E2%82%AC', `${'x'.repeat(2000)}`]) {
      const id = decodeURIComponent(email);
      for (const request of [{}, { method: 'PUT', body: {} }, { method: 'DELETE' }])
        assertMissing(await client.management(`/developers/${email}`, request), 'Developer', id);
      assertMissing(await client.mint(`/developers/${email}/developer-rateplans`), 'Developer', id);
    }
  });

  test('a developer can be deleted unless the developer has or had a rate plan', async () => {
    const email = 'subscribed@example.com';
    await client.developer(email);
    await client.package('Deleting');
    await client.plan('deleting', 'plan');
    assert.equal((await client.subscribe(email, 'deleting_plan', { endDate: '2026-03-11' })).status, 201);
    client.gateway.clock.advance(5 * 24 * 3600 * 1000);
    assertMint(await remove(email), 409, 'developerHasRatePlans', { id: email });
    client.gateway.clock.advance(-5 * 24 * 3600 * 1000);
    assert.equal((await client.management(`/developers/${email}`)).status, 200);
    const free = await client.developer('free@example.com');
    const removed = await remove('free@example.com');
    assert.deepEqual([removed.status, removed.body], [200, free]);
    assertMissing(await remove('free@example.com'), 'Developer', 'free@example.com');
  });

  test('paths take the id of a developer in place of the e-mail address', async () => {
    const { email, developerId } = await client.developer('by.id@example.com');
    for (const id of [developerId, developerId.toUpperCase()])
      assert.equal((await client.management(`/developers/${id}`)).body.email, email);
    const changed = await put(developerId, { email, developerId: 'x', lastName: 'Curie' });
    assert.deepEqual([changed.status, changed.body.lastName, changed.body.developerId], [200, 'Curie', developerId]);
    assertMint(await put(developerId, { email: 'else@example.com' }), 400, 'idCannotBeChanged');
    const thief = await client.as('thief');
    assertMissing(await thief.management(`/developers/${developerId}`), 'Developer', developerId);

    await client.package('Ids');
    await client.plan('ids', 'plan');
    const subscribed = await client.subscribe(developerId, 'ids_plan');
    assert.equal(subscribed.status, 201, subscribed.text);
    const path = `/developers/${developerId}/developer-rateplans`;
    assert.equal((await client.mint(`/developers/${email}/developer-rateplans`)).body.totalRecords, 1);
    assert.equal((await client.mint(path)).body.ratePlan[0].id, 'ids_plan');
    const accepted = await client.mint(`/developers/${developerId}/developer-accepted-rateplans`);
    assert.equal(accepted.body.developerRatePlan[0].developer.id, email);
    assert.equal((await client.mint(`${path}/${subscribed.body.id}`)).status, 200);
    assert.equal((await client.mint(`${path}/${subscribed.body.id}/usage`)).status, 200);
    const target = { method: 'PUT', body: { quotaTarget: 5 } };
    assert.equal((await client.mint(`${path}/${subscribed.body.id}`, target)).body.quotaTarget, 5);
    const { body: other } = await client.management('/developers', { body: { email: 'o@example.com', ...person } });
    assertMint(
      await client.subscribe(email, 'ids_plan', { developer: { id: other.developerId } }),
      400,
      'developerIdMismatch',
    );
    assertMissing(await thief.mint(`${path}/${subscribed.body.id}`), 'Developer', developerId);
  });

  test('rows of older processes have an id at once, and paths find them by it soon', async () => {
    const { knex } = client.gateway.app.foundation.database;
    const row = {
      organization: client.organization,
      first_name: 'a',
      last_name: 'b',
      user_name: 'c',
      company_name: '',
    };
    const texts = { attributes: '[]', apps: '[]', kept: '{"status":"inactive","developerId":"a1","address":"x"}' };
    const email = 'older@example.com';
    await knex('integration_developers').insert({ email, ...row, ...texts, created_at: 1, updated_at: 1 });
    const { body } = await client.management(`/developers/${email}`);
    assert.match(body.developerId, /^[0-9a-f]{8}-[0-9a-f]{4}-8/);
    assert.deepEqual([body.status, body.address, body.createdBy], ['inactive', 'x', '']);
    await fillDeveloperIds(client.gateway.app.foundation.database);
    assert.deepEqual((await client.management(`/developers/${body.developerId}`)).body, body);
  });

  test('developers are listed by address, in pages or all at once', async () => {
    const other = await client.as('lists');
    const emails = ['b@example.com', 'a@example.com', 'd@example.com', 'c@example.com'];
    for (const email of emails) await other.developer(email);
    const listed = async (query: string) => {
      const { body } = await other.management(`/developers?expand=true${query}`);
      assert.deepEqual(Object.keys(body), ['developer', 'totalRecords']);
      assert.equal(body.totalRecords, 4);
      return body.developer.map(({ email }: { email: string }) => email[0]).join('');
    };
    assert.equal(await listed(''), 'abcd');
    assert.equal(await listed('&size=3'), 'abc');
    assert.equal(await listed('&size=3&page=2'), 'd');
    assert.equal(await listed('&size=3&page=3'), '');
    assert.equal(await listed('&size=1&page=2&all=true'), 'abcd');
    const [first] = (await other.management('/developers?expand=true')).body.developer;
    assert.deepEqual((await other.management('/developers/a@example.com')).body, first);
    assertBadFields(await other.management('/developers?size=0&page=x&all=1'), ['all', 'page', 'size']);
  });

  test('lists are complete unless a part is asked for: clients do not page an organization of their own accord', async () => {
    const { knex } = client.gateway.app.foundation.database;
    const texts = { attributes: '[]', apps: '[]', kept: '{}', first_name: 'a', last_name: 'b', user_name: 'c' };
    const emails = Array.from({ length: 1010 }, (_, index) => `d${String(index).padStart(4, '0')}@example.com`);
    const row = { organization: 'long', company_name: '', created_at: 1, updated_at: 1, ...texts };
    for (let from = 0; from < emails.length; from += 50)
      await knex('integration_developers').insert(emails.slice(from, from + 50).map((email) => ({ email, ...row })));
    const long = await client.as('long');
    assert.deepEqual((await long.management('/developers')).body, emails);
    const { developer } = (await long.management('/developers?expand=true')).body;
    assert.deepEqual(
      developer.map(({ email }: Body) => email),
      emails,
    );
  });

  test('a list whose records have more than 8 MiB of text is refused, and its parts are not', async () => {
    const { knex } = client.gateway.app.foundation.database;
    const texts = { attributes: '[]', apps: '[]', first_name: 'a', last_name: 'b', user_name: 'c', company_name: '' };
    const row = {
      organization: 'large',
      kept: `{"name":"${'x'.repeat(59_900)}"}`,
      created_at: 1,
      updated_at: 1,
      ...texts,
    };
    const emails = Array.from({ length: 600 }, (_, index) => `l${String(index).padStart(3, '0')}@example.com`);
    for (let from = 0; from < emails.length; from += 50)
      await knex('integration_developers').insert(emails.slice(from, from + 50).map((email) => ({ email, ...row })));
    const large = await client.as('large');
    for (const query of ['expand=true', 'expand=true&all=true', 'expand=true&size=1000', 'expand=true&count=1000'])
      assertMint(await large.management(`/developers?${query}`), 400, 'answerTooLarge', { limitBytes: '8388608' });
    assert.equal((await large.management('/developers')).body.length, 600);
    const { developer } = (await large.management('/developers?expand=true&count=100')).body;
    assert.equal(developer.length, 100);
  });

  test('lists begin with a key, have addresses alone unless they are expanded, and end for clients that page', async () => {
    const other = await client.as('keys');
    const emails = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.com`);
    for (const email of emails.toReversed()) await other.developer(email);
    const list = async (query: string) => (await other.management(`/developers${query}`)).body;
    assert.deepEqual(await list(''), emails);
    assert.deepEqual(await list('?expand=false&count=2'), emails.slice(0, 2));
    assert.deepEqual(await list('?startKey=C@example.com&count=2'), emails.slice(2, 4));
    assert.deepEqual(await list('?startKey=cc&format=json'), emails.slice(3));
    assert.deepEqual(await list('?startKey=x'), []);
    assert.deepEqual(await list('?startKey='), emails);
    const expanded = await list('?expand=true&startKey=b@example.com&count=3');
    assert.equal(expanded.totalRecords, 5);
    assert.deepEqual(
      expanded.developer.map(({ email }: Body) => email),
      emails.slice(1, 4),
    );
    for (const query of ['count=0', 'count=1001', 'count=x'])
      assertBadFields(await other.management(`/developers?${query}`), ['count']);
    // The loops of the PHP client: a page begins with the last key of the page before, and the last page has this key alone.
    for (const count of ['', '&count=2']) {
      const ids: string[] = await list(`?expand=false${count}`);
      const whole: Body[] = (await list(`?expand=true${count}`)).developer;
      for (let last = ids.at(-1); last !== undefined; ) {
        const [, ...next]: string[] = await list(`?expand=false&startKey=${last}${count}`);
        ids.push(...next);
        last = next.at(-1);
      }
      for (let last = whole.at(-1); last !== undefined; ) {
        const [, ...next]: Body[] = (await list(`?expand=true&startKey=${last.email}${count}`)).developer;
        whole.push(...next);
        last = next.at(-1);
      }
      assert.deepEqual(ids, emails);
      assert.deepEqual(
        whole.map(({ email }) => email),
        emails,
      );
    }
    await other.management('/developers/c@example.com/apps', { body: { name: 'mine' } });
    const owners = await list('?app=mine');
    assert.deepEqual(
      [owners.totalRecords, owners.developer[0].email, owners.developer[0].apps],
      [1, emails[2], ['mine']],
    );
    assert.deepEqual(await list('?app=none'), { developer: [], totalRecords: 0 });
  });

  test('an action sets the status without a body, and POST changes a developer', async () => {
    const email = 'status@example.com';
    const before = await client.developer(email);
    const act = (action: string, headers: Record<string, string> = {}) =>
      client.management(`/developers/${email}?action=${action}`, { method: 'POST', headers });
    const status = async () => (await client.management(`/developers/${email}`)).body.status;
    const stopped = await act('inactive', { 'Content-Type': 'application/octet-stream' });
    assert.deepEqual([stopped.status, stopped.text, await status()], [204, '', 'inactive']);
    const changed = await client.management(`/developers/${email}`, { body: { ...before, lastName: 'Curie' } });
    assert.deepEqual([changed.status, changed.body.lastName, changed.body.status], [200, 'Curie', 'inactive']);
    assert.deepEqual([(await act('active')).status, await status()], [204, 'active']);
    assertBadFields(await act('paused'), ['action']);
    assertMissing(await client.management('/developers/none?action=active', { method: 'POST' }), 'Developer', 'none');
  });

  test('attributes are listed, replaced, set and deleted, of developers, apps and keys', async () => {
    await client.developer('attributes@example.com');
    const developer = '/developers/attributes@example.com';
    await client.management(`${developer}/apps`, { body: { name: 'app' } });
    await client.management(`${developer}/apps/app/keys/create`, { body: { consumerKey: 'attributed' } });
    for (const owner of [developer, `${developer}/apps/app`, `${developer}/apps/app/keys/attributed`]) {
      const call = async (path: string, request?: TestRequest) => {
        const { status, body, text } = await client.management(`${owner}/attributes${path}`, request);
        assert.equal(status, 200, text);
        return body;
      };
      const one = { name: 'tier', value: 'gold' };
      const two = { name: 'Çağrı 😀', value: '' };
      assert.deepEqual(await call(''), { attribute: [] });
      assert.deepEqual(await call('', { body: { attribute: [one, two] } }), { attribute: [one, two] });
      assert.deepEqual(await call('/tier', { body: { name: 'tier', value: 'silver' } }), { ...one, value: 'silver' });
      assert.deepEqual(await call('/new', { body: { value: 'x' } }), { name: 'new', value: 'x' });
      assert.deepEqual(await call('/tier'), { ...one, value: 'silver' });
      assert.deepEqual(await call(`/${encodeURIComponent(two.name)}`, { method: 'DELETE' }), two);
      const left = [
        { name: 'tier', value: 'silver' },
        { name: 'new', value: 'x' },
      ];
      assert.deepEqual(await call(''), { attribute: left });
      assert.deepEqual((await client.management(owner)).body.attributes, left);
      const gone = await client.management(`${owner}/attributes/gone`);
      assertMissing(gone, 'Attribute', 'gone');
      assertBadFields(await client.management(`${owner}/attributes`, { body: {} }), ['attribute']);
      assertBadFields(await client.management(`${owner}/attributes/x`, { body: {} }), ['value']);
    }
  });

  test('the first of several attributes with one name counts, for every owner', async () => {
    const email = 'twice@example.com';
    const [first, second, other] = ['new', 'old', 'new'].map((value, at) => ({
      name: at < 2 ? 'twice' : 'once',
      value,
    }));
    const both = [first, other, second];
    const left = [first, other];
    assert.deepEqual((await client.developer(email, { attributes: both })).attributes, left);
    assert.deepEqual((await client.product('twice', { attributes: both })).attributes, left);
    const developer = `/developers/${email}`;
    const app = await client.management(`${developer}/apps`, { body: { name: 'app', attributes: both } });
    assert.deepEqual(app.body.attributes, left);
    await client.management(`${developer}/apps/app/keys/create`, { body: { consumerKey: 'twice' } });
    for (const owner of [
      developer,
      '/apiproducts/twice',
      `${developer}/apps/app`,
      `${developer}/apps/app/keys/twice`,
    ]) {
      const answer = await client.management(`${owner}/attributes`, { body: { attribute: both } });
      assert.deepEqual(answer.body, { attribute: left }, owner);
      assert.deepEqual((await client.management(`${owner}/attributes`)).body, { attribute: left }, owner);
      const changed = await client.management(owner, { body: { attributes: [second, first] } });
      assert.deepEqual(changed.body.attributes, [second], owner);
    }
  });

  test('an Idempotency-Key creates a developer once', async () => {
    const request = { body: { email: 'once@example.com', ...person }, headers: { 'Idempotency-Key': 'once' } };
    const first = await client.management('/developers', request);
    const again = await client.management('/developers', request);
    assert.deepEqual([first.status, again.status, again.text], [201, 201, first.text]);
  });
});
