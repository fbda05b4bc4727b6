import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { authentication } from '../../plugins/authentication/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import { dayOf, exampleOn } from '../../src/gateway/call/route-document.ts';
import { definePlugin, type Plugin, type PluginSurface, type Route } from '../../src/plugin.ts';
import { createTestGateway, type TestAnswer, type TestGateway } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { type Described, describe as describeSchema, leavesOf } from '../support/schema-leaves.ts';
import {
  adjustable,
  assertBadFields,
  type CatalogClient,
  clientFor,
  person,
  today,
} from './integration/catalog-client.ts';

type Tree = { [name: string]: unknown };

const hasRule = ({ rules = [] }: Described, ...names: readonly string[]): boolean =>
  rules.some(({ name }) => names.includes(name));

/** Reason why a schema accepts values of any size; undefined if it does not. */
function unbounded(schema: Described): string | undefined {
  const { type, flags, keys, metas = [], preferences } = schema;
  if (flags?.only || flags?.presence === 'forbidden' || metas.some(({ maxBytes }) => typeof maxBytes === 'number'))
    return undefined;
  if (type === 'string') return hasRule(schema, 'max', 'length', 'guid') ? undefined : 'a text without max';
  if (type === 'array') return hasRule(schema, 'max', 'length') ? undefined : 'a list without max';
  if (type === 'number') return hasRule(schema, 'max') ? undefined : 'a number without max';
  if (type === 'any') return 'any value';
  const isOpen = flags?.unknown || (keys === undefined && !preferences?.stripUnknown);
  return type === 'object' && isOpen ? 'an object of any size' : undefined;
}

/** Texts that grow when they are changed or stored, or that a database or a URL does not hold. */
const hostile = [
  'İ'.repeat(110),
  'İ'.repeat(64),
  'ΐ'.repeat(190),
  'ﷺ'.repeat(190),
  '😀'.repeat(95),
  '\ud800',
  'a\u0000b',
  `a${' '.repeat(188)}`,
  'x'.repeat(256),
  'x'.repeat(70_000),
];

/** The texts that fit into a path or a query; fewer, because every route has several such places. */
const inPlaces = hostile.filter((text) => text.length < 200 && text.isWellFormed() && !text.startsWith('ﷺ'));

/** `text` in the form of the valid value: an address, a path, an e-mail address or a usage target. */
function like(valid: unknown, text: string): string {
  if (typeof valid !== 'string') return text;
  if (valid.startsWith('http')) return `http://127.0.0.1:9/${text}`;
  if (valid.startsWith('/')) return `/${text}`;
  if (valid.startsWith('%=')) return `%=${' '.repeat(Math.min(text.length, 200))}80`;
  return valid.includes('@') ? `${text}@example.com` : text;
}

/** A copy of `tree` with another value at `path`; `*` is the first element of a list. */
function replaced(tree: unknown, [name, ...rest]: readonly string[], change: (valid: unknown) => unknown): unknown {
  if (name === undefined) return change(tree);
  if (name === '*') return [replaced(Array.isArray(tree) ? tree[0] : undefined, rest, change)];
  const object = (tree ?? {}) as Tree;
  return { ...object, [name]: replaced(object[name], rest, change) };
}

