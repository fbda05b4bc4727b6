import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { assertMint, assertMissing, type Body, type CatalogClient, startCatalog } from './catalog-client.ts';

onEveryEngine('products of packages, and the form of the monetization API', ({ serverUrl }) => {
  let client: CatalogClient;

  before(async () => {
    client = await startCatalog(serverUrl);
  });
  after(() => client.close());

  const remove = { method: 'DELETE' };
  const add = { body: {} };
  const packaged = (path: string, request?: object) => client.mint(`/monetization-packages/${path}`, request);
  const idsOf = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

  test('a product is added to a package and removed from it', async () => {
    for (const name of ['first', 'second', 'with space']) await client.product(name);
    await client.package('Growing', ['second']);
    const added = await packaged('growing/products/first', add);
    assert.equal(added.status, 200, added.text);
    assert.deepEqual(idsOf(added.body.product), ['first', 'second']);
    assert.equal((await packaged('growing/products/with%20space', add)).status, 200);
    const again = await packaged('growing/products/first', { method: 'POST' });
    assert.deepEqual([again.status, idsOf(again.body.product)], [200, ['first', 'second', 'with space']]);
    assert.deepEqual((await packaged('growing')).body, again.body);
    const removed = await packaged('growing/products/first', remove);
    assert.deepEqual([removed.status, removed.text], [204, '']);
    assertMissing(await packaged('growing/products/first', remove), 'Product', 'first');
    assert.deepEqual(idsOf((await packaged('growing')).body.product), ['second', 'with space']);
    for (const request of [add, remove]) {
      assertMissing(await packaged('nothing/products/first', request), 'MonetizationPackage', 'nothing');
      assertMissing(await packaged('growing/products/First', request), 'Product', 'First');
    }
    const withPlan = await packaged('growing/products/first', { body: { ratePlanDetails: [] } });
    assertMint(withPlan, 501, 'notSupported');
    assert.equal((await packaged('growing/products/first', { body: [{}] })).status, 400);
    assert.deepEqual(idsOf((await packaged('growing')).body.product), ['second', 'with space']);
  });

  test('a package has at most 100 products', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `many${String(index).padStart(3, '0')}`);
    for (const name of names) await client.product(name);
    await client.package('Full', names.slice(1));
    assertMint(await packaged('full/products/many000', add), 409, 'limitReached');
    assert.equal((await packaged('full/products/many001', add)).status, 200);
    assert.equal((await packaged('full')).body.product.length, 100);
  });

  test('a product cannot be deleted while it is being added to a package', async () => {
    await client.package('Racing');
    for (let round = 0; round < 10; round += 1) {
      const name = `added${round}`;
      await client.product(name);
      const [made, deleted] = await Promise.all([
        packaged(`racing/products/${name}`, add),
        client.management(`/apiproducts/${name}`, remove),
      ]);
      assert.deepEqual(made.status === 200 ? [200, 409] : [404, 200], [made.status, deleted.status], made.text);
    }
    const products = idsOf((await packaged('racing')).body.product);
    for (const name of products) assert.equal((await client.management(`/apiproducts/${name}`)).status, 200);
  });

  test('usage counts while the package has the product, also while that changes', async () => {
    const email = 'counting@example.com';
    await client.developer(email);
    await client.product('counted');
    await client.package('Counting', ['counted']);
    await client.plan('counting', 'plan');
    const { id } = (await client.subscribe(email, 'counting_plan')).body;
    const report = () =>
      client.mint('/transactions', { body: { developer: { id: email }, product: { id: 'counted' }, batchSize: 1 } });
    const used = async () =>
      (await client.mint(`/developers/${email}/developer-rateplans/${id}/usage`)).body.usageCount;
    await report();
    assert.equal(await used(), 1);
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, report),
      packaged('counting/products/counted', remove),
      ...Array.from({ length: 10 }, report),
    ]);
    for (const { status, text } of answers) assert.ok(status === 201 || status === 204, text);
    const counted = await used();
    assert.ok(counted >= 1 && counted <= 21, `${counted}`);
    assert.equal((await report()).status, 201);
    assert.equal(await used(), counted);
    await packaged('counting/products/counted', add);
    await report();
    assert.equal(await used(), counted + 1);
  });

  test('lists of packages have products and the organization without long texts', async () => {
    const other = await client.as('describing');
    const profile = { address: [{ id: 'a' }], currency: 'EUR', description: 'x'.repeat(201), regNo: '7' };
    await other.mint('', { method: 'PUT', body: profile });
    const attributes = [{ name: 'MINT_TRANSACTION_SUCCESS_CRITERIA', value: "status == 'OK'" }];
    await other.product('short', { description: 'Short.', status: 'ACTIVE', attributes });
    await other.product('long', { description: 'x'.repeat(501), transactionSuccessCriteria: 'true' });
    await other.package('Both', ['short', 'long']);
    const organization = { id: 'describing' };
    const product = [
      {
        id: 'long',
        name: 'long',
        displayName: 'The long',
        status: 'CREATED',
        transactionSuccessCriteria: 'true',
        organization,
      },
      {
        ...{ id: 'short', name: 'short', displayName: 'The short', status: 'ACTIVE', description: 'Short.' },
        ...{ transactionSuccessCriteria: "status == 'OK'", organization },
      },
    ];
    const single = (await other.mint('/monetization-packages/both')).body;
    assert.deepEqual(single.product, product);
    assert.deepEqual(single.organization, (await other.mint('')).body);
    const [listed] = (await other.mint('/monetization-packages')).body.monetizationPackage;
    assert.deepEqual(listed.product, product);
    const { address, description, ...brief } = single.organization;
    assert.deepEqual(listed.organization, brief);
    const read = await other.mint('/products/long');
    assert.deepEqual(read.body, { ...product[0], description: 'x'.repeat(501), organization: brief });
    assertMissing(await other.mint('/products/Long'), 'Product', 'Long');
  });

  test('monetized products and packages, and the ones of a developer, follow from plans and subscriptions', async () => {
    const other = await client.as('selling');
    for (const name of ['bought', 'draft', 'ended', 'free', 'offered', 'past']) await other.product(name);
    for (const name of ['bought', 'draft', 'ended', 'offered', 'past']) {
      await other.package(name, [name]);
      await other.plan(
        name,
        'plan',
        name === 'draft' ? { published: false } : name === 'ended' ? { endDate: '2026-03-01' } : {},
      );
    }
    const { developerId } = await other.developer('buyer@example.com');
    await other.developer('other@example.com');
    const day = (date: string) => other.gateway.clock.set(new Date(`${date}T12:00:00Z`));
    const before = new Date(other.gateway.clock.now() / 1000);
    assert.equal((await other.subscribe('buyer@example.com', 'bought_plan')).status, 201);
    const ending = await other.subscribe('buyer@example.com', 'past_plan', { endDate: '2026-03-11' });
    assert.equal(ending.status, 201, ending.text);
    day('2026-03-20');
    const products = async (path: string): Promise<string[]> => {
      const { body } = await other.mint(path);
      assert.equal(body.totalRecords >= body.product.length, true, path);
      return idsOf(body.product);
    };
    assert.deepEqual(await products('/products'), ['bought', 'draft', 'ended', 'free', 'offered', 'past']);
    assert.deepEqual(await products('/products?size=2&page=2'), ['ended', 'free']);
    assert.deepEqual(await products('/products?monetized=true&all=true'), ['bought', 'ended', 'offered', 'past']);
    for (const developer of ['buyer@example.com', developerId])
      assert.deepEqual(await products(`/developers/${developer}/eligible-products`), ['bought', 'draft', 'free']);
    assert.deepEqual(await products('/developers/other@example.com/eligible-products'), ['draft', 'free']);
    assert.deepEqual(await products('/developers/buyer@example.com/eligible-products?size=1&page=2'), ['draft']);
    assertMissing(await other.mint('/developers/x@example.com/eligible-products'), 'Developer', 'x@example.com');

    const packages = async (path: string): Promise<string[]> =>
      idsOf((await other.mint(path)).body.monetizationPackage);
    const own = (query: string) => packages(`/developers/buyer@example.com/monetization-packages?${query}`);
    assert.deepEqual(await packages('/monetization-packages?monetized=true'), ['bought', 'ended', 'offered', 'past']);
    assert.deepEqual(await own('allAvailable=false&current=false'), ['bought', 'past']);
    assert.deepEqual(await own('allAvailable=false&current=true'), ['bought']);
    assert.deepEqual(await own('allAvailable=true&current=false'), ['bought', 'ended', 'offered', 'past']);
    assert.deepEqual(await own('allAvailable=true&current=true'), ['bought', 'offered', 'past']);
    assert.deepEqual(await own(''), ['bought', 'ended', 'offered', 'past']);
    assert.deepEqual(await own('size=1&page=3'), ['offered']);
    assert.deepEqual(await packages('/developers/other@example.com/monetization-packages?allAvailable=false'), []);
    assertMissing(await other.mint('/developers/x@example.com/monetization-packages'), 'Developer', 'x@example.com');
    other.gateway.clock.set(before);
  });

  test('developers in the form of the monetization API have members that were sent, also as attributes', async () => {
    const other = await client.as('people');
    const attributes = [
      { name: 'MINT_BILLING_TYPE', value: 'POSTPAID' },
      { name: 'MINT_IS_BROKER', value: 'TRUE' },
      { name: 'MINT_APPROX_TAX_RATE', value: '0.19' },
      { name: 'region', value: 'north' },
    ];
    const sent = {
      attributes,
      companyName: 'Example',
      address: [{ id: 'a' }],
      type: 'TRUSTED',
      legalName: 'Example Ltd',
    };
    const { developerId } = await other.developer('b@example.com', sent);
    await other.developer('a@example.com');
    const read = (await other.mint('/developers/b@example.com')).body;
    assert.deepEqual((await other.mint(`/developers/${developerId}`)).body, read);
    const { organization, ...rest } = read;
    assert.equal(organization.id, 'people');
    assert.deepEqual(rest, {
      address: [{ id: 'a' }],
      approxTaxRate: 0.19,
      billingType: 'POSTPAID',
      broker: true,
      customAttributes: attributes,
      email: 'b@example.com',
      companyName: 'Example',
      firstName: 'Nikola',
      hasSelfBilling: false,
      id: 'b@example.com',
      lastName: 'Tesla',
      isCompany: false,
      legalName: 'Example Ltd',
      name: 'Nikola Tesla',
      status: 'ACTIVE',
      type: 'TRUSTED',
    });
    const { body } = await other.mint('/developers?size=1&page=2');
    assert.deepEqual([body.totalRecords, body.developer], [2, [read]]);
    const whole = (await other.mint('/developers?all=true')).body.developer;
    assert.deepEqual(
      whole.map(({ email, billingType, broker, type, legalName }: Body) => [
        email,
        billingType,
        broker,
        type,
        legalName,
      ]),
      [
        ['a@example.com', 'PREPAID', false, 'UNTRUSTED', undefined],
        ['b@example.com', 'POSTPAID', true, 'TRUSTED', 'Example Ltd'],
      ],
    );
    assertMissing(await other.mint('/developers/c@example.com'), 'Developer', 'c@example.com');
  });
});
