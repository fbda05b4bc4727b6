import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { databaseUnavailable } from '../../../src/errors.ts';
import { definePlugin, type MeteredFlush, type MeteredSink } from '../../../src/plugin.ts';
import { answer, createReceiver, type Receiver, type TokenClaims } from '../../../src/testing/index.ts';
import {
  developer,
  organization,
  percents,
  product,
  startUsage,
  type UsageClient,
} from '../../plugins/integration/usage-client.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';

/** The plugin with its sink exposed to the test, and a database that fails on demand. */
function createStage() {
  const stage = {
    /** Counted from 1, the next transaction that fails because the database is unreachable; 0: none. */
    failAt: 0,
    /** The next transaction commits, but its response gets lost. */
    forgetsAnswer: false,
    sink: (async () => {}) as MeteredSink,
    purges: [] as (() => Promise<void>)[],
    plugin: definePlugin({
      ...integration,
      setup: (context) => {
        const transaction: typeof context.database.transaction = async (work, options) => {
          stage.failAt -= 1;
          if (stage.failAt === 0) throw databaseUnavailable('away');
          const result = await context.database.transaction(work, options);
          if (stage.forgetsAnswer) {
            stage.forgetsAnswer = false;
            throw databaseUnavailable('answer lost');
          }
          return result;
        };
        return integration.setup({
          ...context,
          database: { ...context.database, transaction },
          every: (_milliseconds, work) => stage.purges.push(work),
          onMetered: (sink) => {
            stage.sink = sink;
            context.onMetered(sink);
          },
        });
      },
    }),
  };
  return stage;
}

