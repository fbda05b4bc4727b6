import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { answer } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type Delivery, type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

onEveryEngine('the deliveries of an organization', ({ serverUrl }) => {
  let world: IntegrationGateway;
  let good: string;
  let bad: string;
  let sent: string[];

  before(async () => {
    world = await startIntegration(serverUrl);
    world.receiver.script(({ path }) => answer(path === '/bad' ? 404 : 200, 'seen'));
    good = await world.createDistributor({ path: '/good' });
    bad = await world.createDistributor({ path: '/bad' });
    sent = [];
    for (const [distributor, type] of [
      [good, 'one'],
      [bad, 'one'],
      [good, 'two'],
      [bad, 'two'],
      [good, 'one'],
    ] as const)
      sent.push(await world.send(distributor, { type, data: {} }));
    for (const id of sent) await world.reached(id, 'delivered', 'failed');
  });
  after(() => world.close());

  const list = async (query: string): Promise<Delivery> => (await world.call(`/deliveries?${query}`)).body;
  const ids = async (query: string): Promise<string[]> =>
    (await list(query)).deliveries.map((delivery: Delivery) => delivery.id);
  const at = (...indexes: number[]): string[] => indexes.map((index) => sent[index] ?? '');

  test('deliveries are listed newest first, each with all its fields', async () => {
    assert.deepEqual(await ids(''), sent.toReversed());
    const [newest] = (await list('limit=1')).deliveries;
    assert.match(newest.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.deepEqual(newest, {
      id: sent[4],
      type: 'one',
      event_id: (await world.read(newest.id)).payload.id,
      endpoint: { kind: 'distributor', id: good },
      test: false,
      endpoint_name: nodeId,
      url: `${world.receiver.url}/good`,
      status: 'delivered',
      attempt_count: 1,
      last_status: 200,
      error: null,
      decision: 'delivered: accepted by the endpoint',
      next_attempt_at: null,
      created_at: newest.created_at,
    });
  });

  test('filters by status, endpoint, type and time work alone and combined', async () => {
    assert.deepEqual(await ids('status=failed'), at(3, 1));
    assert.deepEqual(await ids('status=pending'), []);
    assert.deepEqual(await ids(`endpoint=${good}`), at(4, 2, 0));
    assert.deepEqual(await ids('type=two'), at(3, 2));
    assert.deepEqual(await ids(`type=one&endpoint=${good}&status=delivered`), at(4, 0));
    const middle = encodeURIComponent((await world.read(sent[2] ?? '')).created_at);
    assert.deepEqual(await ids(`from=${middle}`), at(4, 3, 2));
    assert.deepEqual(await ids(`to=${middle}`), at(1, 0));
    assert.deepEqual(await ids(`from=${middle}&to=${middle}`), []);
  });

  test('times are dates, or RFC 3339 with any offset and any number of digits', async () => {
    const { created_at: middle } = await world.read(sent[2] ?? '');
    const encoded = (time: string): string => encodeURIComponent(time);
    const digits = middle.replace('Z', '9999Z');
    const elsewhere = Temporal.Instant.from(middle).toString({ timeZone: '+05:45', fractionalSecondDigits: 6 });
    assert.deepEqual(await ids(`from=${encoded(digits)}`), at(4, 3, 2));
    assert.deepEqual(await ids(`from=${encoded(elsewhere)}`), at(4, 3, 2));
    assert.deepEqual(await ids('from=0000-01-01&to=9999-12-31'), at(4, 3, 2, 1, 0));
    assert.deepEqual(await ids('from=2016-12-31T23:59:60Z&to=2024-02-29t00:00z'), []);
  });

  test('pages follow one another, and the last one has no cursor', async () => {
    const first = await list('limit=2');
    const second = await list(`limit=2&cursor=${first.next_cursor}`);
    const third = await list(`limit=2&cursor=${second.next_cursor}`);
    const pages = [first, second, third].flatMap((page) => page.deliveries.map((delivery: Delivery) => delivery.id));
    assert.deepEqual(pages, sent.toReversed());
    assert.equal(third.next_cursor, null);
    assert.equal((await list('limit=5')).next_cursor, null);
    assert.equal((await list('limit=4')).next_cursor, sent[1]);
  });

  test('a filter that cannot match is refused in lists, counts and redeliveries', async () => {
    const cannotMatch = [
      [{ type: 'order.*' }, 'type', /^(filter\.)?type must be the whole name of an event type/],
      [{ type: '' }, 'type', /type/],
      [{ from: '2026-01-02', to: '2026-01-01' }, 'from', /^(filter\.)?from must not be later than "to"$/],
      [{ from: '2026-01-02T01:00:00+02:00', to: '2026-01-01T22:59Z' }, 'from', /later/],
    ] as const;
    for (const [filter, name, message] of cannotMatch) {
      const query = new URLSearchParams(filter as Record<string, string>);
      for (const path of ['deliveries', 'deliveries/count', 'events']) {
        const refused = await world.call(`/${path}?${query}`);
        assertInvalid(refused, [name], path);
        assert.match(refused.body.error.details.fields[0].message, message);
      }
      const refused = await world.call('/deliveries/redeliver', { body: { filter, dry_run: true } });
      assertInvalid(refused, [`filter.${name}`]);
      assert.match(refused.body.error.details.fields[0].message, message);
    }
    for (const to of ['2026-01-01T00:00:00.000001Z', '2026-01-02'])
      assert.equal((await world.call(`/deliveries?from=2026-01-01&to=${to}&type=order.filled`)).status, 200);
  });

  test('an invalid filter is refused with its name', async () => {
    for (const query of [
      'status=lost',
      'endpoint=1',
      'from=yesterday',
      'from=2026-02-30',
      'to=2026-02-29T00:00:00Z',
      'from=2026-01-01T24:00:00Z',
      'limit=0',
      'limit=101',
      'cursor=x',
      'colour=red',
      'event=1',
      'node=1',
      'error=none',
      'last_status=99',
      'url_host=a/b',
      'url_host=%25',
    ]) {
      const refused = await world.call(`/deliveries?${query}`);
      assertError(refused, 'VALIDATION_ERROR');
      assert.equal(refused.body.error.details.fields[0].path, query.split('=')[0]);
    }
  });

  test('filters by event, node, error, last status and host work alone and combined', async () => {
    const node = randomUUID();
    const silent = await world.createDistributor({ host: 'http://127.0.0.1:1', path: '/silent?key=1' }, node);
    const { body: published } = await world.call(`/distributors/nodes/${node}/events`, {
      body: { type: 'three', data: {} },
    });
    const id: string = published.deliveries[0].id;
    const { event_id: event, payload, ...failed } = await world.reached(id, 'failed');
    const other = await world.send(good, { type: 'three', data: {} });
    await world.reached(other, 'delivered');
    assert.equal(payload.id, event);
    assert.equal(failed.url, 'http://127.0.0.1:1/silent');
    assert.equal(failed.error, 'connection_refused');
    assert.equal(failed.decision, 'failed: the endpoint did not answer, no retries left');
    for (const query of [`event=${event}`, `node=${node}`, 'error=connection_refused', 'url_host=127.0.0.1:1'])
      for (const more of ['', '&type=three', `&status=failed&endpoint=${silent}`, `&error=connection_refused`])
        if (!query.startsWith('error') || !more.includes('error')) assert.deepEqual(await ids(`${query}${more}`), [id]);
    assert.deepEqual(await ids('last_status=404'), at(3, 1));
    assert.deepEqual(await ids(`url_host=${new URL(world.receiver.url).host}&type=one`), at(4, 1, 0));
    assert.deepEqual(await ids('url_host=127.0.0.1&type=three'), [other, id]);
    assert.deepEqual(await ids(`node=${nodeId}&type=two`), at(3, 2));
    for (const query of [
      `event=${event}&node=${nodeId}`,
      `event=${randomUUID()}`,
      `node=${randomUUID()}`,
      'error=read_timeout',
      'error=connection_refused&status=delivered',
      'last_status=500',
      'url_host=127.0.0._',
      'url_host=127.0.0.1:8',
    ])
      assert.deepEqual(await list(query), { deliveries: [], next_cursor: null }, query);
    const filter = { event, last_status: 404 };
    for (const [condition, count] of [
      [{ event }, 1],
      [{ node }, 1],
      [filter, 0],
    ] as const) {
      const body = { filter: condition, dry_run: true };
      assert.deepEqual((await world.call('/deliveries/redeliver', { body })).body, { count });
    }
    await world.call(`/distributors/${silent}`, { method: 'DELETE' });
    assert.equal((await world.read(id)).endpoint_name, null);
  });

  test('a delivery is read with its payload and attempts', async () => {
    const { payload, attempts, ...rest } = await world.read(sent[1] ?? '');
    assert.equal(rest.status, 'failed');
    assert.equal(payload.type, 'one');
    assert.equal(attempts.length, 1);
    const [attempt] = attempts;
    assert.equal(attempt.number, 1);
    assert.equal(attempt.status, 404);
    assert.equal(attempt.response_body, 'seen');
    assert.equal(attempt.response_headers['content-length'], '4');
    assert.ok(attempt.duration_ms > 0);
    assert.match(attempt.decision, /^failed/);
  });

  test('deliveries are counted by the filters of the list, in the own organization', async () => {
    const count = async (query: string) => (await world.call(`/deliveries/count?${query}`)).body;
    assert.deepEqual(await count(`endpoint=${bad}&status=failed`), { count: 2 });
    assert.deepEqual(await count(`endpoint=${bad}&status=held`), { count: 0 });
    assert.deepEqual(await count('type=one&last_status=404'), { count: 1 });
    const token = await world.gateway.token({ org: 'other', scope: 'integration:read' });
    assert.deepEqual((await world.call(`/deliveries/count?endpoint=${bad}`, { token })).body, { count: 0 });
    assertError(await world.call('/deliveries/count?limit=1'), 'VALIDATION_ERROR');
  });

  test('an attempt shows its request without secrets', async () => {
    const token = 'tok-5tG7.Distributor';
    const authentication = { type: 2, token };
    const path = `/good/${token}?token=${token}`;
    const id = await world.send(await world.createDistributor({ path, authentication }));
    const { attempts, url } = await world.reached(id, 'delivered');
    const [{ request_headers: headers, peer, tls, ...attempt }] = attempts;
    const received = world.receiver.received.find((request) => request.headers['webhook-id'] === id);
    assert.deepEqual([peer, tls], ['127.0.0.1', null]);
    assert.deepEqual([url, attempt.url], Array(2).fill(`${world.receiver.url}/good/[redacted]`));
    assert.equal(received?.headers.authorization, `Bearer ${token}`);
    const { host: _, connection: __, 'content-length': ___, ...sentHeaders } = received?.headers ?? {};
    assert.deepEqual(headers, { ...sentHeaders, authorization: '********' });
  });

  test('an attempt without a connection has an address and no request', async () => {
    const id = await world.send(await world.createDistributor({ host: 'http://127.0.0.1:1', path: '/' }));
    const { attempts } = await world.reached(id, 'failed');
    assert.deepEqual(
      [attempts[0].url, attempts[0].peer, attempts[0].request_headers],
      ['http://127.0.0.1:1/', null, null],
    );
  });

  test("another organization's deliveries are not found", async () => {
    const token = await world.gateway.token({ org: 'other', scope: 'integration:read integration:write' });
    assert.deepEqual((await world.call('/deliveries', { token })).body, { deliveries: [], next_cursor: null });
    const path = `/deliveries/${sent[0]}`;
    assertError(await world.call(path, { token }), 'NOT_FOUND');
    for (const action of ['redeliver', 'cancel'])
      assertError(await world.call(`${path}/${action}`, { token, method: 'POST' }), 'NOT_FOUND');
    const body = { filter: { status: 'failed' }, dry_run: true };
    assert.deepEqual((await world.call('/deliveries/redeliver', { token, body })).body, { count: 0 });
    assertError(await world.call(`/deliveries/${randomUUID()}`), 'NOT_FOUND');
  });

  test('reading needs the read scope, changing the write scope', async () => {
    const reader = await world.gateway.token({ scope: 'integration:read' });
    const writer = await world.gateway.token({ scope: 'integration:write' });
    const path = `/deliveries/${sent[0]}`;
    assert.equal((await world.call(path, { token: reader })).status, 200);
    assertError(await world.call(path, { token: writer }), 'FORBIDDEN');
    assertError(await world.call(`${path}/cancel`, { token: reader, method: 'POST' }), 'FORBIDDEN');
  });

  test('deleting a distributor, or removing its webhook, cancels its waiting deliveries', async () => {
    const slow = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '600000' });
    try {
      slow.receiver.script(() => answer(500));
      for (const remove of [
        (id: string) => slow.call(`/distributors/${id}`, { method: 'DELETE' }),
        (id: string) => slow.call(`/distributors/${id}`, { method: 'PUT', body: { meta: null } }),
      ]) {
        const distributor = await slow.createDistributor();
        const id = await slow.send(distributor);
        await eventually(async () => (await slow.read(id)).attempt_count === 1);
        const waiting = await slow.read(id);
        assert.equal(waiting.status, 'pending');
        assert.equal(waiting.last_status, 500);
        assert.match(waiting.decision, /^retry 1 of 3/);
        assert.ok(Date.parse(waiting.next_attempt_at) > Date.now() + 500_000);
        assert.ok((await remove(distributor)).status < 300);
        const cancelled = await slow.read(id);
        assert.equal(cancelled.status, 'cancelled');
        assert.equal(cancelled.attempt_count, 1);
        assert.equal(cancelled.last_status, 500);
        assert.match(cancelled.decision, /^cancelled/);
        assertError(await slow.call(`/deliveries/${id}/redeliver`, { method: 'POST' }), 'ENDPOINT_GONE');
      }
    } finally {
      await slow.close();
    }
  });

  test('the retry of a delivery whose webhook was removed during an attempt is cancelled', async () => {
    const distributor = await world.createDistributor({ path: '/removed' });
    world.receiver.script(({ path }) => ({ ...answer(path === '/removed' ? 500 : 200), delayMs: 300 }));
    const id = await world.send(distributor);
    await eventually(() => world.receiver.received.some(({ path }) => path === '/removed'));
    assert.equal((await world.read(id)).status, 'in_flight');
    assert.equal(
      (await world.call(`/distributors/${distributor}`, { method: 'PUT', body: { meta: null } })).status,
      200,
    );
    const { attempts } = await world.reached(id, 'cancelled');
    assert.deepEqual(
      attempts.map((attempt: Delivery) => attempt.error ?? attempt.status),
      [500, 'endpoint_gone'],
    );
  });
});
