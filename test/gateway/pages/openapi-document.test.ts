import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Joi from 'joi';
import { authentication } from '../../../plugins/authentication/index.ts';
import { createApiKeyService } from '../../../plugins/authentication/keys/api-key-service.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { dayOf, exampleOn } from '../../../src/gateway/call/route-document.ts';
import { parseJson } from '../../../src/gateway/routes/read-json.ts';
import { createValidation } from '../../../src/gateway/routes/validation.ts';
import { definePlugin, defineRoute, type Plugin, type Route } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { walkExamples } from '../../support/walk-examples.ts';

interface Media {
  schema: unknown;
  example?: unknown;
  examples?: unknown;
}

interface Operation {
  tags: string[];
  summary: string;
  security: unknown[];
  parameters: { name?: string; in?: string; required?: boolean; example?: string; $ref?: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

type Paths = Record<string, Record<string, Operation>>;

const plugins = [authentication, integration];

async function assertValid(document: Record<string, unknown>): Promise<void> {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
}

/** The same plugin, which also adds its routes to `routes` in `setup`. */
const observed = (plugin: Plugin, routes: { target: string; route: Route }[]): Plugin => ({
  ...plugin,
  setup: async (context) => {
    const surface = await plugin.setup(context);
    for (const route of surface.routes ?? []) routes.push({ target: plugin.name, route });
    return surface;
  },
});

const operationsOf = (paths: Paths) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the OpenAPI document', () => {
  const routes: { target: string; route: Route }[] = [];
  let gateway: TestGateway;
  let paths: Paths;

  before(async () => {
    gateway = await createTestGateway({ plugins: plugins.map((plugin) => observed(plugin, routes)) });
    paths = (await gateway.request('/openapi.json')).body.paths;
  });
  after(() => gateway.close());

  test('the document is valid OpenAPI 3.1, merged and per target', async () => {
    for (const name of ['/openapi.json', '/openapi/authentication.json', '/openapi/integration.json']) {
      const { status, headers, body } = await gateway.request(name);
      assert.equal(status, 200, name);
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      await assertValid(body);
    }
  });

  test('the validator rejects a faulty document', async () => {
    const { body } = await gateway.request('/openapi.json');
    await assert.rejects(assertValid({ ...body, paths: { '/x': { get: { responses: 1 } } } }));
  });

  test('the document lists every route and no others', () => {
    const declared = routes.map(({ route }) => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`);
    const listed = operationsOf(paths).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.ok(declared.length >= 9, `${declared.length} routes`);
    assert.deepEqual(listed.sort(), declared.sort());
  });

  test("a target's own document has only its routes", async () => {
    for (const { name } of plugins) {
      const { body } = await gateway.request(`/openapi/${name}.json`);
      const own = operationsOf(body.paths);
      assert.equal(own.length, routes.filter(({ target }) => target === name).length);
      for (const { operation } of own) assert.deepEqual(operation.tags, [name]);
    }
    for (const name of ['unknown', 'constructor', 'test-identity', '']) {
      assert.equal((await gateway.request(`/openapi/${name}.json`)).status, 404, name);
    }
  });

  test('every path parameter, every request body and every response body has an example', () => {
    for (const { path, method, operation } of operationsOf(paths)) {
      const where = `${method} ${path}`;
      for (const parameter of operation.parameters.filter((each) => each.in === 'path')) {
        assert.ok(parameter.example, `${where} ${parameter.name}`);
      }
      for (const { content } of [operation.requestBody ?? {}, ...Object.values(operation.responses)]) {
        for (const media of Object.values(content ?? {}))
          assert.ok((media.example ?? media.examples) !== undefined, where);
      }
    }
  });

  test('the document shows where X-Target-Server is required and which calls need no credentials', () => {
    for (const { path, operation } of operationsOf(paths)) {
      const header = operation.parameters.find(({ name }) => name === 'X-Target-Server');
      assert.equal(header?.required ?? false, path.startsWith('/api/v1/'), path);
      assert.equal(operation.security.length === 0, operation.tags[0] === 'authentication', path);
    }
  });

  test('the examples meet the schemas that validate requests', () => {
    for (const { route } of routes) {
      const { params = {}, query = {}, body, bodies = { '': body } } = exampleOn(route.example, dayOf(0)) ?? {};
      for (const each of Object.values(bodies)) {
        const json = each === undefined ? undefined : parseJson(Buffer.from(JSON.stringify(each)));
        createValidation(route)(params, new URLSearchParams(query).toString(), json);
      }
      for (const [status, { schema, example }] of Object.entries(route.answers)) {
        const { error } = schema?.validate(exampleOn(example, dayOf(0))) ?? {};
        assert.equal(error, undefined, `${route.method} ${route.path} ${status}: ${error?.message}`);
      }
    }
  });
});

describe('the examples of the document', () => {
  const years = (count: number): number => count * 365 * 24 * 3_600_000;
  const signIn = 'POST /api/v1/integration/auth/authenticate';

  for (const [title, aheadMs] of [
    ['today', 0],
    ['two years later, while the gateway runs', years(2)],
  ] as const)
    test(`the examples work in the order of the document, ${title}`, async () => {
      // No endpoint is reached within a millisecond, with or without a network.
      const env = { DISPATCH_CONNECT_TIMEOUT_MS: '1' };
      const gateway = await createTestGateway({ plugins, env });
      try {
        const before = await gateway.request('/openapi.json');
        gateway.clock.advance(aheadMs);
        const { headers, body: document } = await gateway.request('/openapi.json');
        assert.equal(headers.get('etag') === before.headers.get('etag'), aheadMs === 0);
        assert.equal((await gateway.request('/openapi.json')).headers.get('etag'), headers.get('etag'));
        const keys = createApiKeyService(gateway.app.foundation);
        const key = await keys.create({ email: 'joe@example.com', organizations: ['myorg'], scope: '' });
        const token = await gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
        const walked = await walkExamples(gateway, token, document.paths, { [signIn]: key });
        assert.deepEqual(
          [...new Set(walked.map(({ call }) => call))],
          operationsOf(document.paths).map(({ method, path }) => `${method.toUpperCase()} ${path}`),
        );
        const { body: condition } =
          walked.find(({ call }) => /^POST .*notification-conditions$/.test(call))?.answer ?? {};
        const { body: webhook } = walked.find(({ call }) => /^POST .*webhooks$/.test(call))?.answer ?? {};
        assert.equal(condition?.actions[0].value, webhook?.id);
      } finally {
        await gateway.close();
      }
    });
});

describe('targets that answer the same method and path', () => {
  const twin = (name: string, method: 'GET' | 'POST'): Plugin =>
    definePlugin({
      name,
      apiVersion: 1,
      setup: () => ({
        routes: [
          defineRoute({
            method,
            path: '/api/v1/things',
            summary: `Things of ${name}`,
            query: Joi.object({ page: Joi.number() }),
            answers: { 200: { description: 'Things.' } },
            handler: (_req, res) => res.json({}),
          }),
        ],
      }),
    });

  test('the merged document shows one of them and says so, and each own document shows its own', async () => {
    const gateway = await createTestGateway({
      plugins: [twin('one', 'GET'), twin('two', 'GET'), twin('three', 'POST')],
    });
    try {
      const { body: merged } = await gateway.request('/openapi.json');
      await assertValid(merged);
      const { get, post } = merged.paths['/api/v1/things'];
      assert.equal(get.summary, 'Things of one');
      assert.equal(post.summary, 'Things of three');
      assert.match(merged.info.description, /shown once: GET \/api\/v1\/things of two\.$/);
      for (const name of ['one', 'two']) {
        const { body: own } = await gateway.request(`/openapi/${name}.json`);
        assert.equal(own.paths['/api/v1/things'].get.summary, `Things of ${name}`);
        assert.doesNotMatch(own.info.description, /shown once/);
      }
    } finally {
      await gateway.close();
    }
  });
});
