import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Joi from 'joi';
import { readApiDocument } from '../../../conformance/document/api-document.ts';
import { checkDocument } from '../../../conformance/document/document-conformance.ts';
import { authentication } from '../../../plugins/authentication/index.ts';
import { createApiKeyService } from '../../../plugins/authentication/keys/api-key-service.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { dayOf, exampleOn } from '../../../src/gateway/call/route-document.ts';
import { parseJson } from '../../../src/gateway/routes/read-json.ts';
import { createValidation } from '../../../src/gateway/routes/validation.ts';
import { definePlugin, defineRoute, type Plugin, type Route } from '../../../src/plugin.ts';
import { createTestGateway, type ParsedJson, type TestGateway } from '../../../src/testing/index.ts';
import { patient } from '../../support/patience.ts';

interface Media {
  schema: unknown;
  example?: unknown;
  examples?: unknown;
}

interface Operation {
  tags: string[];
  operationId: string;
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
    for (const route of surface.routes ?? []) if (!route.undocumented) routes.push({ target: plugin.name, route });
    return surface;
  },
});

const operationsOf = (paths: Paths) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** All objects in a part of the document. */
const nodesOf = (node: unknown): Record<string, unknown>[] =>
  typeof node !== 'object' || node === null
    ? []
    : [...(Array.isArray(node) ? [] : [node as Record<string, unknown>]), ...Object.values(node).flatMap(nodesOf)];

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
    assert.deepEqual(listed.sort(), [...declared, 'GET /api/v1/gateway/targets'].sort());
  });

  test("a target's own document has only its routes", async () => {
    for (const { name } of plugins) {
      const { body } = await gateway.request(`/openapi/${name}.json`);
      const own = operationsOf(body.paths);
      assert.equal(own.length, routes.filter(({ target }) => target === name).length);
    }
    for (const name of ['unknown', 'constructor', 'test-identity', '']) {
      assert.equal((await gateway.request(`/openapi/${name}.json`)).status, 404, name);
    }
  });

  test('every route of the included plugins has an id of its own, which the document shows', () => {
    const declared = routes.map(({ route: { operationId } }) => operationId);
    assert.equal(new Set(declared).size, routes.length);
    const verb =
      /^(?:create|list|get|count|put|patch|update|delete|send|publish|report|cancel|rotate|redeliver|reprocess|refresh)[A-Z]/;
    for (const id of declared) assert.match(String(id), verb);
    const shown = operationsOf(paths).map(({ operation }) => operation.operationId);
    assert.deepEqual(shown.sort(), [...declared, 'listTargets'].sort());
  });

  test('schemas with a name are described once, and all others are part of no document of another target', async () => {
    const { body } = await gateway.request('/openapi.json');
    const text = JSON.stringify(body);
    const names = Object.keys(body.components.schemas);
    for (const name of names) assert.ok(text.includes(`"#/components/schemas/${name}"`), `${name} is not used`);
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      assert.ok(names.includes(name), name);
    const bodies = operationsOf(paths).flatMap(({ operation: { requestBody, responses } }) =>
      [requestBody, ...Object.values(responses)].flatMap((each) => Object.values(each?.content ?? {})),
    );
    for (const { schema } of bodies) assert.match(JSON.stringify(schema), /^\{"\$ref":"#/);
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
      assert.equal(operation.security.length === 0, operation.tags[0] === 'Tokens', path);
    }
  });

  test('every example and every default meets its schema in the document', async () => {
    const { body: raw } = await gateway.request('/openapi.json');
    const document = readApiDocument(raw);
    let count = 0;
    const check = (
      where: string,
      schema: object = {},
      problemsOf: (value: unknown) => readonly string[],
      holder: object,
    ) => {
      const { example, examples = {} } = holder as { example?: unknown; examples?: Record<string, { value: unknown }> };
      const values = [
        ...Object.values(examples).map(({ value }) => value),
        ...(example === undefined ? [] : [example]),
      ];
      for (const value of values) {
        count += 1;
        assert.deepEqual(problemsOf(value), [], `${where}: ${JSON.stringify(value)} and ${JSON.stringify(schema)}`);
      }
    };
    for (const { call, parameters, requestBody, responses } of document.operations) {
      for (const parameter of parameters)
        check(call, parameter.schema, (value) => document.problems(parameter.schema ?? {}, value), parameter);
      for (const media of Object.values(requestBody?.content ?? {}))
        check(call, media.schema, (value) => document.problems(media.schema ?? {}, value), media);
      for (const [status, { content = {} }] of Object.entries(responses))
        for (const media of Object.values(content))
          check(
            `${call} ${status}`,
            media.schema,
            (value) => document.responseProblems(media.schema ?? {}, value),
            media,
          );
    }
    for (const schema of nodesOf(raw.components.schemas).concat(nodesOf(raw.paths))) {
      if (!('default' in schema) || !('type' in schema || '$ref' in schema || 'anyOf' in schema)) continue;
      count += 1;
      assert.deepEqual(document.problems(schema, schema.default), [], JSON.stringify(schema));
    }
    assert.ok(count > 300, String(count));
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
    test(`the examples work in the order of the document, and no call departs from it, ${title}`, async () => {
      // No endpoint is reached within a millisecond, with or without a network.
      const env = { DISPATCH_CONNECT_TIMEOUT_MS: '1', RATE_LIMIT_PER_MINUTE: '1000000' };
      const gateway = await createTestGateway({ plugins, env });
      try {
        const before = await gateway.request('/openapi.json');
        gateway.clock.advance(aheadMs);
        const { headers, body: document } = await gateway.request('/openapi.json');
        assert.equal(headers.get('etag') === before.headers.get('etag'), aheadMs === 0);
        assert.equal((await gateway.request('/openapi.json')).headers.get('etag'), headers.get('etag'));
        const keys = createApiKeyService(gateway.app.foundation);
        const key = await keys.create({ email: 'joe@example.com', organizations: ['myorg'], scope: '' });
        const scope = 'integration:read integration:write gateway:admin';
        const token = await gateway.token({ org: 'myorg', orgs: ['*'], scope });
        const { calls, statuses, steps, violations } = await checkDocument({
          url: new URL(gateway.url),
          token,
          bodies: { [signIn]: key },
          every: aheadMs === 0 ? 300 : Number.POSITIVE_INFINITY,
          patienceMs: patient(15_000),
        });
        for (const { call, answer } of steps)
          assert.ok(answer.status < 300, `${call.operation.call}: ${answer.status} ${answer.text}`);
        assert.deepEqual(
          [...new Set(steps.map(({ call }) => call.operation.call))],
          operationsOf(document.paths).map(({ method, path }) => `${method.toUpperCase()} ${path}`),
        );
        const bodyOf = (call: RegExp) => steps.find((step) => call.test(step.call.operation.call))?.answer.body;
        const condition = bodyOf(/^POST .*notification-conditions$/) as ParsedJson;
        const webhook = bodyOf(/^POST .*webhooks$/) as ParsedJson;
        assert.equal(condition.actions[0].value, webhook.id);
        assert.deepEqual(violations, []);
        if (aheadMs > 0) return;
        assert.ok(calls >= 150, `${calls} calls`);
        assert.ok((statuses[200] ?? 0) >= 50 && (statuses[400] ?? 0) >= 30, JSON.stringify(statuses));
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
