import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
    const { createdAt, lastModifiedAt, ...rest } = body;
    assert.deepEqual(rest, { name: 'weather', displayName: 'The weather', ...documented });
    assert.ok(Number.isInteger(createdAt));
    assert.equal(lastModifiedAt, createdAt);
    assert.deepEqual((await product('weather')).body, body);
    const changed = await product('weather', { method: 'PUT', body: { name: 'weather', quota: 5, displayName: 'W' } });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body, {
      ...body,
      quota: 5,
      displayName: 'W',
      lastModifiedAt: changed.body.lastModifiedAt,
    });
    assert.deepEqual((await product('weather')).body, changed.body);
  });

  test('a product is found by its exact name only', async () => {
    for (const name of ['Rain', 'rain', 'räin', 'r%_', 'with space']) await client.product(name);
    const { body } = await client.management('/apiproducts?all=true');
    assert.deepEqual(Object.keys(body), ['apiProduct', 'totalRecords']);
    const names = body.apiProduct.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ['Rain', 'r%_', 'rain', 'räin', 'weather', 'with space']);
    for (const name of ['RAIN', 'rain%20', 'rain\u200b', 'nothing'])
      assertMissing(await product(encodeURI(name).replace('%2520', '%20')), 'Product', name.replace('%20', ' '));
    const again = await client.management('/apiproducts', { body: { name: 'rain', displayName: 'x' } });
    assertMint(again, 409, 'resourceAlreadyExists', { type: 'Product', id: 'rain' });
    assertMint(await product('rain', { method: 'PUT', body: { name: 'Rain' } }), 400, 'idCannotBeChanged');
    assert.equal((await product('rain', remove)).status, 204);
    assertMissing(await product('rain', remove), 'Product', 'rain');
    assertMissing(await product('rain', { method: 'PUT', body: {} }), 'Product', 'rain');
    assertMissing(await product('x'.repeat(10_000)), 'Product', `${'x'.repeat(4096)}…`);
  });

  test('a wrong product is refused and not stored', async () => {
    const post = (body: unknown) => client.management('/apiproducts', { body });
    const before = (await client.management('/apiproducts')).body.totalRecords;
    assertBadFields(await post({}), ['name', 'displayName']);
    for (const name of ['', ' a', 'a ', 'a/b', 'a\\b', '.', '..', 'a\nb', '\ud800', 'x'.repeat(191), 5, null])
      assertBadFields(await post({ name, displayName: 'x' }), ['name'], JSON.stringify(name));
    assertBadFields(await post({ name: 'big', displayName: 'x', description: 'x'.repeat(60_000) }), ['body']);
    assert.equal((await client.management('/apiproducts')).body.totalRecords, before);
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
      organization: { id: client.organization },
      product: [
        { id: 'one', name: 'one', displayName: 'The one' },
        { id: 'two', name: 'two', displayName: 'The two' },
      ],
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
    assert.equal((await product('needed', remove)).status, 204);
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
      assert.deepEqual(made.status === 201 ? [201, 409] : [404, 204], [made.status, removed.status], made.text);
    }
  });
});
