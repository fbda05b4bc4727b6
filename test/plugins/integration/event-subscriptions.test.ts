import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventTypesSchema } from '../../../plugins/integration/event-subscriptions/event-pattern.ts';
import {
  deleteEventTypes,
  eventTypesOf,
  setEventTypes,
  subscribersOf,
} from '../../../plugins/integration/event-subscriptions/event-subscriptions.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { migrate } from '../../../src/database/migrations.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { patient } from '../../support/patience.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const [nodeA, nodeB] = ['e40efce4-38a3-46c4-a202-e8db95d0409c', '0d1f2c34-38a3-46c4-a202-e8db95d0409c'];

onEveryEngine('event subscriptions', ({ name: engine, createDatabase }) => {
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    database = openDatabase(loadConfig(own.env));
    await migrate(database, [{ name: 'integration', directory: join(root, 'migrations', 'integration') }]);
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  const row = (organization: string, node_id: string) => ({
    ...{ id: randomUUIDv7(), organization, node_id, host: 'https://example.com', path: '/', method: 'POST' },
    ...{ created_at: 1, updated_at: 1 },
  });

  async function add(organization: string, patterns?: readonly string[], node = nodeA): Promise<string> {
    const added = row(organization, node);
    await database.knex('integration_distributors').insert(added);
    if (patterns) assert.equal(await set(organization, added.id, patterns), true);
    return added.id;
  }

  const set = (organization: string, id: string, patterns: readonly string[]): Promise<boolean> =>
    database.transaction((trx) => setEventTypes(trx, organization, id, patterns));

  async function subscribers(organization: string, type: string, nodeId?: string, limit = 250): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = { limit, ...(cursor === undefined ? {} : { cursor }) };
      const { items, next } = await subscribersOf(database.knex, { organization, nodeId, type }, page);
      ids.push(...items.map(({ id }) => id));
      cursor = next;
    } while (cursor !== undefined);
    return ids;
  }

  test('a type is matched by itself, by its beginnings up to a dot, and by every type', async () => {
    const matching = ['order.filled', 'order.*', 'order.filled.*', '*'];
    const others = ['orders.*', 'order', 'order.filled.partly', 'order.fille.*', 'Order.filled', 'hookgate.*'];
    const all = new Map<string, string>();
    for (const pattern of [...matching, ...others]) all.set(await add('match', [pattern]), pattern);
    const found = await subscribers('match', 'order.filled');
    assert.deepEqual(found.map((id) => all.get(id)).sort(), [...matching].sort());
    const partly = await subscribers('match', 'order.filled.partly');
    assert.deepEqual(partly.map((id) => all.get(id)).sort(), [...matching.slice(1), 'order.filled.partly'].sort());
    assert.deepEqual((await subscribers('match', 'order')).map((id) => all.get(id)).sort(), ['*', 'order', 'order.*']);
  });

  test("the gateway's own types need a pattern that names them", async () => {
    await add('own', ['*']);
    await add('own');
    await add('own', ['*', 'order.*']);
    const named = [
      await add('own', ['hookgate.*']),
      await add('own', ['hookgate.endpoint.*', '*']),
      await add('own', ['hookgate.endpoint.failing']),
    ];
    assert.deepEqual(await subscribers('own', 'hookgate.endpoint.failing'), named.sort());
    assert.equal((await subscribers('own', 'hookgateway')).length, 4);
  });

  test('a distributor with several matching patterns is found once, pages have an order, nodes and organizations are apart', async () => {
    const ids: string[] = [];
    for (const patterns of [undefined, ['order.*', 'order.filled', '*'], ['order.filled'], undefined, ['*', 'a']])
      ids.push(await add('pages', patterns));
    const elsewhere = await add('pages', ['order.filled'], nodeB);
    await add('pages', ['order.filed'], nodeB);
    await add('Pages', ['order.filled']);
    // Ids of one millisecond are in no order.
    assert.deepEqual(await subscribers('pages', 'order.filled', undefined, 2), [...ids, elsewhere].sort());
    assert.deepEqual(await subscribers('pages', 'order.filled', nodeA, 1), ids.sort());
    assert.deepEqual(await subscribers('pages', 'order.filled', nodeB), [elsewhere]);
  });

  test('types are replaced, read back in order, and deleted', async () => {
    const id = await add('change', ['b', 'a.*']);
    const every = await add('change');
    const read = () => eventTypesOf(database.knex, [id, every, randomUUIDv7()]);
    assert.deepEqual(Object.fromEntries(await read()), { [id]: ['a.*', 'b'], [every]: ['*'] });
    await set('change', id, []);
    assert.deepEqual((await read()).get(id), []);
    assert.deepEqual(await subscribers('change', 'b'), [every]);
    await set('change', id, ['*']);
    assert.deepEqual((await read()).get(id), ['*']);
    assert.equal(await set('other', id, ['a']), false);
    assert.deepEqual((await read()).get(id), ['*']);
    await set('change', id, ['a']);
    await deleteEventTypes(database.knex, id);
    assert.deepEqual(await database.knex('integration_event_subscriptions').where({ distributor_id: id }), []);
  });

  test('patterns are names, names with .* and *', () => {
    const accepted = ['*', 'order', 'order.*', 'a:b/c-d_e.f', 'n'.repeat(128), `${'n'.repeat(128)}.*`];
    assert.deepEqual(eventTypesSchema.validate(accepted).value, accepted);
    for (const wrong of ['', '.*x', '**', 'order*', '*.order', 'o.*.p', 'n'.repeat(129), 'ö', 'a b', 'a\n', 1, null])
      assert.ok(eventTypesSchema.validate([wrong]).error, String(wrong));
    assert.ok(eventTypesSchema.validate(['a', 'b', 'a']).error);
    assert.equal(eventTypesSchema.validate(Array.from({ length: 50 }, (_, index) => `a${index}`)).error, undefined);
    assert.ok(eventTypesSchema.validate(Array.from({ length: 51 }, (_, index) => `a${index}`)).error);
  });

  test('subscribers among 10,000 distributors with 20 patterns each are found by indexes, in time', async (t) => {
    const distributors = Array.from({ length: 10_000 }, () => ({ ...row('large', nodeA), is_selective: true }));
    const patterns = (number: number) =>
      Array.from({ length: 20 }, (_, index) => `type${number % 500}.kind${index}${index % 2 ? '.*' : ''}`);
    const subscriptions = distributors.flatMap(({ id, organization, node_id }, number) =>
      patterns(number).map((pattern) => ({ organization, pattern, distributor_id: id, node_id })),
    );
    await database.knex.transaction(async (trx) => {
      await trx.batchInsert('integration_distributors', distributors, 500);
      await trx.batchInsert('integration_event_subscriptions', subscriptions, 500);
    });
    if (engine === 'mysql')
      await database.knex.raw('analyze table integration_distributors, integration_event_subscriptions');
    for (const nodeId of [undefined, nodeA]) {
      const asked: { sql: string; bindings: string[] }[] = [];
      const remember = (query: (typeof asked)[0]): void => void asked.push(query);
      database.knex.on('query', remember);
      const times: number[] = [];
      for (let round = 0; round < 20; round += 1) {
        const startedAt = performance.now();
        assert.equal((await subscribers('large', 'type7.kind3.x', nodeId)).length, 20);
        times.push(performance.now() - startedAt);
      }
      database.knex.removeListener('query', remember);
      const median = times.sort((a, b) => a - b)[10] ?? Number.NaN;
      t.diagnostic(`median ${median.toFixed(1)} ms${nodeId ? ' of a node' : ''}`);
      assert.ok(median < patient(20), `${median} ms`);
      const [{ sql, bindings }] = asked as [(typeof asked)[0]];
      const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
      const plan: object[] = database.rows(await database.knex.raw(`${explain} ${sql}`, bindings));
      const tables = plan.map((step) => JSON.stringify(step)).filter((step) => /integration_/.test(step));
      assert.equal(tables.length, 6);
      for (const step of tables)
        assert.match(step, /SEARCH integration_\w+ USING COVERING INDEX|"type":"(?:ref|range)"/);
      assert.doesNotMatch(JSON.stringify(tables), /filesort/);
    }
  });
});
