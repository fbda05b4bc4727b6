import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { createOrganizationLimits } from '../../../plugins/integration/limits/organization-limits.ts';
import { readIntegrationSettings } from '../../../plugins/integration/settings.ts';
import type { Database, Knex } from '../../../src/plugin.ts';
import { createTestGateway, type TestAnswer, type TestDatabase, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { adjustable, assertMint, type CatalogClient, clientFor, person, today } from './catalog-client.ts';

const limit = 3;
const atOnce = 8;
const names = Object.keys(readIntegrationSettings({}));
const env = Object.fromEntries(names.map((name) => [name, String(limit)]));
const node = 'e40efce4-38a3-46c4-a202-e8db95d0409c';

/** Calls that create one resource each, in the order in which they depend on one another. */
const creations = (client: CatalogClient, token: string) => {
  const packages = '/monetization-packages';
  const hook = (name: string) => ({ name, postURL: 'https://example.com/hook' });
  const condition = (webhook: string) => ({
    notificationCondition: [
      { attribute: 'RATEPLAN', value: 'bundle_p' },
      { attribute: 'UsageTarget', value: '%= 80' },
    ],
    actions: [{ actionAttribute: 'WEBHOOK', value: webhook }],
  });
  return {
    distributors: () =>
      client.gateway.request(`/api/v1/integration/distributors/nodes/${node}`, {
        target: 'integration',
        token,
        body: {},
      }),
    event_types: (n: number) =>
      client.gateway.request(`/api/v1/integration/event-types/type${n}`, {
        ...{ target: 'integration', token, method: 'PUT', body: {} },
      }),
    developers: (n: number) => client.management('/developers', { body: { email: `d${n}@example.com`, ...person } }),
    apps: (n: number) => client.management('/developers/d0@example.com/apps', { body: { name: `a${n}` } }),
    products: (n: number) => client.management('/apiproducts', { body: { name: `p${n}`, displayName: 'P' } }),
    packages: (n: number) => client.mint(packages, { body: { name: n === 0 ? 'bundle' : `bundle${n}` } }),
    rate_plans: (n: number) =>
      client.mint(`${packages}/bundle/rate-plans`, {
        body: { name: n === 0 ? 'p' : `p${n}`, published: true, startDate: today, ratePlanDetails: [adjustable()] },
      }),
    subscriptions: (n: number) => client.subscribe('d0@example.com', 'bundle_p', period(n)),
    webhooks: (n: number) => client.mint('/webhooks', { body: hook(`w${n}`) }),
    conditions: async () => {
      const { body } = await client.mint('/webhooks');
      return client.mint('/notification-conditions', { body: condition(body.webhooks[0].id) });
    },
  };
};

const period = (n: number) => ({ startDate: `${2030 + n}-01-01`, endDate: `${2030 + n}-06-01` });

const isMade = ({ status }: TestAnswer): boolean => status === 200 || status === 201;

onEveryEngine('limits of an organization', ({ createDatabase }) => {
  let database: TestDatabase;
  let gateways: TestGateway[] = [];
  let clients: { client: CatalogClient; token: string }[];

  before(async () => {
    database = await createDatabase();
    const options = { plugins: [integration], database, env };
    gateways = [await createTestGateway(options)];
    // Two processes share a server.
    if (database.env.DATABASE_URL?.startsWith('mysql:')) gateways.push(await createTestGateway(options));
    for (const gateway of gateways) gateway.clock.set(new Date(`${today}T12:00:00Z`));
    clients = await clientsOf('myorg');
  });
  after(async () => {
    for (const gateway of gateways) await gateway.close();
    await database?.drop();
  });

  const clientsOf = (org: string) =>
    Promise.all(
      gateways.map(async (gateway) => ({
        client: await clientFor(gateway, org),
        token: await gateway.token({ org, scope: 'integration:read integration:write' }),
      })),
    );

  test('concurrent creations of all processes never pass the limit, for every kind of resource', async () => {
    const calls = clients.map(({ client, token }) => creations(client, token));
    const kinds = Object.keys(calls[0] ?? {}) as (keyof ReturnType<typeof creations>)[];
    assert.equal(kinds.length, names.length);
    for (const kind of kinds) {
      // The first one is what the next kinds refer to.
      assert.ok(isMade((await calls[0]?.[kind](0)) as TestAnswer), kind);
      const answers = await Promise.all(
        Array.from({ length: atOnce }, (_, index) => calls[index % calls.length]?.[kind](index + 1)),
      );
      const refused = (answers as TestAnswer[]).filter((answer) => !isMade(answer));
      assert.equal(atOnce - refused.length, limit - 1, `${kind}: ${refused[0]?.text}`);
      for (const answer of refused) {
        if (kind !== 'distributors' && kind !== 'event_types')
          assertMint(answer, 409, 'limitReached', { resources: kind, limit: String(limit) });
        else {
          assertError(answer, 'LIMIT_REACHED');
          assert.deepEqual(answer.body.error.details, { resources: kind, limit });
        }
      }
    }
  });

  test('a deletion makes room, and a repeated call with an Idempotency-Key is no creation', async () => {
    const [{ client, token } = assert.fail()] = clients;
    const { body } = await client.mint('/webhooks');
    assert.equal((await client.mint(`/webhooks/${body.webhooks[0].id}`, { method: 'DELETE' })).status, 204);
    const create = (name: string) =>
      client.mint('/webhooks', {
        body: { name, postURL: 'https://example.com/' },
        headers: { 'Idempotency-Key': name },
      });
    const made = await create('room');
    assert.equal(made.status, 200, made.text);
    assert.equal((await create('room')).text, made.text);
    assertMint(await create('none'), 409, 'limitReached');

    const distributors = `/api/v1/integration/distributors`;
    const call = (path: string, change: object = {}) =>
      client.gateway.request(`${distributors}${path}`, { target: 'integration', token, ...change });
    const [first] = (await call('')).body.distributors;
    assert.equal((await call(`/${first.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await call(`/nodes/${node}`, { body: {} })).status, 201);
    assertError(await call(`/nodes/${node}`, { body: {} }), 'LIMIT_REACHED');
  });

  test('another organization has a count of its own', async () => {
    const [{ client, token } = assert.fail()] = await clientsOf('other');
    const { distributors, developers } = creations(client, token);
    assert.equal((await distributors()).status, 201);
    assert.equal((await developers(0)).status, 201);
  });
});

describe('limits of large organizations', () => {
  test('far from the limit a creation costs no statement; near it each one is counted in turn', async () => {
    const settings = readIntegrationSettings({ MAX_DISTRIBUTORS: '20000' });
    const statements = { counts: 0, turns: 0 };
    let rows = 0;
    const trx = { isTransaction: true, raw: () => '' };
    const inserting = {
      insert: () => inserting,
      onConflict: () => inserting,
      merge: async () => (statements.turns += 1),
    };
    const locking = Object.assign(() => inserting, trx) as unknown as Knex.Transaction;
    const database = {
      transaction: (work: (trx: Knex.Transaction) => unknown) => work(locking),
    } as unknown as Database;
    const limits = createOrganizationLimits({ database, settings });
    const count = async (): Promise<number> => {
      statements.counts += 1;
      return rows;
    };
    const create = async (): Promise<void> => {
      await limits.creating({} as Knex, { organization: 'org', kind: 'distributors', count }, async () => {
        rows += 1;
      });
    };
    for (let n = 0; n < 10_000; n += 1) await create();
    assert.equal(statements.turns, 0);
    assert.ok(statements.counts < 100, `${statements.counts} counts of 10,000 creations`);
    for (let n = 0; n < 9_999; n += 1) await create();
    assert.ok(statements.turns >= 1990 && statements.turns <= 2100, `${statements.turns} turns`);
    await create();
    await assert.rejects(create(), { code: 'LIMIT_REACHED' });
    assert.equal(rows, 20_000);
  });
});
