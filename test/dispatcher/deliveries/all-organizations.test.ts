import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { allOrganizations, type DeliveryFilter, storedStatus } from '../../../src/dispatcher/model/delivery.ts';
import { reportedStates } from '../../../src/dispatcher/model/reported-state.ts';
import { deliveryTable, never, queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { healthTable } from '../../../src/dispatcher/store/statistics-rows.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

type Filter = Omit<DeliveryFilter, 'organization'>;

const states = [storedStatus.delivered, storedStatus.failed, storedStatus.cancelled, storedStatus.open];
const statuses = ['delivered', 'failed', 'cancelled', 'held'] as const;
const organizationCount = 250;

onEveryEngine('deliveries of all organizations', ({ serverUrl, name: engine }) => {
  let gateway: TestGateway;
  let probe: Probe;
  /** Newest first. */
  let rows: { id: string; organization: string; endpoint_id: string; type: string; status: number }[];

  before(async () => {
    probe = createProbe('http://127.0.0.1:1');
    // Held deliveries stay held.
    probe.resolve = async (ids) => new Map(ids.map((id) => [id, { state: 'disabled' }]));
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl });
    rows = Array.from({ length: 4000 }, (_, number) => ({
      id: randomUUIDv7(),
      // Most of one organization, the others among 249.
      organization: `org-${number % 2 === 0 ? 0 : number % organizationCount}`,
      ...{ endpoint_kind: 'probe', endpoint_id: `endpoint-${number % 50}`, type: `type-${number % 3}` },
      ...{ status: states[Math.floor(number / 7) % 4] ?? 0, attempt_count: 1, last_status: 200 },
      ...{ created_at: Date.now() * 1000, finished_at: 1 },
    }));
    rows.sort((one, other) => (one.id < other.id ? 1 : -1));
    const queue = rows
      .filter(({ status }) => status === storedStatus.open)
      .map(({ id, endpoint_id }) => ({
        ...{ delivery_id: id, endpoint_key: 1, endpoint_kind: 'probe', endpoint_id, due_at: never, held: 1 },
        ...{ lease_token: 0, lease_until: 0, attempt_count: 1, retries: 0, unknowns: 0, last_status: 200 },
      }));
    await probe.database.knex.batchInsert(deliveryTable, rows, 50);
    await probe.database.knex.batchInsert(queueTable, queue, 50);
    const now = Date.now() * 1000;
    const health = Array.from({ length: 1000 }, (_, number) => ({
      ...{
        organization: `org-${number % organizationCount}`,
        // Nothing is looked up for a kind that is not registered.
        endpoint_kind: 'other',
        endpoint_id: `endpoint-${number}`,
      },
      ...{ last_attempt_at: now, last_status: 500, last_error: '', last_delivery_at: 0, failures: 20 },
      failing_since: number % 50 === 0 ? now - 3_600_000_000 - number : 0,
      state: Number(number % 50 === 0 ? reportedStates.failing : reportedStates.ok),
    }));
    await probe.database.knex.batchInsert(healthTable, health, 50);
    if (engine === 'mysql')
      await probe.database.knex.raw(`analyze table ${deliveryTable}, ${queueTable}, ${healthTable}`);
  });
  after(() => gateway.close());

  const list = (filter: Filter, limit: number, cursor?: string) =>
    probe.dispatcher.deliveries.list({ organization: allOrganizations, ...filter }, limit, cursor);

  async function all(filter: Filter, limit: number): Promise<{ id: string; organization: string }[]> {
    const seen: { id: string; organization: string }[] = [];
    for (let cursor: string | undefined, pages = 0; ; pages += 1) {
      assert.ok(pages < 1000, 'the pages do not end');
      const page = await list(filter, limit, cursor);
      seen.push(...page.deliveries.map(({ id, organization }) => ({ id, organization })));
      cursor = page.next;
      if (cursor === undefined) return seen;
    }
  }

  const expected = (isWanted: (row: (typeof rows)[0]) => boolean): { id: string; organization: string }[] =>
    rows.filter(isWanted).map(({ id, organization }) => ({ id, organization }));

  test('pages follow one another without gaps, newest first, with every filter, and each names its organization', async () => {
    assert.deepEqual(
      await all({}, 700),
      expected(() => true),
    );
    assert.deepEqual(
      await all({ type: 'type-1' }, 700),
      expected(({ type }) => type === 'type-1'),
    );
    for (const [index, status] of statuses.entries()) {
      const isOfStatus = (row: (typeof rows)[0]): boolean => row.status === states[index];
      assert.deepEqual(await all({ status }, 90), expected(isOfStatus), status);
      const filter = { status, type: 'type-2', endpointId: undefined };
      assert.deepEqual(
        await all(filter, 90),
        expected((row) => isOfStatus(row) && row.type === 'type-2'),
        status,
      );
    }
    const endpointId = 'endpoint-7';
    assert.deepEqual(
      await all({ endpointId, status: 'failed' }, 20),
      expected((row) => row.endpoint_id === endpointId && row.status === storedStatus.failed),
    );
    const endpointIds = ['endpoint-7', 'endpoint-8'];
    assert.deepEqual(
      await all({ endpointIds }, 700),
      expected((row) => endpointIds.includes(row.endpoint_id)),
    );
    const from = Date.now() * 1000 - 60_000_000;
    assert.deepEqual(
      await all({ from }, 2000),
      expected(() => true),
    );
    assert.deepEqual(await all({ from: Date.now() * 1000 + 60_000_000, status: 'failed' }, 100), []);
    // Delivered ones have no error, and the others here no attempt.
    assert.deepEqual(await all({ error: 'read_timeout' }, 20), []);
  });

  test('counts are those of the lists', async () => {
    const count = (filter: Filter) =>
      probe.database.read((db) => probe.dispatcher.deliveries.count(db, { organization: allOrganizations, ...filter }));
    assert.deepEqual(await count({}), { count: 4000, more: false });
    for (const [index, status] of statuses.entries()) {
      const { length } = rows.filter((row) => row.status === states[index]);
      const found = await count({ status });
      // Held ones are told from others by their queue rows, of the organizations with the newest ones.
      if (status === 'held') assert.ok(found.more && found.count > 100 && found.count <= length, JSON.stringify(found));
      else assert.deepEqual(found, { count: length, more: false }, status);
    }
    const ofEndpoint = rows.filter(({ endpoint_id }) => endpoint_id === 'endpoint-7').length;
    assert.deepEqual(await count({ endpointId: 'endpoint-7' }), { count: ofEndpoint, more: false });
  });

  test('the backlog has an entry for each endpoint of each organization', async () => {
    const { endpoints, more } = await probe.dispatcher.deliveries.backlog(allOrganizations);
    const open = rows.filter(({ status }) => status === storedStatus.open);
    const groups = Map.groupBy(open, (row) => `${row.organization} ${row.endpoint_id}`);
    assert.equal(more, false);
    assert.equal(endpoints.length, Math.min(groups.size, 1000));
    for (const { organization, endpoint, waiting } of endpoints)
      assert.equal(waiting, groups.get(`${organization} ${endpoint.id}`)?.length);
  });

  test('organizations are listed in the order of their bytes, by pages', async () => {
    const names = Array.from({ length: organizationCount }, (_, number) => `org-${number}`).toSorted((one, other) =>
      Buffer.compare(Buffer.from(one), Buffer.from(other)),
    );
    const seen: string[] = [];
    for (;;) {
      const page = await probe.dispatcher.deliveries.organizations(40, seen.at(-1));
      if (page.length === 0) break;
      seen.push(...page);
    }
    assert.deepEqual(seen, names);
  });

  const failing = (limit: number) =>
    probe.dispatcher.statistics.health({ organization: allOrganizations, kinds: ['other'], state: 'failing' }, limit);

  test('failing endpoints are listed, the one that fails for the longest time first', async () => {
    const found = await failing(5);
    assert.deepEqual(
      found.map(({ organization, endpoint }) => [organization, endpoint.id]),
      [950, 900, 850, 800, 750].map((number) => [`org-${number % organizationCount}`, `endpoint-${number}`]),
    );
  });

  /** The engine's query plans of all statements of a read. */
  async function plansOf(read: () => Promise<unknown>): Promise<{ sql: string; plan: Record<string, unknown>[] }[]> {
    const asked: { sql: string; bindings?: unknown[] }[] = [];
    const { knex, rows: rowsOf } = probe.database;
    const remember = (query: (typeof asked)[0]): void => void asked.push(query);
    knex.on('query', remember);
    await read();
    knex.removeListener('query', remember);
    const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
    const plans = [];
    for (const { sql, bindings = [] } of asked)
      if (sql.startsWith('select') || sql.startsWith('with'))
        plans.push({
          sql,
          plan: rowsOf<Record<string, unknown>>(await knex.raw(`${explain} ${sql}`, bindings as string[])),
        });
    return plans;
  }

  test('every query is answered from an index, organizations by a seek for each', async () => {
    const { deliveries } = probe.dispatcher;
    const organization = allOrganizations;
    const reads: Record<string, () => Promise<unknown>> = {
      list: () => list({}, 20, rows[100]?.id),
      'list by type': () => list({ type: 'type-1' }, 20),
      'list by status': () => list({ status: 'failed' }, 20, rows[100]?.id),
      'list by status and type': () => list({ status: 'cancelled', type: 'type-1', from: Date.now() * 1000 - 1e9 }, 20),
      'list of an endpoint': () => list({ endpointId: 'endpoint-7', status: 'failed' }, 20),
      count: () => probe.database.read((db) => deliveries.count(db, { organization })),
      'count by status': () => probe.database.read((db) => deliveries.count(db, { organization, status: 'failed' })),
      backlog: () => deliveries.backlog(organization),
      'status of endpoints': () => failing(5),
      organizations: () => deliveries.organizations(20, 'org-1'),
    };
    for (const [name, read] of Object.entries(reads)) {
      const isOfRange = /status|organizations|endpoint/.test(name);
      for (const { sql, plan } of await plansOf(read))
        for (const step of plan.map(toStep)) {
          const seen = `${name}: ${step}\n${sql.slice(0, 500)}`;
          assert.doesNotMatch(step, fullScan, seen);
          if (isOfRange) assert.doesNotMatch(step, indexScan, seen);
        }
    }
    if (engine === 'mysql')
      for (const read of [reads['list by status'], reads['count by status'], reads.organizations]) {
        const plans = await plansOf(read ?? assert.fail());
        assert.ok(JSON.stringify(plans).includes('Using index for group-by'));
      }
  });

  /** A step of a plan as one line. */
  const toStep = (step: Record<string, unknown>): string =>
    engine === 'sqlite' ? String(step.detail) : `${step.table} ${step.type} by ${step.key}`;
  const [fullScan, indexScan] =
    engine === 'sqlite'
      ? [/^SCAN (?:d|q|a|dispatcher_\w+)$/, /^SCAN (?:d|q|a|dispatcher_\w+)\b/]
      : [/^(?!<)\S+ ALL/, /^(?!<)\S+ (?:ALL|index) /];
});
