import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Joi from 'joi';
import { authentication } from '../../../plugins/authentication/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { errorCatalogue } from '../../../src/errors.ts';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import { createTestGateway, type ParsedJson, type TestGateway } from '../../../src/testing/index.ts';

const answers = { 200: { description: 'Things.' } };

/** A target with a prefix and an error format without a name. */
const things = definePlugin({
  name: 'things',
  apiVersion: 1,
  prefixes: ['/things'],
  errorShapes: [
    {
      prefix: '/things/shaped',
      schema: Joi.object({ fault: Joi.string().required() }),
      toBody: ({ code }) => ({ fault: code }),
    },
  ],
  setup: () => ({
    tags: { Things: 'Things of all kinds.' },
    routes: [
      defineRoute({
        method: 'GET',
        path: '/things',
        tag: 'Things',
        summary: 'List things',
        public: true,
        answers: { ...answers, 402: { description: 'Things are not for free.' } },
        handler: (_req, res) => res.json({}),
      }),
      defineRoute({
        method: 'DELETE',
        path: '/api/v1/things/:id',
        summary: 'Delete a thing',
        organization: 'none',
        answers: {
          ...answers,
          404: { description: 'There is no such thing.' },
          409: { description: 'The thing is in use.', codes: ['THING_IN_USE'] },
          410: { description: 'Gone.', schema: Joi.object({ gone: Joi.boolean() }), example: { gone: true } },
        },
        handler: (_req, res) => res.json({}),
      }),
      defineRoute({
        method: 'POST',
        path: '/things/shaped',
        tag: 'Others',
        summary: 'Add a thing',
        answers,
        transact: async () => ({ status: 200 }),
      }),
    ],
  }),
});

/** Codes of requests that are in no document: to paths and methods that it does not have, to pages, and to remote targets. */
const undocumented = [
  'UPGRADE_REFUSED',
  'NOT_SERVED_HERE',
  'METHOD_NOT_ALLOWED',
  'CONFLICT',
  'PAGES_UNAVAILABLE',
  'TARGET_BUSY',
];