onEveryEngine('metering', ({ serverUrl }) => {
  let backend: Receiver;
  let client: UsageClient;
  let subscription: string;
  let stage: ReturnType<typeof createStage>;
  let flushes = 0;

  before(async () => {
    backend = await createReceiver(({ path }) => answer(Number(path.slice(1)), 'x'));
  });
  after(() => backend.close());

  beforeEach(async () => {
    const upstreams = [backend.url];
    stage = createStage();
    client = await startUsage(serverUrl, {
      plugin: stage.plugin,
      targets: {
        weather: { upstreams, metering: { product } },
        open: { upstreams, public: true, metering: { product } },
        other: { upstreams, metering: { product: 'nothing that is sold' } },
        free: { upstreams },
      },
    });
    subscription = await client.subscribe({ quotaTarget: 10 });
    client.gateway.clock.set(new Date(Date.UTC(2026, 0, 10)));
  });
  afterEach(() => client.close());

  const caller: TokenClaims = { org: organization, email: developer, client_id: 'weather-app' };

  async function call(status: number, { target = 'weather', claims = caller, headers = {}, method = 'GET' } = {}) {
    const token = await client.gateway.token(claims);
    const given = await client.gateway.request(`/${status}`, { target, token, headers, method });
    assert.equal(given.status, status, given.text);
  }

  const counted = async (): Promise<number> => (await client.counters(subscription))[0] ?? 0;

  const reached = (count: number): Promise<boolean | undefined> => eventually(async () => (await counted()) >= count);

  /** A flush of the developer's uses through this many applications. */
  function flushOf(applications: number, count = 1): MeteredFlush {
    flushes += 1;
    const uses = Array.from({ length: applications }, (_, index) => ({
      ...{ organization, developer, product, application: `app ${index}` },
      count,
    }));
    return { id: `01890a5d-ac96-774b-bcce-${String(flushes).padStart(12, '0')}`, uses };
  }

  test('metered calls count like reports and trigger the webhooks of thresholds', async () => {
    await client.notify([await client.webhook('/hook')]);
    for (let calls = 0; calls < 12; calls += 1) await call(200);
    const callbacks = await client.callbacks('/hook', 5);
    assert.deepEqual(percents(callbacks), [80, 90, 100, 110, 120]);
    for (const { developerEmail, applicationName } of callbacks)
      assert.deepEqual([developerEmail, applicationName], [developer, 'weather-app']);
    assert.equal(await counted(), 12);
  });

  test('responses of 2xx count with every method, and no others do', async () => {
    for (const status of [302, 304, 400, 404, 500, 503]) await call(status);
    for (const status of [200, 201, 204, 299]) await call(status);
    for (const method of ['POST', 'HEAD', 'DELETE']) await call(200, { method });
    await reached(7);
    await client.gateway.app.close();
    assert.equal(await counted(), 7);
  });

  test('uses without a matching subscription count nothing and leave no rows', async () => {
    const nobody = { ...caller, email: '' };
    const organizationless = { email: developer, org: '' };
    for (const claims of [nobody, organizationless, { ...caller, email: 'ann@example.com' }])
      await call(200, { claims });
    await call(200, { claims: { ...caller, email: `${'x'.repeat(300)}@example.com` } });
    await call(200, { claims: { ...caller, org: 'another' } });
    await call(200, { claims: { ...caller, orgs: ['another'] }, headers: { 'X-Organization': 'another' } });
    for (const target of ['open', 'other', 'free']) await call(200, { target });
    await client.catalog.developer('eve@example.com');
    await call(200, { claims: { ...caller, email: 'eve@example.com' } });
    await call(200, { claims: { ...caller, email: 'NTesla@Example.com' } });
    await reached(1);
    await client.gateway.app.close();
    assert.equal(await counted(), 1);
    assert.equal(await client.count('transactions'), 1);
    assert.equal(await client.count('counters'), 1);
  });

  test('a stop flushes the latest counts', async () => {
    for (let calls = 0; calls < 3; calls += 1) await call(200);
    await client.gateway.app.close();
    assert.equal(await counted(), 3);
    assert.ok(!client.gateway.log.some((line) => line.includes('lost')));
  });

  test('calls during a database outage are answered, and count once when it is over', async () => {
    stage.failAt = 1;
    await call(200);
    await eventually(() => client.gateway.log.some((line) => line.includes('keeping its uses for a retry')));
    await call(200);
    await reached(2);
    await client.gateway.app.close();
    assert.equal(await counted(), 2);
  });

  test('a flush that fails halfway, or whose result gets lost, counts once', async () => {
    const flush = flushOf(500);
    stage.failAt = 2;
    await assert.rejects(stage.sink(flush), { code: 'DATABASE_UNAVAILABLE' });
    assert.equal(await counted(), 200, 'it did not fail in the middle');
    await stage.sink(flush);
    assert.equal(await counted(), 500);
    await stage.sink(flush);
    assert.equal(await counted(), 500);

    const other = flushOf(2);
    stage.forgetsAnswer = true;
    await assert.rejects(stage.sink(other), { code: 'DATABASE_UNAVAILABLE' });
    assert.equal(await counted(), 502);
    await stage.sink(other);
    assert.equal(await counted(), 502);
    assert.equal(await client.count('transactions'), 502);
  });

  test('a count above the limit of one report is split into several', async () => {
    await stage.sink(flushOf(2, 2_500_001));
    assert.equal(await counted(), 5_000_002);
    assert.equal(await client.count('transactions'), 6);
  });

  test('a name too long for its column is truncated and does not affect other uses', async () => {
    const flush = flushOf(2);
    const long = { ...flush.uses[0], application: '😀'.repeat(200) } as MeteredFlush['uses'][number];
    await stage.sink({ id: flush.id, uses: [...flush.uses, long] });
    assert.equal(await counted(), 3);
  });

  test('a use that cannot be counted does not hold up the others', async () => {
    const eve = 'eve@example.com';
    await client.catalog.developer(eve);
    await client.catalog.plan('payments', 'Silver');
    const hers = await client.subscribe({ quotaTarget: 10, startDate: '2026-01-10' }, 'payments_silver', eve);
    await client.notify([await client.webhook('/hook')], undefined, 'payments_silver');
    // An unreadable row, which no call could create.
    await client.gateway.app.foundation.database.transaction((trx) =>
      trx('integration_plan_thresholds')
        .where({ organization, plan_id: 'payments_silver' })
        .update({ thresholds: '[broken' }),
    );
    const { id, uses } = flushOf(3);
    const flush = { id, uses: [{ organization, developer: eve, product, application: '', count: 8 }, ...uses] };
    await stage.sink(flush);
    assert.equal(await counted(), 3);
    assert.deepEqual(await client.counters(hers), {});
    const isLogged = (line: string): boolean => line.includes('metered usage cannot be counted');
    await eventually(() => client.gateway.log.some(isLogged));
    assert.doesNotMatch(client.gateway.log.find(isLogged) ?? '', /broken|eve@/);
    await stage.sink(flush);
    assert.equal(await counted(), 3);
  });

  test('flush records are deleted after a day', async () => {
    await stage.sink(flushOf(500));
    const purge = () => Promise.all(stage.purges.map((work) => work()));
    await purge();
    assert.equal(await client.count('metered_flushes'), 3);
    client.gateway.clock.advance(25 * 3600_000);
    await stage.sink(flushOf(1));
    await purge();
    assert.equal(await client.count('metered_flushes'), 1);
  });
});
