import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, type TestAnswer } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

const scope = 'integration:read integration:write';
/** In the order of their bytes, which is not the one of JavaScript. */
const organizations = ['Acme', 'acme', 'globex', 'z\uffee', 'z\u{1f40e}'];

onEveryEngine('reading across organizations', ({ serverUrl }) => {
  let world: IntegrationGateway;
  let token: string;
  /** Ids of the deliveries by organization: one delivered, one failed. */
  const deliveries = new Map<string, string[]>();

  /** As a principal of all organizations. */
  const all = (path: string, request: { method?: string; body?: object; organization?: string } = {}) => {
    const { organization = '*', ...rest } = request;
    const header = Buffer.from(organization).toString('latin1');
    return world.call(path, { token, headers: { 'X-Organization': header }, ...rest });
  };

  before(async () => {
    world = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '3600000' });
    world.receiver.script(({ path }) => answer(Number(path.slice(1, 4))));
    token = await world.gateway.token({ org: '*', scope });
    for (const organization of organizations) {
      const ids: string[] = [];
      for (const status of [200, 404, 503]) {
        const meta = { host: world.receiver.url, path: `/${status}?key=secret`, method: 2 };
        const made = await all(`/distributors/nodes/${nodeId}`, { organization, body: { meta } });
        const event = { type: 'order.filled', data: { organization } };
        const sent = await all(`/distributors/${made.body.id}/events`, { organization, body: event });
        ids.push(sent.body.deliveries[0].id);
      }
      deliveries.set(organization, ids);
    }
    await eventually(async () => {
      const { body } = await all('/deliveries?limit=100');
      return body.deliveries.every((one: { decision: string }) => one.decision !== null) || undefined;
    });
  });
  after(() => world.close());

  test('lists of all organizations name the organization of each delivery, and where it went', async () => {
    const { body } = await all('/deliveries?status=failed');
    const found = body.deliveries as Record<string, unknown>[];
    assert.deepEqual(
      found.map(({ id, organization }) => [organization, id]),
      organizations.toReversed().map((organization) => [organization, deliveries.get(organization)?.[1]]),
    );
    for (const one of found) {
      assert.equal(one.endpoint_name, nodeId);
      assert.equal(one.url, `${world.receiver.url}/404`);
      assert.match(String(one.decision), /^failed: /);
    }
    const own = await all('/deliveries', { organization: 'acme' });
    assert.equal(own.body.deliveries.length, 3);
    for (const one of own.body.deliveries) assert.ok(!('organization' in one));
  });

  test('pages follow one another, and a count is the one of the list', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: TestAnswer = await all(`/deliveries?limit=4${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.deliveries.map(({ id }: { id: string }) => id));
      cursor = page.body.next_cursor;
    }
    assert.deepEqual(seen.toSorted(), [...deliveries.values()].flat().toSorted());
    assert.deepEqual((await all('/deliveries/count')).body, { count: 15 });
    assert.deepEqual((await all('/deliveries/count?status=failed')).body, { count: 5 });
    assert.deepEqual((await all('/deliveries/count?last_status=503')).body, { count: 5 });
  });

  test('one delivery is read without its organization, and shows it', async () => {
    const [id] = deliveries.get('Acme') ?? [];
    const { body } = await all(`/deliveries/${id}`);
    assert.deepEqual([body.organization, body.payload.data], ['Acme', { organization: 'Acme' }]);
    assert.equal(body.attempts.length, 1);
    assertError(await all(`/deliveries/${nodeId}`), 'NOT_FOUND');
    const { event_id: event } = body;
    assert.deepEqual(
      (await all(`/deliveries?event=${event}`)).body.deliveries.map((one: { id: string }) => one.id),
      [id],
    );
  });

  test('the backlog names organizations', async () => {
    const { body } = await all('/backlog');
    const named = body.endpoints.map(({ organization, waiting }: Record<string, unknown>) => [organization, waiting]);
    assert.deepEqual(named.toSorted(), organizations.map((organization) => [organization, 1]).toSorted());
    const own = await all('/backlog', { organization: 'globex' });
    assert.deepEqual(
      own.body.endpoints.map((entry: object) => Object.keys(entry)),
      [['endpoint', 'waiting', 'oldest_created_at']],
    );
  });

  test('a node is of one organization', async () => {
    const refused = await all(`/deliveries?node=${nodeId}`);
    assertError(refused, 'VALIDATION_ERROR');
    const [problem] = refused.body.error.details.fields;
    assert.deepEqual([problem.path, problem.in], ['node', 'query']);
    assert.equal((await all(`/deliveries?node=${nodeId}`, { organization: 'acme' })).body.deliveries.length, 3);
  });

  test('organizations are listed by pages, in the order of their bytes', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page: TestAnswer = await all(`/organizations?limit=2${query}`);
      seen.push(...page.body.organizations.map(({ name }: { name: string }) => name));
      cursor = page.body.next_cursor;
    }
    assert.deepEqual(seen, organizations);
    const product = { name: 'p', displayName: 'P' };
    const management = '/v1/organizations/only-products/apiproducts';
    assert.equal((await world.gateway.request(management, { token, body: product })).status, 201);
    const { body } = await all('/organizations?cursor=globex');
    assert.deepEqual(
      body.organizations.map(({ name }: { name: string }) => name),
      ['only-products', ...organizations.slice(3)],
    );
    for (const bad of ['limit=0', 'limit=101', 'cursor=', `cursor=${'x'.repeat(101)}`, 'cursor=a%00b', 'page=1'])
      assertError(await all(`/organizations?${bad}`), 'VALIDATION_ERROR', bad);
  });

  test('only credentials for all organizations read across them, and no other call does', async () => {
    const some = await world.gateway.token({ org: 'acme', orgs: ['globex'], scope });
    const headers = { 'X-Organization': '*' };
    const reading = [
      '/deliveries',
      '/deliveries/count',
      `/deliveries/${deliveries.get('acme')?.[0]}`,
      '/backlog',
      '/events',
    ];
    for (const path of [...reading, '/organizations'])
      assertError(await world.call(path, { token: some, headers }), 'NOT_FOUND', path);
    assertError(await world.call('/organizations', { token: some }), 'NOT_FOUND');
    const [delivered, failed] = deliveries.get('acme') ?? [];
    const others: [path: string, body?: object][] = [
      ['/distributors'],
      ['/statistics'],
      ['/endpoint-statistics'],
      ['/usage-notifications'],
      ['/deliveries/redeliver', { filter: { status: 'failed' } }],
      [`/deliveries/${failed}/redeliver`, {}],
      [`/deliveries/${delivered}/cancel`, {}],
    ];
    for (const [path, body] of others) assertError(await all(path, body ? { body } : {}), 'NOT_FOUND', path);
  });
});