onEveryEngine('the requests of every route', ({ serverUrl }) => {
  const routes: { target: string; route: Route }[] = [];
  let gateway: TestGateway;
  let token: string;
  let params: Record<string, string>;

  before(async () => {
    const surfaces = new Map<string, PluginSurface>();
    const collecting = <Settings>(plugin: Plugin<Settings>): Plugin<Settings> =>
      definePlugin<Settings>({
        ...plugin,
        async setup(context) {
          const surface = await plugin.setup(context);
          surfaces.set(plugin.name, surface);
          return surface;
        },
      });
    gateway = await createTestGateway({
      plugins: [collecting(authentication), collecting(integration)],
      serverUrl,
      env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
    gateway.clock.set(new Date(`${today}T12:00:00Z`));
    for (const [target, surface] of surfaces) for (const route of surface.routes ?? []) routes.push({ target, route });
    token = await gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
    params = await fill(await clientFor(gateway, 'myorg'));
  });
  after(() => gateway.close());

  /** Creates one resource of each kind, and returns their ids by the names of path parameters. */
  async function fill(client: CatalogClient): Promise<Record<string, string>> {
    const { email } = await client.developer('ntesla@example.com');
    await client.product('weather');
    const { id: package_id } = await client.package('Location', ['weather']);
    const { id: plan_id } = await client.plan(package_id, 'Adjustable plan', { ratePlanDetails: [adjustable()] });
    const webhook = await client.mint('/webhooks', { body: { name: 'w', postURL: 'http://127.0.0.1:9/' } });
    const ids = { org_name: 'myorg', email, developer_email: email, package_id, plan_id, rateplan_id: plan_id };
    return { ...ids, name: 'weather', product_id: 'weather', id: webhook.body.id };
  }

  function send(target: string, route: Route, values: { params: Tree; query: Tree; body: unknown }) {
    const path = route.path.replace(/:(\w+)/g, (_all, name) => encodeURIComponent(String(values.params[name] ?? name)));
    const query = new URLSearchParams(values.query as Record<string, string>).toString();
    return gateway.request(query === '' ? path : `${path}?${query}`, {
      target,
      token,
      method: route.method,
      ...(route.body ? { body: values.body } : {}),
    });
  }

  const leavesOfText = (route: Route, place: 'params' | 'query' | 'body') => {
    const leaves = route[place] ? [...leavesOf(describeSchema(route[place]))] : [];
    const texts = leaves.filter(({ schema }) => schema.type === 'string' && !schema.flags?.only);
    return [...texts, ...leaves.filter(({ schema }) => schema.type === 'any').slice(0, 1)];
  };

  test('every text, list, number and open object has an upper bound', () => {
    const found: string[] = [];
    for (const { route } of routes) {
      for (const place of ['params', 'query', 'body'] as const) {
        for (const { path, schema } of route[place] ? leavesOf(describeSchema(route[place])) : []) {
          const reason = unbounded(schema);
          if (reason) found.push(`${route.method} ${route.path} ${place}.${path.join('.')}: ${reason}`);
        }
      }
      for (const [, name = ''] of route.path.matchAll(/:(\w+)/g))
        if (!route.params || !describeSchema(route.params).keys?.[name]) found.push(`${route.path} ${name}: no schema`);
    }
    assert.ok(routes.length > 60, `${routes.length} routes`);
    assert.deepEqual(found, []);
  });

  test('no text in any place is an internal error', async () => {
    const calls: (() => Promise<{ what: string; answer: TestAnswer }>)[] = [];
    // Routes without a document refuse every change with 501.
    for (const { target, route } of routes.filter((each) => !each.route.undocumented)) {
      const documented = exampleOn(route.example, dayOf(gateway.clock.now())) ?? {};
      const example = { params: { ...documented.params, ...params }, query: documented.query ?? {} };
      const [body = documented.body] = Object.values(documented.bodies ?? {});
      for (const place of ['params', 'query', 'body'] as const) {
        for (const { path } of leavesOfText(route, place)) {
          // An unknown organization is refused before anything else.
          if (path[0] === 'org_name') continue;
          const texts = place === 'body' ? hostile : inPlaces;
          for (const text of texts) {
            const values = { ...example, body };
            const changed = replaced(values, [place, ...path], (valid) => like(valid, text)) as typeof values;
            const what = `${route.method} ${route.path} ${place}.${path.join('.')} ${JSON.stringify(text).slice(0, 12)}`;
            calls.push(async () => ({ what, answer: await send(target, route, changed) }));
          }
        }
      }
    }
    assert.ok(calls.length > 1000, `${calls.length} calls`);
    const failed: string[] = [];
    while (calls.length > 0) {
      for (const { what, answer } of await Promise.all(calls.splice(0, 20).map((call) => call())))
        if (answer.status >= 500) failed.push(`${what}: ${answer.text.slice(0, 200)}`);
    }
    assert.deepEqual(failed, []);
  });

  test('a text that is too long in the form in which it is stored is refused by the name of its field', async () => {
    const client = await clientFor(gateway, 'myorg');
    const grown = 'İ'.repeat(110);
    const address = `a@${'İ'.repeat(61)}.${'İ'.repeat(59)}.com`;
    const plans = `/monetization-packages/${params.package_id}/rate-plans`;
    const targets = Array.from({ length: 249 }, () => ({ attribute: 'UsageTarget', value: `%=${' '.repeat(250)}80` }));
    const condition = {
      notificationCondition: [{ attribute: 'RATEPLAN', value: params.plan_id }, ...targets],
      actions: [{ actionAttribute: 'WEBHOOK', value: params.id }],
    };
    const subscription = {
      ratePlan: { id: params.plan_id },
      startDate: today,
      quotaTarget: 1,
      developer: { id: address },
    };
    for (const [answer, field] of [
      [await client.mint('/monetization-packages', { body: { name: grown } }), 'name'],
      [await client.mint(plans, { body: { name: grown } }), 'name'],
      [await client.management('/developers', { body: { ...person, email: address } }), 'email'],
      [await client.mint(`/developers/${params.email}/developer-rateplans`, { body: subscription }), 'developer.id'],
      [await client.mint('/notification-conditions', { body: condition }), 'notificationCondition'],
    ] as const)
      assertBadFields(answer, [field]);
    assert.equal((await client.mint('/monetization-packages', { body: { name: 'İ'.repeat(60) } })).status, 201);
  });
});
