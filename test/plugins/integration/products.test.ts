import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { openDatabase } from '../../../src/database/database.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { assertBadFields, assertMint, assertMissing, type CatalogClient, startCatalog } from './catalog-client.ts';

onEveryEngine('products and packages', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
  });
  after(() => client.close());

  const product = (name: string, request?: object) => client.management(`/apiproducts/${name}`, request);
  const pack = (id: string, request?: object) => client.mint(`/monetization-packages/${id}`, request);
  const remove = { method: 'DELETE' };

  test('a product keeps its documented members unchanged; others are ignored', async () => {
    const documented = {
      apiResources: ['/forecast/**'],
      approvalType: 'auto',
      attributes: [{ name: 'access', value: 'public' }],
      description: 'Line one\nline two',
      environments: ['prod'],
      proxies: ['forecast'],
      quota: '1000',
      quotaInterval: '1',
      quotaTimeUnit: 'day',
      scopes: ['', 'read'],
    };
    const body = await client.product('weather', { ...documented, colour: 'blue' });
    const { createdAt, createdBy, lastModifiedAt, lastModifiedBy, ...rest } = body;
    assert.ok(createdBy);
    assert.equal(lastModifiedBy, createdBy);
    assert.deepEqual(rest, { name: 'weather', displayName: 'The weather', ...documented });
    assert.ok(Number.isInteger(createdAt));
    assert.equal(lastModifiedAt, createdAt);
    assert.deepEqual((await product('weather')).body, body);
    const changed = await product('weather', { method: 'PUT', body: { name: 'weather', quota: 5, displayName: 'W' } });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body, {
      ...body,
      quota: '5',
      displayName: 'W',
      lastModifiedAt: changed.body.lastModifiedAt,
    });
    assert.deepEqual((await product('weather')).body, changed.body);
    const posted = await product('weather', { body: { quota: '1000', quotaInterval: 1.0 } });
    assert.deepEqual([posted.status, posted.body.quota, posted.body.quotaInterval], [200, '1000', '1']);
  });

  test('a product is found by its exact name only', async () => {
    for (const name of ['Rain', 'rain', 'räin', 'r%_', 'with space']) await client.product(name);
    const { body } = await client.management('/apiproducts?expand=true');
    assert.deepEqual(Object.keys(body), ['apiProduct', 'totalRecords']);
    const names = body.apiProduct.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ['Rain', 'r%_', 'rain', 'räin', 'weather', 'with space']);
    assert.deepEqual((await client.management('/apiproducts')).body, names);
    for (const name of ['RAIN', 'rain%20', 'rain\u200b', 'nothing'])
      assertMissing(await product(encodeURI(name).replace('%2520', '%20')), 'Product', name.replace('%20', ' '));
    const again = await client.management('/apiproducts', { body: { name: 'rain', displayName: 'x' } });
    assertMint(again, 409, 'resourceAlreadyExists', { type: 'Product', id: 'rain' });
    assertMint(await product('rain', { method: 'PUT', body: { name: 'Rain' } }), 400, 'idCannotBeChanged');
    const { body: rain } = await product('rain');
    const removed = await product('rain', remove);
    assert.deepEqual([removed.status, removed.body], [200, rain]);
    assertMissing(await product('rain', remove), 'Product', 'rain');
    assertMissing(await product('rain', { method: 'PUT', body: {} }), 'Product', 'rain');
    assertMissing(await product('x'.repeat(10_000)), 'Product', `${'x'.repeat(4096)}…`);
  });

  test('names and whole products are listed from a key on, by count or by page', async () => {
    const other = await client.as('product-lists');
    const names = ['3a', '3b', '4', 'Z', 'a', 'ä'];
    for (const name of names.toReversed()) await other.product(name);
    const list = async (query: string) => (await other.management(`/apiproducts?${query}`)).body;
    const cases: [string, string[]][] = [
      ['', names],
      ['expand=false', names],
      ['startKey=', names],
      ['startKey=3b', names.slice(1)],
      ['startKey=3b&count=2', names.slice(1, 3)],
      ['startKey=5&count=1', ['Z']],
      ['count=1000&startKey=%C3%A4', ['ä']],
      ['startKey=%C3%A5', []],
      ['size=2&page=2', names.slice(2, 4)],
      ['page=2', []],
      ['size=2&page=2&all=true', names],
      ['startKey=4&size=2', names.slice(2, 4)],
    ];
    for (const [query, expected] of cases) {
      if (!query.includes('expand')) {
        const whole = await list(`${query}&expand=true`);
        const found = whole.apiProduct.map(({ displayName }: { displayName: string }) => displayName.slice(4));
        assert.deepEqual([whole.totalRecords, found], [names.length, expected], query);
      }
      assert.deepEqual(await list(query), expected, query);
    }
    for (const query of ['count=0', 'count=1001', 'count=x', 'expand=1', 'size=0'])
      assertBadFields(await other.management(`/apiproducts?${query}`), [query.split('=')[0] ?? ''], query);
  });

  test('products are found by an attribute', async () => {
    const other = await client.as('product-attributes');
    const attributes = (value: string) => ({ attributes: [{ name: 'access', value }] });
    for (const [name, value] of Object.entries({ a: 'public', b: 'private', c: 'public' }))
      await other.product(name, attributes(value));
    await other.product('d');
    const list = async (query: string) => (await other.management(`/apiproducts?attributename=${query}`)).body;
    assert.deepEqual(await list('access'), ['a', 'b', 'c']);
    assert.deepEqual(await list('access&attributevalue=public'), ['a', 'c']);
    assert.deepEqual(await list('access&attributevalue=public&startKey=b&count=1'), ['c']);
    assert.deepEqual(await list('Access'), []);
    const whole = await list('access&attributevalue=private&expand=true');
    assert.deepEqual([whole.totalRecords, whole.apiProduct[0].name], [1, 'b']);
  });

  test('attributes of a product are replaced, set and deleted', async () => {
    await client.product('described', { attributes: [{ name: 'access', value: 'public' }], quota: '1' });
    const attributes = (path = '', request?: object) => product(`described/attributes${path}`, request);
    assert.deepEqual((await attributes()).body, { attribute: [{ name: 'access', value: 'public' }] });
    const set = await attributes('/colour', { body: { name: 'ignored', value: 'blue' } });
    assert.deepEqual([set.status, set.body], [200, { name: 'colour', value: 'blue' }]);
    await attributes('/access', { body: { value: '' } });
    assert.deepEqual((await attributes('/access')).body, { name: 'access', value: '' });
    assert.deepEqual((await product('described')).body.attributes, [
      { name: 'access', value: '' },
      { name: 'colour', value: 'blue' },
    ]);
    const deleted = await attributes('/access', remove);
    assert.deepEqual([deleted.status, deleted.body], [200, { name: 'access', value: '' }]);
    assertMissing(await attributes('/access', remove), 'Attribute', 'access');
    assertMissing(await attributes('/Colour'), 'Attribute', 'Colour');
    const given = [{ name: 'b', value: '1' }];
    const replaced = await attributes('', { body: { attribute: given } });
    assert.deepEqual([replaced.status, replaced.body], [200, { attribute: given }]);
    assert.deepEqual((await product('described')).body.quota, '1');
    assertBadFields(await attributes('', { body: {} }), ['attribute']);
    assertBadFields(await attributes('/b', { body: {} }), ['value']);
    assertBadFields(await attributes('/b', { body: { value: 'x'.repeat(60_000) } }), ['body']);
    assertBadFields(await product('described', { method: 'PUT', body: { attributes: [{ name: 'b' }] } }), [
      'attributes.0.value',
    ]);
    for (const path of ['', '/b']) assertMissing(await product(`nothing/attributes${path}`), 'Product', 'nothing');
    assert.deepEqual((await attributes()).body, { attribute: given });
  });

  test('a product that an older version has written has no names of callers', async () => {
    const row = { organization: client.organization, name: 'old', display_name: 'Old', created_at: 1, updated_at: 1 };
    const kept = JSON.stringify({ attributes: [{ name: 'a', value: 'b' }, 'x', { name: 'c', value: 1 }], quota: 5 });
    const database = openDatabase(loadConfig(client.gateway.database.env));
    await database.knex('integration_products').insert({ ...row, kept });
    await database.close();
    assert.deepEqual((await product('old')).body, {
      ...{ attributes: [{ name: 'a', value: 'b' }], createdAt: 0, displayName: 'Old', lastModifiedAt: 0, name: 'old' },
      ...{ createdBy: '', lastModifiedBy: '' },
      quota: 5,
    });
    await product('old', remove);
  });

  test('a wrong product is refused and not stored', async () => {
    const post = (body: unknown) => client.management('/apiproducts', { body });
    const before = (await client.management('/apiproducts')).body.length;
    assertBadFields(await post({}), ['name', 'displayName']);
    for (const name of ['', ' a', 'a ', 'a/b', 'a\\b', '.', '..', 'a\nb', '\ud800', 'x'.repeat(191), 5, null])
      assertBadFields(await post({ name, displayName: 'x' }), ['name'], JSON.stringify(name));
    assertBadFields(await post({ name: 'big', displayName: 'x', description: 'x'.repeat(60_000) }), ['body']);
    assert.equal((await client.management('/apiproducts')).body.length, before);
  });

  test('a package lists its products with their names, and its id is its name in lower case', async () => {
    await client.product('one');
    await client.product('two');
    const given = { description: 'Places\nand times', status: 'ACTIVE', organization: { id: 'other' }, colour: 'red' };
    const body = await client.package('Location SERVICES', ['two', 'one', 'two'], given);
    assert.deepEqual(body, {
      id: 'location services',
      name: 'Location SERVICES',
      displayName: 'Location SERVICES',
      description: 'Places\nand times',
      status: 'ACTIVE',
      organization: (await client.mint('')).body,
      product: ['one', 'two'].map((name) => ({
        ...{ id: name, name, displayName: `The ${name}`, status: 'CREATED' },
        organization: { id: client.organization },
      })),
    });
    assert.deepEqual((await pack('location%20services')).body, body);
    const clash = await client.mint('/monetization-packages', { body: { name: 'LOCATION services' } });
    assertMint(clash, 409, 'resourceAlreadyExists', { type: 'MonetizationPackage', id: 'location services' });
    for (const id of ['Location%20SERVICES', 'location%20services%20', 'nothing'])
      assertMissing(await pack(id), 'MonetizationPackage', decodeURIComponent(id));
  });

  test('a package needs a name and existing products, or is not stored', async () => {
    const post = (body: unknown) => client.mint('/monetization-packages', { body });
    const list = async () => (await client.mint('/monetization-packages?all=true')).body;
    const before = await list();
    assertBadFields(await post({}), ['name']);
    for (const [change, field] of [
      [{ name: 'x'.repeat(121) }, 'name'],
      [{ name: 'a/b' }, 'name'],
      [{ product: [{}] }, 'product.0.id'],
      [{ product: ['one'] }, 'product.0'],
      [{ status: 'SOLD' }, 'status'],
      [{ description: 'a\u0000' }, 'description'],
    ] as const)
      assertBadFields(await post({ name: 'bad', ...change }), [field], field);
    for (const id of ['nothing', 'ONE', 'one '])
      assertMissing(await post({ name: 'bad', product: [{ id: 'one' }, { id }] }), 'Product', id);
    assert.deepEqual(await list(), before);
    assert.deepEqual((await client.package('Bare', [])).product, []);
    assert.equal((await post({ name: 'Minimal' })).body.status, 'CREATED');
  });

  test('packages are listed by id, each with its own products', async () => {
    const other = await client.as('package-lists');
    for (const name of ['a', 'b', 'c']) await other.product(name);
    await other.package('Second', ['b', 'c']);
    await other.package('first', ['a', 'b']);
    await other.package('Third');
    const { body } = await other.mint('/monetization-packages');
    assert.deepEqual(Object.keys(body), ['monetizationPackage', 'totalRecords']);
    const seen = (listed: { id: string; product: { id: string }[] }[]) =>
      listed.map(({ id, product: products }) => `${id}:${products.map((each) => each.id).join('')}`);
    assert.deepEqual(seen(body.monetizationPackage), ['first:ab', 'second:bc', 'third:']);
    const page = (await other.mint('/monetization-packages?size=1&page=2')).body;
    assert.deepEqual([page.totalRecords, seen(page.monetizationPackage)], [3, ['second:bc']]);
    assert.deepEqual((await other.mint('/monetization-packages?page=9')).body.monetizationPackage, []);
  });

  test('a product in a package and a package with a plan cannot be deleted', async () => {
    await client.product('needed');
    await client.package('Needing', ['needed']);
    await client.plan('needing', 'draft', { published: false });
    assertMint(await product('needed', remove), 409, 'productIsInPackage', { id: 'needed', packageId: 'needing' });
    assertMint(await pack('needing', remove), 409, 'packageHasRatePlans', { id: 'needing' });
    assert.equal((await pack('needing')).body.product.length, 1);
    assert.equal((await pack('needing/rate-plans/needing_draft', remove)).status, 204);
    const removed = await pack('needing', remove);
    assert.deepEqual([removed.status, removed.text], [204, '']);
    assertMissing(await pack('needing', remove), 'MonetizationPackage', 'needing');
    assert.equal((await product('needed', remove)).status, 200);
  });

  test('a package cannot be deleted while a plan is being created in it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `empty${round}`;
      await client.package(name);
      const [made, removed] = await Promise.all([
        client.mint(`/monetization-packages/${name}/rate-plans`, { body: { name: 'plan' } }),
        pack(name, remove),
      ]);
      assert.deepEqual(made.status === 201 ? [201, 409] : [404, 204], [made.status, removed.status], made.text);
    }
  });

  test('a product cannot be deleted while a package with it is being created', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `racing${round}`;
      await client.product(name);
      const [made, removed] = await Promise.all([
        client.mint('/monetization-packages', { body: { name, product: [{ id: name }] } }),
        product(name, remove),
      ]);
      assert.deepEqual(made.status === 201 ? [201, 409] : [404, 200], [made.status, removed.status], made.text);
    }
  });
});
