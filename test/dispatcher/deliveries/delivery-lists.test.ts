import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { storedStatus } from '../../../src/dispatcher/model/delivery.ts';
import { deliveryTable } from '../../../src/dispatcher/store/queue-repository.ts';
import type { DeliveryFilter } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

const index = 'dispatcher_deliveries_organization_status_id';
const settled = [storedStatus.delivered, storedStatus.failed, storedStatus.cancelled];

onEveryEngine('lists of deliveries', ({ serverUrl, name: engine }) => {
  const organization = 'test-org';
  let gateway: TestGateway;
  let probe: Probe;
  /** The organization's deliveries, newest first. */
  let ids: string[];

  before(async () => {
    probe = createProbe('http://127.0.0.1:1');
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl });
    const rows = Array.from({ length: 3000 }, (_, number) => ({
      id: randomUUIDv7(),
      organization: number % 3 === 0 ? organization : 'another',
      ...{ endpoint_kind: `kind-${number % 2}`, endpoint_id: `endpoint-${number % 50}`, type: 'x' },
      ...{ status: settled[Math.floor(number / 3) % 3] ?? 0, attempt_count: 1, last_status: 200 },
      ...{ created_at: number, finished_at: number },
    }));
    await probe.database.knex.batchInsert(deliveryTable, rows, 50);
    if (engine === 'mysql') await probe.database.knex.raw(`analyze table ${deliveryTable}`);
    ids = rows
      .flatMap((row) => (row.organization === organization ? [row.id] : []))
      .toSorted()
      .toReversed();
  });
  after(() => gateway.close());

  /** The engine's query plan for a page. */
  async function planOf(filter: Omit<DeliveryFilter, 'organization'>): Promise<Record<string, unknown>[]> {
    const asked: { sql: string; bindings?: unknown[] }[] = [];
    const { knex, rows } = probe.database;
    const remember = (query: (typeof asked)[0]): void => void asked.push(query);
    knex.on('query', remember);
    await probe.dispatcher.deliveries.list({ organization, ...filter }, 20, ids[100]);
    knex.removeListener('query', remember);
    const { sql, bindings = [] } = asked.find((query) => query.sql.includes('page')) ?? assert.fail('no page was read');
    const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
    return rows(await knex.raw(`${explain} ${sql}`, bindings as string[]));
  }

  test('a page is read from the end of an index for each state, without a sort of further rows', async () => {
    for (const filter of [{}, { status: 'failed' as const }, { states: ['failed', 'cancelled'] as const }]) {
      const plan = await planOf(filter);
      const parts = plan.filter((step) => JSON.stringify(step).includes(index));
      const states = 'status' in filter ? 1 : 'states' in filter ? 2 : 4;
      const text = JSON.stringify(plan, undefined, 1);
      assert.equal(parts.length, states, text);
      for (const part of parts) assert.doesNotMatch(JSON.stringify(part), /filesort|temporary/i, text);
      // SQLite reports sorts as steps of their own; the only one here sorts the page.
      assert.ok((text.match(/TEMP B-TREE/g) ?? []).length <= 1, text);
    }
  });

  test('pages follow one another without gaps, newest first, in all states', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await probe.dispatcher.deliveries.list({ organization }, 300, cursor);
      seen.push(...page.deliveries.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(seen, ids);
  });

  test('filters by states and endpoint kinds combine', async () => {
    const find = async (filter: Omit<DeliveryFilter, 'organization'>) =>
      (await probe.dispatcher.deliveries.list({ organization, ...filter }, 5000)).deliveries;
    const unsuccessful = await find({ states: ['failed', 'cancelled'], endpointKinds: ['kind-1'] });
    assert.ok(unsuccessful.length > 100);
    for (const { status, endpoint } of unsuccessful) {
      assert.ok(['failed', 'cancelled'].includes(status));
      assert.equal(endpoint.kind, 'kind-1');
    }
    const others = await find({ states: ['delivered', 'open'], endpointKinds: ['kind-1'] });
    const both = await find({ endpointKinds: ['kind-0', 'kind-1'] });
    const rest = await find({ endpointKinds: ['kind-0'] });
    assert.equal(unsuccessful.length + others.length + rest.length, both.length);
    assert.equal(both.length, ids.length);
  });
});
