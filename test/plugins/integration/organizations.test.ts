import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestRequest } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { assertBadFields, assertMint, type CatalogClient, startCatalog, today } from './catalog-client.ts';

const monetization = { name: 'features.isMonetizationEnabled', value: 'true' };

onEveryEngine('organizations', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
  });
  after(() => client.close());

  const put = (body: unknown): TestRequest => ({ method: 'PUT', body });

  test('an organization without a profile has defaults, and no times', async () => {
    const other = await client.as('bare');
    const settings = await other.management('');
    assert.equal(settings.status, 200);
    assert.deepEqual(settings.body, {
      displayName: 'bare',
      environments: [],
      name: 'bare',
      properties: { property: [monetization] },
      type: 'paid',
    });
    assert.ok(!settings.text.includes('isCpsEnabled'), 'lists are complete without paging');
    const profile = await other.mint('/?format=json');
    assert.equal(profile.status, 200);
    const { id, name, currency, timezone, status, address, selfBillingForAllDev } = profile.body;
    assert.deepEqual(
      { id, name, currency, timezone, status, address, selfBillingForAllDev },
      {
        ...{ id: 'bare', name: 'bare', currency: 'USD', timezone: 'UTC', status: 'ACTIVE', address: [] },
        selfBillingForAllDev: false,
      },
    );
  });

  test('a profile is stored with typed members, and can be sent back as it was read', async () => {
    const sent = {
      address: [{ id: 'a', address1: 'Street', country: 'UK', isPrimary: 'true' }],
      approveTrusted: 'true',
      billingCycle: 'CALENDAR_MONTH',
      country: 'UK',
      currency: 'EUR',
      description: 'Places',
      hasBroker: 'FALSE',
      id: 'another',
      colour: 'blue',
      name: 'Mine',
      regNo: '0012',
      taxModel: 'HYBRID',
      timezone: 'UTC',
    };
    const stored = await client.mint('', put(sent));
    assert.equal(stored.status, 200, stored.text);
    const { id: _id, colour: _colour, ...kept } = sent;
    const expected = {
      ...kept,
      address: [{ ...sent.address[0], isPrimary: true }],
      approveTrusted: true,
      hasBroker: false,
    };
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(stored.body[name], value, name);
    assert.deepEqual([stored.body.id, 'colour' in stored.body], ['myorg', false]);
    assert.deepEqual((await client.mint('')).body, stored.body);
    assert.deepEqual((await client.mint('', put(stored.body))).body, stored.body);
    assert.deepEqual((await client.mint('', put({}))).body, stored.body);
    assert.equal((await client.mint('', put({ currency: 'gbp' }))).body.currency, 'gbp');
    assert.equal((await client.mint('')).body.description, 'Places');
  });

  test('a profile in another time zone, or of too many bytes, is refused and not stored', async () => {
    const before = (await client.mint('')).body;
    for (const timezone of ['Australia/Eucla', 'utc', '', null, 0]) {
      const answer = await client.mint('', put({ timezone, name: 'Changed' }));
      assertBadFields(answer, ['timezone'], String(timezone));
    }
    assert.match((await client.mint('', put({ timezone: 'Europe/Paris' }))).text, /all dates of this API are in UTC/);
    for (const currency of ['EURO', '', 'E1R', null])
      assertBadFields(await client.mint('', put({ currency })), ['currency']);
    assertBadFields(await client.mint('', put({ description: 'x'.repeat(40_000), regNo: 'x'.repeat(40_000) })), [
      'body',
    ]);
    assert.deepEqual((await client.mint('')).body, before);
  });

  test('settings and properties are stored, and sent back as they were read', async () => {
    const property = [
      { name: 'keymanagement.consumer.key.length', value: 32 },
      { name: 'features.x', value: true },
    ];
    const changed = await client.management('', { body: { displayName: 'My org', properties: { property } } });
    assert.equal(changed.status, 200, changed.text);
    const { createdAt, createdBy, lastModifiedAt, lastModifiedBy, ...rest } = changed.body;
    assert.equal(new Date(lastModifiedAt).toISOString().slice(0, 10), today);
    assert.ok(createdAt <= lastModifiedAt && createdBy === lastModifiedBy);
    assert.deepEqual(rest, {
      displayName: 'My org',
      environments: [],
      name: 'myorg',
      properties: {
        property: [monetization, ...property.map(({ name, value }) => ({ name, value: String(value) }))],
      },
      type: 'paid',
    });
    assert.deepEqual((await client.management('/environments?format=json')).body, []);
    const withPlaces = await client.management('', { body: { environments: ['test', 'prod'] } });
    assert.deepEqual(withPlaces.body.environments, ['test', 'prod']);
    assert.deepEqual((await client.management('/environments')).body, ['test', 'prod']);
    const again = await client.management('', {
      body: { environments: [], properties: changed.body.properties, name: 'myorg' },
    });
    assert.deepEqual(again.body.properties, changed.body.properties);
    assert.equal(again.body.displayName, 'My org');
    assert.deepEqual((await client.management('')).body, again.body);
    assert.equal((await client.mint('')).body.country, 'UK', 'the profile stays');
    const off = { properties: { property: [{ ...monetization, value: 'false' }] } };
    assertBadFields(await client.management('', { body: off }), ['properties']);
    for (const [body, field] of [
      [{ type: 'free' }, 'type'],
      [{ properties: [] }, 'properties'],
      [{ properties: { property: [{ name: 'x' }] } }, 'properties.property.0.value'],
      [{ environments: 'prod' }, 'environments'],
    ] as const)
      assertBadFields(await client.management('', { body }), [field], field);
    assert.deepEqual((await client.management('')).body, again.body);
  });

  test('changes at the same time are all stored', async () => {
    const other = await client.as('racing');
    const members = ['description', 'regNo', 'taxNexus', 'taxRegNo', 'logoUrl'];
    const answers = await Promise.all([
      ...members.map((name) => other.mint('', put({ [name]: name }))),
      other.management('', { body: { displayName: 'Racing' } }),
    ]);
    for (const { status, text } of answers) assert.equal(status, 200, text);
    const { body } = await other.mint('');
    for (const name of members) assert.equal(body[name], name);
    assert.equal((await other.management('')).body.displayName, 'Racing');
  });

  test('a caller lists its organizations; credentials for all list the ones that exist', async () => {
    const { gateway } = client;
    const scope = 'integration:read';
    const list = async (claims: object) =>
      (await gateway.request('/v1/organizations/?format=json', { token: await gateway.token({ ...claims, scope }) }))
        .body;
    assert.deepEqual(await list({ org: 'myorg' }), ['myorg']);
    assert.deepEqual(await list({ org: 'z', orgs: ['b', 'z', 'a'] }), ['a', 'b', 'z']);
    assert.deepEqual(await list({ orgs: ['*'] }), ['myorg', 'racing']);
    assert.equal((await gateway.request('/v1/organizations')).status, 401);
  });

  test('other organizations do not exist for a caller', async () => {
    const token = await client.gateway.token({ org: 'stranger', scope: 'integration:read integration:write' });
    const calls: [path: string, request: TestRequest][] = [
      ['/v1/organizations/myorg', {}],
      ['/v1/o/myorg', { body: {} }],
      ['/v1/mint/organizations/myorg', {}],
      ['/v1/mint/o/myorg', put({})],
    ];
    const expected = { type: 'Organization', id: 'myorg' };
    for (const [path, request] of calls)
      assertMint(await client.gateway.request(path, { token, ...request }), 404, 'resourceDoesNotExist', expected);
  });
});
