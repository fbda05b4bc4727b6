import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createDeliveryChanges } from '../../../src/dispatcher/deliveries/delivery-changes.ts';
import { createStatistics } from '../../../src/dispatcher/deliveries/statistics.ts';
import { reportedStates } from '../../../src/dispatcher/model/reported-state.ts';
import { bucketMicros, TallySheet } from '../../../src/dispatcher/model/tally.ts';
import type { EndpointLookup } from '../../../src/dispatcher/sending/endpoint-lookup.ts';
import { createEndpointQueue } from '../../../src/dispatcher/store/endpoint-queue.ts';
import { insertDeliveries } from '../../../src/dispatcher/store/enqueue.ts';
import { purgeStatistics } from '../../../src/dispatcher/store/statistics-writes.ts';
import { noteTallies } from '../../../src/dispatcher/store/tally-journal.ts';
import { answer, type TestRequest } from '../../../src/testing/index.ts';
import { ageFailures } from '../../support/age-failures.ts';
import { assertError } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

const names = ['accepted', 'delivered', 'failed', 'retried', 'cancelled'] as const;
type Point = Record<(typeof names)[number], number> & { at: string };

onEveryEngine('statistics', ({ serverUrl }) => {
  let world: IntegrationGateway;
  let webhook: string;
  /** Distributors by their way of answering. */
  const ids: Record<'good' | 'bad' | 'flaky' | 'away', string> = { good: '', bad: '', flaky: '', away: '' };

  const get = async (path: string, request: TestRequest = {}) => {
    const found = await world.call(path, request);
    assert.equal(found.status, 200, found.text);
    return found.body;
  };
  const sumsOf = (points: readonly Point[]): number[] =>
    names.map((name) => points.reduce((sum, point) => sum + point[name], 0));
  const sums = async (query = '', request: TestRequest = {}) =>
    sumsOf((await get(`/statistics?${query}`, request)).points);
  const counted = (query: string, ...expected: number[]) =>
    eventually(async () => (String(await sums(query)) === String(expected) ? expected : undefined));
  const endpoints = async (query: string, request: TestRequest = {}) =>
    (await get(`/endpoint-statistics?${query}`, request)).data;

  const age = (): Promise<void> => ageFailures(world.gateway.app.foundation.database, 5 * 60);

  before(async () => {
    world = await startIntegration(serverUrl);
    const asked = new Map<string, number>();
    world.receiver.script(({ path, headers }) => {
      const id = String(headers['webhook-id']);
      asked.set(id, (asked.get(id) ?? 0) + 1);
      if (path === '/bad') return answer(404);
      return answer(path === '/flaky' && asked.get(id) === 1 ? 503 : 200);
    });
    for (const path of ['good', 'bad', 'flaky'] as const)
      ids[path] = await world.createDistributor({ path: `/${path}` });
    ids.away = await world.createDistributor({ host: 'http://127.0.0.1:1', path: '/' });
    const made = await world.gateway.request('/v1/mint/organizations/test-org/webhooks', {
      token: await world.gateway.token({ scope: 'integration:read integration:write' }),
      body: { name: 'never called', postURL: world.receiver.url },
    });
    assert.equal(made.status, 200, made.text);
    webhook = made.body.id;
    // One after the other: the endpoints begin to fail in this order.
    for (const id of [ids.good, ids.good, ids.bad, ids.flaky, ids.away])
      await world.reached(await world.send(id), 'delivered', 'failed');
  });
  after(() => world.close());

  test('deliveries and their outcomes are counted once, by organization and by endpoint', async () => {
    await counted('step=5m', 5, 3, 2, 4, 0);
    await counted(`step=1d&endpoint=${ids.flaky}`, 1, 1, 0, 1, 0);
    await counted(`endpoint=${ids.away}`, 1, 0, 1, 3, 0);
    assert.deepEqual(await sums(`endpoint=${randomUUID()}`), [0, 0, 0, 0, 0]);
  });

  test('every step of the range is present', async () => {
    const query = 'from=2026-01-01T00:10:30Z&to=2026-01-01T03:00:01Z';
    const { points, ...range } = await get(`/statistics?${query}&step=1h`);
    assert.deepEqual(range, { from: '2026-01-01T00:00:00.000000Z', to: '2026-01-01T04:00:00.000000Z', step: '1h' });
    assert.deepEqual(points[3], {
      at: '2026-01-01T03:00:00.000000Z',
      ...{ accepted: 0, delivered: 0, failed: 0, retried: 0, cancelled: 0 },
    });
    assert.equal(points.length, 4);
    assert.equal((await get(`/statistics?${query}&step=5m`)).points.length, 35);
    assert.ok([24, 25].includes((await get('/statistics')).points.length));
  });

  test('a range that is empty, too long or unknown is refused with its name', async () => {
    for (const [query = '', field] of [
      ['statistics?from=2026-01-02&to=2026-01-02', 'from'],
      ['statistics?from=2026-01-01&to=2026-01-04&step=5m', 'step'],
      ['statistics?from=0000-01-01&to=9999-12-31&step=1d', 'step'],
      ['statistics?step=2h', 'step'],
      ['statistics?endpoint=x', 'endpoint'],
      ['endpoint-statistics?from=2026-01-01&to=2026-03-01', 'from'],
      ['endpoint-statistics?endpoints=x', 'endpoints'],
      [`endpoint-statistics?endpoints=${Array(101).fill(nodeId).join(',')}`, 'endpoints'],
      ['endpoint-statistics?kind=webhook-test', 'kind'],
      ['endpoint-statistics?cursor=x', 'cursor'],
    ]) {
      const refused = await world.call(`/${query}`);
      assertError(refused, 'VALIDATION_ERROR');
      const [problem] = refused.body.error.details.fields;
      assert.deepEqual([problem.path, problem.in], [field, 'query'], query);
    }
  });

  test('a range that is too long is refused with the longest one', async () => {
    for (const [query, message] of [
      ['statistics?from=2026-01-02&to=2026-01-01', 'must be before "to"'],
      [
        'statistics?from=2026-01-01&to=2026-01-04&step=5m',
        'is too short: with steps of 5m, the longest range is 62.5 hours',
      ],
      ['statistics?from=2026-01-01&to=2026-02-02', 'is too short: with steps of 1h, the longest range is 31.25 days'],
      [
        'statistics?from=2026-01-01&to=2036-01-01&step=1d',
        'is too short: with steps of 1d, the longest range is 750 days',
      ],
      ['endpoint-statistics?from=2026-01-01&to=2026-02-01T00:05:00.000001Z', 'the range is longer than 31 days'],
    ] as const)
      assert.equal((await world.call(`/${query}`)).body.error.details.fields[0].message, message, query);
    const whole = 'endpoint-statistics?from=2026-01-01T00:01:00Z&to=2026-02-01T00:01:00Z';
    assert.equal((await world.call(`/${whole}`)).status, 200);
  });

  test('endpoints have their success rate and last attempt, in the order of the ids', async () => {
    await counted('', 5, 3, 2, 4, 0);
    const wanted = [ids.flaky, webhook, ids.away, randomUUID(), ids.bad];
    const found = await endpoints(`endpoints=${wanted.join(',')}`);
    assert.deepEqual(
      found.map((item: Record<string, unknown> & { endpoint: { id: string; kind: string } }) => [
        item.endpoint.kind,
        item.endpoint.id,
        item.endpoint_name,
        ...[item.delivered, item.failed, item.retried, item.success_rate],
        ...[item.last_status, item.last_error, item.failing_since !== null, item.last_delivery_at !== null],
        ...[item.failures, item.state],
      ]),
      [
        ['distributor', ids.flaky, nodeId, 1, 0, 1, 0.5, 200, null, false, true, 0, 'ok'],
        ['webhook', webhook, 'never called', 0, 0, 0, null, null, null, false, false, 0, 'ok'],
        ['distributor', ids.away, nodeId, 0, 1, 3, 0, null, 'connection_refused', true, false, 4, 'ok'],
        ['distributor', ids.bad, nodeId, 0, 1, 0, 0, 404, null, true, false, 1, 'ok'],
      ],
    );
    const [, never, away] = found;
    assert.deepEqual([never.last_attempt_at, never.waiting, never.oldest_created_at], [null, 0, null]);
    assert.ok(away.failing_since < away.last_attempt_at);
    assert.deepEqual(await endpoints(`endpoints=${ids.bad}&kind=webhook`), []);
  });

  test('pages list all endpoints with attempts, and failing ones by the time for which they fail', async () => {
    const pages = async (query: string): Promise<string[]> => {
      const all: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { data, next_cursor } = await get(`/endpoint-statistics?limit=1${query}${cursor && `&cursor=${cursor}`}`);
        all.push(...data.map(({ endpoint }: { endpoint: { id: string } }) => endpoint.id));
        cursor = next_cursor;
      }
      return all;
    };
    assert.deepEqual(await pages(''), [ids.away, ids.flaky, ids.bad, ids.good]);
    assert.deepEqual(await pages('&failing=true'), []);
    await age();
    await eventually(async () => ((await pages('&failing=true')).length === 2 ? true : undefined));
    assert.deepEqual(await pages('&failing=true'), [ids.bad, ids.away]);
    assert.deepEqual(await pages(`&failing=true&endpoints=${ids.away},${ids.good}`), [ids.away]);
    assert.deepEqual(await pages('&kind=webhook'), []);
    const setState = (state: number) =>
      world.gateway.app.foundation.database
        .knex('dispatcher_health')
        .where({ endpoint_id: ids.away })
        .update({ state });
    await setState(reportedStates.disabled);
    assert.deepEqual(await pages('&state=disabled'), [ids.away]);
    assert.deepEqual(await pages('&state=failing'), [ids.bad]);
    const setEnabled = (enabled: boolean) =>
      world.gateway.app.foundation.database
        .knex('integration_distributors')
        .where({ id: ids.away })
        .update({ enabled });
    const enabledOf = async () =>
      (await endpoints(`endpoints=${ids.away},${webhook}`)).map(({ enabled }: { enabled: unknown }) => enabled);
    assert.deepEqual(await enabledOf(), [true, false]);
    await setEnabled(false);
    assert.deepEqual(await enabledOf(), [false, false]);
    await setEnabled(true);
    await setState(reportedStates.failing);
    assert.deepEqual(await pages('&state=failing'), [ids.bad, ids.away]);
    assert.equal((await world.call('/endpoint-statistics?state=ok')).status, 400);
  });

  test('a deleted endpoint keeps its counts and fails no longer', async () => {
    const slow = await world.createDistributor({ path: '/bad' });
    const failed = await world.send(slow);
    await world.reached(failed, 'failed');
    await counted(`endpoint=${slow}`, 1, 0, 1, 0, 0);
    const again = await world.call(`/deliveries/${failed}/redeliver`, { method: 'POST' });
    assert.equal(again.status, 202);
    await world.reached(failed, 'failed');
    await counted(`endpoint=${slow}`, 1, 0, 2, 0, 0);
    const failing = (count: number) =>
      eventually(async () => ((await endpoints('failing=true')).length === count ? true : undefined));
    await age();
    await failing(3);
    assert.equal((await world.call(`/distributors/${slow}`, { method: 'DELETE' })).status, 204);
    await failing(2);
    const [gone] = await endpoints(`limit=1`);
    assert.deepEqual([gone.endpoint.id, gone.endpoint_name, gone.enabled, gone.failed], [slow, null, null, 2]);
  });

  test('deliveries are accepted when they were, counted with their first outcome: accepting writes no statistics', async () => {
    const { database } = world.gateway.app.foundation;
    const endpoint = { kind: 'distributor', id: await world.createDistributor({ path: '/good' }) };
    const hour = 12 * bucketMicros;
    const yesterday = hour * Math.floor((Date.now() * 1000) / hour - 24);
    const of = `endpoint=${endpoint.id}&from=${new Date(yesterday / 1000).toISOString()}`;
    const times = [yesterday + 1, yesterday + hour, yesterday + hour + bucketMicros];
    const again = await database.transaction(async (trx) => {
      const delivery = { organization: 'test-org', endpoint, type: 't', payload: '{}' };
      const leases = { leaseFor: () => undefined, left: new Set<number>() };
      const accepted = [];
      for (const time of times) accepted.push(...(await insertDeliveries(trx, [delivery], time, leases)));
      const journal: string[] = await trx('dispatcher_tallies').pluck('content');
      assert.ok(journal.every((content) => !content.includes(endpoint.id)));
      const parts = { database, now: () => Date.now() * 1000, wake: () => {}, lookup: {} as EndpointLookup };
      const [first = { id: '' }] = accepted;
      await createDeliveryChanges(parts).cancel(trx, 'test-org', first.id);
      await createEndpointQueue(trx, database).cancel(endpoint, parts.now());
      return first.id;
    });
    await counted(of, 3, 0, 0, 0, 3);
    assert.equal((await world.call(`/deliveries/${again}/redeliver`, { method: 'POST' })).status, 202);
    await world.reached(again, 'delivered');
    await counted(of, 3, 1, 0, 0, 3);
    const { points } = await get(`/statistics?${of}`);
    assert.deepEqual(
      points.slice(0, 3).map(({ accepted }: Point) => accepted),
      [1, 2, 0],
    );
  });

  test('another organization sees none of it', async () => {
    const token = await world.gateway.token({ org: 'other', scope: 'integration:read' });
    assert.deepEqual(await sums('', { token }), [0, 0, 0, 0, 0]);
    assert.deepEqual(await sums(`endpoint=${ids.good}`, { token }), [0, 0, 0, 0, 0]);
    for (const query of ['', 'failing=true', `endpoints=${ids.good}`, `endpoints=${webhook}`])
      assert.deepEqual(await endpoints(query, { token }), []);
    const writer = await world.gateway.token({ scope: 'integration:write' });
    for (const path of ['/statistics', '/endpoint-statistics'])
      assertError(await world.call(path, { token: writer }), 'FORBIDDEN');
  });

  test('processes that add up at the same time count everything once, and a rollback counts nothing', async () => {
    const { database } = world.gateway.app.foundation;
    const statistics = createStatistics({ database, now: () => Date.now() * 1000, isHeard: () => false });
    const note = (organization: string, count: number, isKept = true): Promise<void> =>
      database
        .transaction(async (trx) => {
          const sheet = new TallySheet();
          for (let at = 0; at < count; at += 1)
            sheet.at(organization, { kind: 'webhook', id: `e${at % 7}` }, 5 * bucketMicros).accepted += 1;
          await noteTallies(trx, sheet.tallies);
          if (!isKept) throw new Error('rolled back');
        })
        .catch((error: Error) => assert.equal(error.message, 'rolled back'));
    for (let round = 0; round < 5; round += 1)
      await Promise.all([
        ...Array.from({ length: 8 }, (_, at) => note(`own-${at % 2}`, 25, at !== 7)),
        ...Array.from({ length: 3 }, () => statistics.fold()),
      ]);
    await eventually(async () => {
      await statistics.fold();
      return (await database.knex('dispatcher_tallies').where('id', '>', '')).length === 0;
    });
    const range = { from: 0, to: 10 * bucketMicros };
    for (const [organization, accepted] of [
      ['own-0', 500],
      ['own-1', 375],
    ] as const) {
      const points = await statistics.points({ organization }, range, bucketMicros);
      assert.deepEqual(
        points.map((point) => point.accepted),
        [0, 0, 0, 0, 0, accepted, 0, 0, 0, 0],
      );
    }
    const points = await statistics.points(
      { organization: 'own-1', endpointId: 'e3', kinds: ['webhook'] },
      range,
      5 * bucketMicros,
    );
    assert.deepEqual(
      points.map(({ at, accepted }) => [at, accepted]),
      [
        [0, 0],
        [5 * bucketMicros, 60],
      ],
    );
    await purgeStatistics(database.knex, 5 * bucketMicros);
    assert.equal((await database.knex('dispatcher_counts').where({ bucket: 5 })).length, 16);
    await purgeStatistics(database.knex, 6 * bucketMicros);
    assert.equal((await database.knex('dispatcher_counts').where({ bucket: 5 })).length, 0);
    await purgeStatistics(database.knex, Date.now() * 1000 + bucketMicros);
    assert.deepEqual(await database.knex('dispatcher_health'), []);
  });
});