describe('errors in the document', () => {
  let gateway: TestGateway;
  let merged: ParsedJson;
  let token: string;
  before(async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '1000' };
    gateway = await createTestGateway({ plugins: [authentication, integration, things], env });
    merged = (await gateway.request('/openapi.json')).body;
    token = await gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
  });
  after(() => gateway.close());

  const resolve = (response: ParsedJson): ParsedJson =>
    response.$ref ? merged.components.responses[response.$ref.split('/').at(-1)] : response;
  const responsesOf = (path: string, method: string): ParsedJson => merged.paths[path][method].responses;
  const statusesOf = (path: string, method: string) =>
    Object.keys(responsesOf(path, method)).map(Number).filter(Boolean);
  const distributors = '/api/v1/integration/distributors';

  test('a call has the statuses that its declaration makes possible', () => {
    const always = [400, 404, 431, 500, 503, 504];
    const guarded = [401, 403, 429];
    const withBody = [408, 413, 415];
    for (const [path, method, expected] of [
      [distributors, 'get', [200, ...always, ...guarded]],
      [`${distributors}/nodes/{node_id}`, 'post', [201, ...always, ...guarded, ...withBody, 409]],
      [`${distributors}/{id}`, 'get', [200, 304, ...always, ...guarded]],
      [`${distributors}/{id}`, 'put', [200, ...always, ...guarded, ...withBody, 412]],
      ['/api/v1/integration/auth/refresh', 'post', [200, ...always, ...withBody, 401, 429]],
      ['/things', 'get', [200, ...always, 402]],
      ['/api/v1/things/{id}', 'delete', [200, ...always, ...guarded, 409, 410]],
    ] as const)
      assert.deepEqual(statusesOf(path, method), [...expected].sort(), `${method} ${path}`);
  });

  test('each failure has the schema of its path, and an example of each code of its own', () => {
    for (const [path, methods] of Object.entries<ParsedJson>(merged.paths)) {
      const schema = /^\/v1\//.test(path) ? 'MintError' : 'ApiError';
      if (path.startsWith('/things') || path.includes('/things/')) continue;
      for (const { responses } of Object.values<ParsedJson>(methods)) {
        for (const [status, response] of Object.entries<ParsedJson>(responses)) {
          if (Number(status) < 400) continue;
          const { content, headers, description } = resolve(response);
          const media = content['application/json'];
          assert.deepEqual(media.schema, { $ref: `#/components/schemas/${schema}` }, `${path} ${status}`);
          assert.ok(headers['X-Request-Id']);
          for (const [code, { value }] of Object.entries<ParsedJson>(media.examples ?? {})) {
            assert.equal(schema === 'MintError' ? value.code : value.error.code, code);
            assert.ok(description.includes(`\`${code}\``), description);
          }
        }
      }
    }
  });

  test('every code of the catalogue is in the document, with its status', () => {
    const codes = new Map<string, Set<number>>();
    for (const methods of Object.values<ParsedJson>(merged.paths))
      for (const { responses } of Object.values<ParsedJson>(methods))
        for (const [status, response] of Object.entries<ParsedJson>(responses))
          for (const [, code = ''] of resolve(response).description.matchAll(/`([A-Z_]{4,})`/g))
            codes.set(code, (codes.get(code) ?? new Set()).add(Number(status)));
    for (const [code, status] of Object.entries(errorCatalogue))
      if (!undocumented.includes(code) && !code.startsWith('UPSTREAM_'))
        assert.deepEqual([...(codes.get(code) ?? [])], [status], code);
  });

  test('codes of a route and codes of the gateway stand together', () => {
    const { description, content } = responsesOf('/v1/mint/organizations/{org_name}/webhooks', 'post')[409];
    for (const code of ['webhookNameAlreadyExists', 'limitReached', 'idempotencyKeyReused', 'idempotencyKeyInUse'])
      assert.ok(description.includes(`\`mint.${code}\``), description);
    assert.deepEqual(Object.keys(content['application/json'].examples), [
      'mint.webhookNameAlreadyExists',
      'mint.limitReached',
    ]);
  });

  test("a plugin's own failures and formats are described as it declares them", () => {
    const gone = responsesOf('/api/v1/things/{id}', 'delete');
    assert.deepEqual(gone[410].content['application/json'].example, { gone: true });
    assert.equal(
      gone[409].content['application/json'].examples.THING_IN_USE.value.error.message,
      'The thing is in use.',
    );
    assert.match(gone[404].description, /^There is no such thing\. Codes: `NOT_FOUND`, `TARGET_UNKNOWN`\.$/);
    assert.equal(responsesOf('/things', 'get')[402].description, 'Things are not for free.');
    const shaped = resolve(responsesOf('/things/shaped', 'post')[401]).content['application/json'];
    assert.deepEqual(shaped.schema.required, ['fault']);
    assert.deepEqual(shaped.examples.UNAUTHORIZED.value, { fault: 'UNAUTHORIZED' });
  });

  test('headers are documented where the gateway sends them', async () => {
    const create = `${distributors}/nodes/{node_id}`;
    const body = { meta: { host: 'https://example.com', path: '/hook' } };
    const path = `${distributors}/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`;
    const call = { target: 'integration', token, body, headers: { 'Idempotency-Key': 'once' } };
    await gateway.request(path, call);
    const created = await gateway.request(path, call);
    assert.equal(created.status, 201);
    for (const name of Object.keys(responsesOf(create, 'post')[201].headers))
      assert.ok(created.headers.get(name), `${name} is not sent`);
    assert.deepEqual(Object.keys(responsesOf(create, 'post')[201].headers), [
      'X-Request-Id',
      'RateLimit',
      'RateLimit-Policy',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'Idempotent-Replayed',
      'ETag',
      'Location',
    ]);
    const refused = await gateway.request(path, { target: 'integration', body });
    assert.ok(refused.headers.get('www-authenticate'));
    assert.deepEqual(Object.keys(resolve(responsesOf(create, 'post')[401]).headers), [
      'X-Request-Id',
      'WWW-Authenticate',
    ]);
    for (const status of [429, 503])
      assert.ok(resolve(responsesOf(create, 'post')[status]).headers['Retry-After'], `${status}`);
    assert.deepEqual(Object.keys(responsesOf('/things', 'get')[200].headers), ['X-Request-Id']);
  });

  test('calls stand under headings with a sentence each, grouped by target', () => {
    const named = new Map(
      merged.tags.map(({ name, description }: { name: string; description: string }) => [name, description]),
    );
    for (const methods of Object.values<ParsedJson>(merged.paths))
      for (const { tags } of Object.values<ParsedJson>(methods)) assert.ok(named.get(tags[0]), tags[0]);
    assert.equal(named.get('Things'), 'Things of all kinds.');
    assert.equal(named.get('things'), 'Calls of the target things.');
    const groups = merged['x-tagGroups'];
    assert.deepEqual(
      groups.map(({ name }: { name: string }) => name),
      ['authentication', 'integration', 'things', 'gateway'],
    );
    assert.deepEqual(groups[2].tags, ['Things', 'things', 'Others']);
    assert.deepEqual(groups[0].tags, ['Tokens']);
    assert.ok(!named.has('integration'), 'all of its calls have headings of their own');
  });

  test('a document has the components that it uses', async () => {
    for (const name of ['authentication', 'integration', 'things']) {
      const { components, paths } = (await gateway.request(`/openapi/${name}.json`)).body;
      const text = JSON.stringify({ components, paths });
      for (const [kind, parts] of Object.entries<ParsedJson>(components))
        if (kind !== 'securitySchemes')
          for (const part of Object.keys(parts)) assert.ok(text.includes(`"#/components/${kind}/${part}"`), part);
    }
  });
});
