import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { assertMintError, organization, startWebhooks, unknownId, type WebhookClient } from './webhook-client.ts';

const keys = ['created', 'createdBy', 'enabled', 'id', 'name', 'orgId', 'postUrl', 'updated', 'updatedBy'];

onEveryEngine('webhooks', ({ serverUrl }) => {
  let client: WebhookClient;

  before(async () => {
    client = await startWebhooks(serverUrl);
  });
  after(() => client.close());

  const names = (webhooks: { name: string }[]): string[] => webhooks.map(({ name }) => name);

  test('POST creates exactly the documented webhook, disabled unless enabled is given', async () => {
    const moment = Date.parse('2026-02-28T23:59:59.999Z');
    client.gateway.clock.set(new Date(moment));
    const { status, body } = await client.create({ name: 'first' });
    client.gateway.clock.set(new Date());
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), keys);
    assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    assert.ok(Number.isInteger(body.created) && body.created >= moment && body.created < moment + 60_000);
    const { id, created, ...rest } = body;
    assert.deepEqual(rest, {
      createdBy: 'joe@example.com',
      enabled: false,
      name: 'first',
      orgId: organization,
      postUrl: `${client.receiver.url}/hook`,
      updated: created,
      updatedBy: 'joe@example.com',
    });
    assert.deepEqual((await client.call(`/webhooks/${id}`)).body, body);
    assert.deepEqual((await client.call(`/webhooks/${id.toUpperCase()}`)).body, body);
  });

  test('POST accepts both spellings of the address, additional members, and enabled as text or boolean', async () => {
    const { body } = await client.create({ postURL: undefined, postUrl: 'http://127.0.0.1:1/x?y=1', more: { a: 1 } });
    assert.equal(body.postUrl, 'http://127.0.0.1:1/x?y=1');
    assert.equal((await client.change(body.id, { ...body, postURL: body.postUrl })).status, 200);
    for (const [sent, expected] of [
      ['true', true],
      ['false', false],
      [true, true],
      [false, false],
      ['True', true],
    ]) {
      assert.equal((await client.change(body.id, { enabled: sent })).body.enabled, expected);
      assert.equal((await client.create({ enabled: sent })).body.enabled, expected);
    }
  });

  test('PUT and POST change only the given fields', async () => {
    const other = await client.as('changing');
    const before = (await other.create({ name: 'old' })).body;
    const changes: object[] = [{ name: 'new' }, { postURL: 'http://127.0.0.1:2/' }, { enabled: true }, {}];
    let expected = before;
    for (const method of ['PUT', 'POST'] as const) {
      for (const change of changes) {
        client.gateway.clock.advance(5);
        const { status, body } = await other.change(before.id, change, method);
        const { postURL, ...rest } = change as { postURL?: string };
        expected = { ...expected, ...rest, ...(postURL ? { postUrl: postURL } : {}), updated: body.updated };
        assert.deepEqual([status, body], [200, expected]);
        assert.ok(body.updated > before.updated);
        assert.deepEqual((await other.call(`/webhooks/${before.id}`)).body, body);
      }
      await other.change(before.id, { name: 'old', enabled: false });
      expected = (await other.call(`/webhooks/${before.id}`)).body;
    }
  });

  test('a webhook names its creator and its last editor', async () => {
    const { id } = (await client.create()).body;
    const token = await client.gateway.token({ scope: 'integration:write', email: 'ann@example.com' });
    const { body } = await client.call(`/webhooks/${id}`, { method: 'PUT', body: { enabled: true }, token });
    assert.deepEqual([body.createdBy, body.updatedBy], ['joe@example.com', 'ann@example.com']);
  });

  test('GET lists all webhooks, newest first, and pages only on request', async () => {
    const other = await client.as('listing');
    assert.deepEqual((await other.call('/webhooks')).body, { totalRecords: 0, webhooks: [] });
    for (let index = 1; index <= 25; index += 1) await other.create({ name: `n${String(index).padStart(2, '0')}` });
    const all = (await other.call('/webhooks')).body;
    assert.deepEqual(Object.keys(all), ['totalRecords', 'webhooks']);
    assert.equal(all.totalRecords, 25);
    const descending = names(all.webhooks);
    assert.deepEqual([descending.length, descending[0], descending[24]], [25, 'n25', 'n01']);
    assert.deepEqual(Object.keys(all.webhooks[0]), keys);

    const listed = async (query: string) => {
      const { status, body } = await other.call(`/webhooks?${query}`);
      assert.equal(status, 200);
      return [body.totalRecords, names(body.webhooks)];
    };
    assert.deepEqual(await listed('size=10'), [25, descending.slice(0, 10)]);
    assert.deepEqual(await listed('size=10&page=3'), [25, descending.slice(20)]);
    assert.deepEqual(await listed('page=2'), [25, descending.slice(20)]);
    assert.deepEqual(await listed('page=9'), [25, []]);
    assert.deepEqual(await listed('size=10&all=true'), [25, descending]);
    assert.deepEqual(await listed('sort=name'), [25, descending.toReversed()]);
    assert.deepEqual(await listed('sort=NAME:DESC&size=2'), [25, ['n25', 'n24']]);
    assert.deepEqual(await listed('sort=created:asc&size=2&page=2'), [25, ['n03', 'n04']]);
    assert.deepEqual(await listed('name=2'), [8, ['n25', 'n24', 'n23', 'n22', 'n21', 'n20', 'n12', 'n02']]);
    assert.deepEqual(await listed('name=2&size=3&page=2'), [8, ['n22', 'n21', 'n20']]);
    assert.deepEqual(await listed('name=N'), [0, []]);
    assert.deepEqual(await listed('name=%25'), [0, []]);

    await other.change(all.webhooks[24].id, { enabled: true });
    client.gateway.clock.advance(5);
    await other.change(all.webhooks[23].id, { enabled: true });
    assert.deepEqual(await listed('sort=updated:desc&size=2'), [25, ['n02', 'n01']]);

    assert.equal((await other.create({ name: 'n07' })).status, 409);
    for (const { id } of all.webhooks.slice(0, 3)) await other.remove(id);
    await other.remove(all.webhooks[0].id);
    assert.deepEqual(await listed('size=1'), [22, ['n22']]);
    assert.equal((await other.call('/webhooks')).body.totalRecords, 22);
  });

  test('names are unique in an organization, also for concurrent creations', async () => {
    const { id } = (await client.create({ name: 'taken' })).body;
    assertMintError(await client.create({ name: 'taken' }), 409, 'mint.webhookNameAlreadyExists', ['name']);
    for (const name of ['Taken', 'tåken', 'taken2']) assert.equal((await client.create({ name })).status, 200, name);
    const other = (await client.create()).body;
    assertMintError(await client.change(other.id, { name: 'taken' }), 409, 'mint.webhookNameAlreadyExists', ['name']);
    assert.equal((await client.call(`/webhooks/${other.id}`)).body.name, other.name);
    assert.equal((await client.change(id, { name: 'taken' })).status, 200);
    assert.equal((await (await client.as('elsewhere')).create({ name: 'taken' })).status, 200);

    const answers = await Promise.all(Array.from({ length: 8 }, () => client.create({ name: 'race' })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(7).fill(409)]);
    assert.equal((await client.call('/webhooks?name=race')).body.totalRecords, 1);
  });

  test('bad input is refused, and not stored', async () => {
    const strict = await client.as('strict');
    const long = 'x'.repeat(191);
    const cases: [object, string[]][] = [
      [{ name: undefined }, ['name']],
      [{ postURL: undefined }, ['postURL']],
      [{ name: undefined, postURL: undefined }, ['name', 'postURL']],
      ...['', ' a', 'a ', 'a\u0000', 'a\n', '\ud800', long, 7, null].map((name): [object, string[]] => [
        { name },
        ['name'],
      ]),
      ...[
        '',
        'mycompany.com/x',
        '/x',
        'ftp://mycompany.com/x',
        'file:///etc/passwd',
        'http://',
        'http:///x',
        'http://joe@mycompany.com/x',
        'http://joe:pass@mycompany.com/x',
        'http://@mycompany.com/x',
        'http://mycompany.com/x#y',
        'http://mycompany.com\\@other.com/',
        'http://mycompany.com/a b',
        'http://mycompany.com/\u0007',
        'http://my company.com',
        'http://mycompany.com:99999/',
        ` http://mycompany.com`,
        `http://mycompany.com/${'x'.repeat(2048)}`,
        7,
        null,
      ].map((postURL): [object, string[]] => [{ postURL }, ['postURL']]),
      ...['yes', 1, null, '', 'true ', []].map((enabled): [object, string[]] => [{ enabled }, ['enabled']]),
      [{ postUrl: 'http://mycompany.com/another' }, ['postUrl']],
    ];
    const { id } = (await strict.create()).body;
    const before = (await strict.call('/webhooks')).body;
    for (const [input, fields] of cases) {
      assertMintError(await strict.create(input), 400, 'mint.validationError', fields);
      const isPartial = Object.values(input).includes(undefined);
      const change = 'postUrl' in input ? { ...input, postURL: 'http://mycompany.com/' } : input;
      if (!isPartial) assertMintError(await strict.change(id, change), 400, 'mint.validationError', fields);
    }
    assert.deepEqual((await strict.call('/webhooks')).body, before);
    for (const query of ['size=0', 'size=1001', 'size=x', 'page=0', 'sort=secret', 'sort=name:up', 'all=maybe'])
      assertMintError(await strict.call(`/webhooks?${query}`), 400, 'mint.validationError', [
        query.split('=')[0] ?? '',
      ]);
    const malformed = await strict.call('/webhooks', { body: '{"name": "x",}' });
    assertMintError(malformed, 400, 'mint.malformedJson', ['position', 'line', 'column']);
  });

  test('an address that callbacks may not reach is refused when it is saved', async () => {
    const { id } = (await client.create()).body;
    for (const postURL of [
      'http://10.0.0.1/x',
      'https://169.254.169.254/latest/meta-data',
      'http://[::ffff:10.0.0.1]/',
      'http://2130706434:25/',
      `${client.gateway.url}/v1/mint`,
    ]) {
      assertMintError(await client.create({ postURL }), 400, 'mint.webhookPostUrlRefused', ['postUrl']);
      assertMintError(await client.change(id, { postURL }), 400, 'mint.webhookPostUrlRefused', ['postUrl']);
    }
    assert.equal((await client.call(`/webhooks/${id}`)).body.postUrl, `${client.receiver.url}/hook`);
  });

  test('a webhook that does not exist is 404, with its id', async () => {
    for (const id of [unknownId, 'nothing', '%20', 'x'.repeat(100)]) {
      for (const answer of [
        await client.call(`/webhooks/${id}`),
        await client.change(id, {}),
        await client.change(id, {}, 'POST'),
        await client.remove(id),
        await client.call(`/webhooks/${id}/secret`),
        await client.call(`/webhooks/${id}/secret/rotate`, { method: 'POST' }),
      ])
        assertMintError(answer, 404, 'mint.resourceDoesNotExist', ['type', 'id']);
    }
    const { body } = await client.call(`/webhooks/${unknownId}`);
    assert.equal(body.message, `Webhook with id [${unknownId}] does not exist`);
  });

  test('an Idempotency-Key makes a creation safe to repeat', async () => {
    const request = {
      headers: { 'Idempotency-Key': 'webhook-1' },
      body: { name: 'once', postURL: `${client.receiver.url}/hook` },
    };
    const first = await client.call('/webhooks', request);
    const second = await client.call('/webhooks', request);
    assert.deepEqual([second.status, second.body], [200, first.body]);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
  });
});
