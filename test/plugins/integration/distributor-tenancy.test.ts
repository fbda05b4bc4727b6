import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertError } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { base, type DistributorClient, meta, startDistributors, unknownId } from './distributor-client.ts';

/** The name as header bytes: UTF-8, one character per byte. */
const inHeader = (name: string): string => Buffer.from(name).toString('latin1');

onEveryEngine('tenancy of distributors', ({ serverUrl }) => {
  let client: DistributorClient;
  before(async () => {
    client = await startDistributors({ serverUrl });
  });
  after(() => client.close());

  const everyCall = (caller: DistributorClient, id: string) => [
    caller.read(id),
    caller.read(id.toUpperCase()),
    caller.update(id, { meta: null }),
    caller.update(id, {}),
    caller.call(`${base}/${id}`, { method: 'DELETE' }),
  ];

  test('another organization’s distributor is 404 through every route, as if it did not exist', async () => {
    const node = randomUUID();
    const owner = await client.as({ org: 'owner' });
    const thief = await client.as({ org: 'thief' });
    const created = (await owner.create(meta, node)).body;
    const before = (await owner.read(created.id)).body;

    const missing = await Promise.all(everyCall(thief, unknownId));
    for (const [index, answer] of (await Promise.all(everyCall(thief, created.id))).entries()) {
      assertError(answer, 'NOT_FOUND', String(index));
      assert.equal(answer.body.error.message, missing[index]?.body.error.message);
    }
    for (const path of [base, `${base}/nodes/${node}`])
      assert.deepEqual((await thief.call(path)).body, { distributors: [], total: 0, page: 1, per_page: 20 });
    assert.deepEqual((await owner.read(created.id)).body, before);

    const own = (await thief.create(meta, node)).body;
    assert.deepEqual((await thief.call(`${base}/nodes/${node}`)).body.total, 1);
    assert.deepEqual((await owner.call(`${base}/nodes/${node}`)).body.distributors, [before]);
    assertError(await owner.read(own.id), 'NOT_FOUND');
  });

  test('names of organizations are compared by every character', async () => {
    const node = randomUUID();
    const names = [
      ...[
        'Org',
        'org',
        'ORG',
        'Örg',
        '\u004f\u0308rg',
        'Ørg',
        'orɡ',
        'o rg',
        'org.',
        'org%',
        'o_g',
        'örg',
        'ORG\u00df',
      ],
      ...[
        'org\u200b',
        'org\ufe0f',
        'ｏｒｇ',
        'оrg',
        '😀',
        '😁',
        '%',
        '_',
        "o'rg",
        'o"rg',
        'o\\rg',
        '__proto__',
        'o'.repeat(100),
      ],
    ];
    for (const org of names) assert.equal((await (await client.as({ org })).create(meta, node)).status, 201, org);
    const seen = new Set<string>();
    for (const org of names) {
      const caller = await client.as({ org });
      const { total, distributors } = (await caller.call(`${base}/nodes/${node}`)).body;
      assert.equal(total, 1, org);
      seen.add(distributors[0].id);
      assert.equal((await caller.read(distributors[0].id)).status, 200, org);
    }
    assert.equal(seen.size, names.length);
  });

  test('ambiguous names of organizations are refused', async () => {
    for (const org of [
      'org ',
      ' org',
      'org\t',
      'org\n',
      'org\u00a0',
      'org\u3000',
      'or\u0000g',
      '',
      ' ',
      'o'.repeat(101),
      '\ud800',
    ]) {
      const caller = await client.as({ org });
      assertError(await caller.call(base), 'ORGANIZATION_REQUIRED', JSON.stringify(org));
      assertError(await caller.create(meta), 'ORGANIZATION_REQUIRED', JSON.stringify(org));
    }
  });

  test('a call acts for X-Organization, else for org, else for the first of orgs', async () => {
    const node = randomUUID();
    const claims = { org: 'alpha', orgs: ['beta', 'gamma', 'Örg'] };
    const totalOf = async (org: string): Promise<number> =>
      (await (await client.as({ org })).call(`${base}/nodes/${node}`)).body.total;

    await (await client.as(claims)).create(meta, node);
    assert.equal(await totalOf('alpha'), 1);
    await (await client.as({ ...claims, org: [] as never })).create(meta, node);
    assert.equal(await totalOf('beta'), 1);
    for (const name of ['gamma', 'Örg', 'alpha']) {
      const caller = await client.as(claims, { 'X-Organization': inHeader(name) });
      assert.equal((await caller.create(meta, node)).status, 201, name);
    }
    assert.deepEqual([await totalOf('gamma'), await totalOf('Örg'), await totalOf('alpha')], [1, 1, 2]);
    assert.equal(await totalOf('org'), 0);
  });

  test('another organization in the header is 404, whether it exists or not', async () => {
    const { id } = (await (await client.as({ org: 'owner' })).create(meta)).body;
    const answers: string[] = [];
    for (const name of [
      'owner',
      'nobody',
      'MINE',
      'mine2',
      'mine,owner',
      'mine%20',
      '*',
      '',
      'o'.repeat(101),
      '\u00ff',
    ]) {
      const caller = await client.as({ org: 'mine' }, { 'X-Organization': name });
      for (const answer of [await caller.call(base), await caller.read(id), await caller.create(meta)]) {
        assertError(answer, 'NOT_FOUND', name);
        answers.push(answer.body.error.message);
      }
    }
    assert.deepEqual([...new Set(answers)], ['There is no such organization.']);
    const own = await client.as({ org: 'mine' }, { 'X-Organization': 'mine' });
    assert.equal((await own.call(base)).status, 200);
  });

  test('a caller with * may act for any organization and must name it', async () => {
    for (const claims of [{ org: '*' }, { org: [] as never, orgs: ['*'] }]) {
      const all = await client.as(claims);
      assertError(await all.call(base), 'ORGANIZATION_REQUIRED');
      assertError(await all.create(meta), 'ORGANIZATION_REQUIRED');
      const { id } = (await (await client.as({ org: 'owner' })).create(meta)).body;
      const named = await client.as(claims, { 'X-Organization': 'owner' });
      assert.equal((await named.read(id)).status, 200);
      const other = await client.as(claims, { 'X-Organization': 'Owner' });
      assertError(await other.read(id), 'NOT_FOUND');
      assertError(await (await client.as(claims, { 'X-Organization': '*' })).call(base), 'NOT_FOUND');
    }
    const some = await client.as({ org: 'first', orgs: ['*'] });
    assert.equal((await some.call(base)).status, 200);
  });

  test('a caller without an organization is refused', async () => {
    const nobody = await client.as({ org: [] as never });
    assertError(await nobody.call(base), 'ORGANIZATION_REQUIRED');
    const named = await client.as({ org: [] as never }, { 'X-Organization': 'owner' });
    assertError(await named.call(base), 'NOT_FOUND');
  });
});
