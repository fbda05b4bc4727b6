import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { storedStatus } from '../../../src/dispatcher/model/delivery.ts';
import { firstIdAt } from '../../../src/dispatcher/store/id-times.ts';
import { deliveryTable } from '../../../src/dispatcher/store/queue-repository.ts';
import type { DeliveryFilter } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

const second = 1_000_000;
const minute = 60 * second;
const start = 1_750_000_000 * second;
/** Twice as many of one state as a page looks at, ten in a second. */
const count = 24_000;

onEveryEngine('deliveries within times', ({ serverUrl, name: engine }) => {
  const organization = 'times-org';
  let gateway: TestGateway;
  let probe: Probe;
  /** Newest first. */
  let rows: { id: string; created_at: number; endpoint_id: string }[];

  before(async () => {
    probe = createProbe('http://127.0.0.1:1');
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl });
    const all = Array.from({ length: count }, (_, number) => {
      const time = start + (number * second) / 10;
      return {
        // The clocks of the processes are almost a minute behind and ahead of the database's.
        id: `${firstIdAt(time + (number % 2 ? -59 : 59) * second).slice(0, 14)}${randomUUIDv7().slice(14)}`,
        ...{ organization, endpoint_kind: 'kind', endpoint_id: `endpoint-${number % 2}`, type: 'x' },
        ...{ status: storedStatus.failed, attempt_count: 1, last_status: 500 },
        ...{ created_at: time, finished_at: time },
      };
    });
    await probe.database.transaction((trx) => trx.batchInsert(deliveryTable, all, 50));
    if (engine === 'mysql') await probe.database.knex.raw(`analyze table ${deliveryTable}`);
    rows = all.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  });
  after(() => gateway.close());

  const countOf = (filter: DeliveryFilter) =>
    probe.database.read((db) => probe.dispatcher.deliveries.count(db, filter));

  const from = start + 5 * minute;
  const filters: Omit<DeliveryFilter, 'organization'>[] = [
    { from, to: from + 3 * minute },
    { from, to: from + 3 * minute, status: 'failed' },
    { from, to: from + 3 * minute, endpointId: 'endpoint-1' },
    { to: start + 4 * minute },
  ];
  const expected = ({ from = 0, to = 0, endpointId }: (typeof filters)[0]): string[] =>
    rows.flatMap(({ id, created_at, endpoint_id }) =>
      created_at >= from && created_at < to && (endpointId ?? endpoint_id) === endpoint_id ? [id] : [],
    );

  test('deliveries of a time range are counted, however many newer ones there are', async () => {
    for (const filter of filters)
      for (const name of [organization, '*'])
        assert.deepEqual(await countOf({ organization: name, ...filter }), {
          count: expected(filter).length,
          more: false,
        });
  });

  test('deliveries of a time range are listed from the first page on, without gaps', async () => {
    for (const filter of filters) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await probe.dispatcher.deliveries.list({ organization, ...filter }, 500, cursor);
        assert.notEqual(page.deliveries.length, 0);
        seen.push(...page.deliveries.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== undefined);
      assert.deepEqual(seen, expected(filter));
    }
  });

  test('a range with more than a page looks at says so, and leads to its end', async () => {
    const filter = { organization, from, type: 'x' };
    const counted = await countOf(filter);
    assert.ok(counted.more && counted.count >= 9000, JSON.stringify(counted));
    let found = 0;
    let cursor: string | undefined;
    do {
      const page = await probe.dispatcher.deliveries.list(filter, 5000, cursor);
      found += page.deliveries.length;
      cursor = page.next;
    } while (cursor !== undefined);
    assert.equal(found, rows.filter(({ created_at }) => created_at >= from).length);
  });
});
