import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Joi from 'joi';
import { definePlugin, defineRoute, type Plugin, type Route } from '../../../src/plugin.ts';
import { createTestGateway, type ParsedJson, type TestGateway } from '../../../src/testing/index.ts';

const answersOf = (schema: Joi.Schema, example: unknown = {}) => ({
  200: { description: 'Things.', schema, example },
});
const handler: Extract<Route, { handler: unknown }>['handler'] = (_req, res) => res.json({});

const pluginWith = (name: string, routes: readonly Route[]): Plugin =>
  definePlugin({ name, apiVersion: 1, summary: `Things of ${name}.`, setup: () => ({ routes }) });

const owner = Joi.object({ id: Joi.string().required() }).meta({ schemaName: 'Owner' });
const size = Joi.valid('small', 'large').description('Of its box.').meta({ schemaName: 'Size' });
const thing = Joi.object({
  owner: owner.allow(null).required(),
  size: size.default('small'),
  parts: Joi.array().items(owner, Joi.object({ size: size.description('Of the part.').required() })),
  either: Joi.alternatives(owner, Joi.number()),
}).meta({ schemaName: 'Thing' });
const largeThing = thing.keys({ weight: Joi.number().required() }).meta({ schemaName: 'LargeThing' });

const things = pluginWith('things', [
  defineRoute({
    method: 'GET',
    path: '/api/v1/things',
    operationId: 'listThings',
    summary: 'List things',
    answers: answersOf(Joi.object({ things: Joi.array().items(thing) })),
    handler,
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/things/:thing_id/sub-parts',
    summary: 'Add a part',
    body: thing,
    answers: answersOf(largeThing),
    handler,
  }),
  defineRoute({ method: 'GET', path: '/a-b', summary: 'Twice', answers: { 200: { description: '.' } }, handler }),
  defineRoute({ method: 'GET', path: '/a/b', summary: 'Twice', answers: { 200: { description: '.' } }, handler }),
]);

const otherThings = pluginWith('rate-plans', [
  defineRoute({
    method: 'GET',
    path: '/api/v1/other-things',
    operationId: 'listThings',
    summary: 'List other things',
    answers: answersOf(Joi.array().items(Joi.object({ owner, weight: Joi.number() }).meta({ schemaName: 'Thing' }))),
    handler,
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/errors',
    operationId: 'getAB',
    summary: 'List errors',
    answers: answersOf(Joi.object({ reason: Joi.string() }).meta({ schemaName: 'ApiError' })),
    handler,
  }),
]);

describe('names in a document of plugins', () => {
  let gateway: TestGateway;
  let merged: ParsedJson;
  let own: ParsedJson;
  let other: ParsedJson;
  before(async () => {
    gateway = await createTestGateway({ plugins: [things, otherThings] });
    const read = async (path: string) => (await gateway.request(path)).body;
    [merged, own, other] = await Promise.all(
      ['/openapi.json', '/openapi/things.json', '/openapi/rate-plans.json'].map(read),
    );
  });
  after(() => gateway.close());

  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const answerOf = (document: ParsedJson, path: string, method = 'get') =>
    document.paths[path][method].responses[200].content['application/json'].schema;

  test('the documents are valid', async () => {
    for (const document of [merged, own, other]) {
      const { valid, errors } = await new Validator().validate(structuredClone(document));
      assert.ok(valid, JSON.stringify(errors));
    }
  });

  test('a named schema is described once and referred to, wherever it stands', () => {
    const { schemas } = own.components;
    assert.deepEqual(answerOf(own, '/api/v1/things').properties.things, { type: 'array', items: ref('Thing') });
    assert.deepEqual(schemas.Owner.required, ['id']);
    assert.equal(schemas.Owner.type, 'object');
    assert.deepEqual(schemas.Size, { description: 'Of its box.', enum: ['small', 'large'], type: 'string' });
    const { owner, size, parts, either } = schemas.Thing.properties;
    assert.deepEqual(owner, { anyOf: [ref('Owner'), { type: 'null' }] });
    assert.deepEqual(size, { ...ref('Size'), default: 'small' });
    assert.deepEqual(parts.items.anyOf[0], ref('Owner'));
    assert.deepEqual(parts.items.anyOf[1].properties.size, { ...ref('Size'), description: 'Of the part.' });
    assert.deepEqual(either.anyOf, [ref('Owner'), { type: 'number' }]);
  });

  test('requests and responses have schemas of their own where they differ', () => {
    const { schemas } = own.components;
    const media = own.paths['/api/v1/things/{thing_id}/sub-parts'].post.requestBody.content['application/json'];
    assert.deepEqual(media.schema, ref('ThingInput'));
    assert.deepEqual(schemas.Thing.required, ['owner', 'size']);
    assert.deepEqual(schemas.ThingInput.required, ['owner']);
  });

  test('a schema that was made from a named one has a name of its own', () => {
    assert.deepEqual(answerOf(own, '/api/v1/things/{thing_id}/sub-parts', 'post'), ref('LargeThing'));
    assert.ok('weight' in own.components.schemas.LargeThing.properties);
    assert.ok(!('weight' in own.components.schemas.Thing.properties));
  });

  test('other schemas of the same name are named after their target, in the merged document alone', () => {
    assert.deepEqual(answerOf(merged, '/api/v1/things').properties.things.items, ref('Thing'));
    assert.deepEqual(answerOf(merged, '/api/v1/other-things').items, ref('RatePlansThing'));
    assert.ok('weight' in merged.components.schemas.RatePlansThing.properties);
    assert.deepEqual(answerOf(other, '/api/v1/other-things').items, ref('Thing'));
    assert.ok(!('RatePlansOwner' in merged.components.schemas), 'equal schemas share a name');
  });

  test("the gateway's own schemas keep their names", () => {
    for (const document of [merged, other]) {
      assert.deepEqual(document.components.schemas.ApiError.required, ['error']);
      assert.deepEqual(answerOf(document, '/api/v1/errors'), ref('RatePlansApiError'));
    }
  });

  test('a route without an id is called by its method and path', () => {
    const { operationId } = own.paths['/api/v1/things/{thing_id}/sub-parts'].post;
    assert.equal(operationId, 'postThingsByThingIdSubParts');
    assert.equal(own.paths['/a-b'].get.operationId, 'getAB');
    assert.equal(own.paths['/a/b'].get.operationId, 'getABOfThings');
  });

  test('ids are unique in the merged document, and plain in the own ones', () => {
    const idOf = (document: ParsedJson, path: string) => document.paths[path].get.operationId;
    assert.equal(idOf(merged, '/api/v1/things'), 'listThings');
    assert.equal(idOf(merged, '/api/v1/other-things'), 'listThingsOfRatePlans');
    assert.equal(idOf(other, '/api/v1/other-things'), 'listThings');
    assert.equal(idOf(merged, '/api/v1/errors'), 'getAB');
    assert.equal(idOf(merged, '/a-b'), 'getABOfThings');
    assert.equal(idOf(merged, '/a/b'), 'getABOfThings2');
  });
});

describe('paths of one form in a document', () => {
  const listed = (name: string, paths: readonly (readonly ['GET' | 'PUT', string])[]) =>
    pluginWith(
      name,
      paths.map(([method, path]) =>
        defineRoute({
          method,
          path,
          summary: `${method} of ${name}`,
          query: Joi.object({ size: Joi.number().integer(), all: Joi.boolean() }),
          answers: { 200: { description: 'Things.' } },
          example: { params: { id: '1', name: 'a', part: '2' }, query: { size: '20', all: 'true' } },
          handler,
        }),
      ),
    );

  test('parameters have the names of the first path, in the merged document', async () => {
    const gateway = await createTestGateway({
      plugins: [
        listed('one', [['GET', '/api/v1/things/:id/parts/:part']]),
        listed('two', [
          ['PUT', '/api/v1/things/:name/parts/:id'],
          ['GET', '/api/v1/things/:name/parts/:id'],
        ]),
      ],
    });
    try {
      const { body } = await gateway.request('/openapi.json');
      const { valid, errors } = await new Validator().validate(structuredClone(body));
      assert.ok(valid, JSON.stringify(errors));
      const path = '/api/v1/things/{id}/parts/{part}';
      assert.deepEqual(Object.keys(body.paths), [path, '/api/v1/gateway/targets']);
      assert.match(body.info.description, /shown once: GET \/api\/v1\/things\/\{name\}\/parts\/\{id\} of two\./);
      const { get, put } = body.paths[path];
      assert.deepEqual([get.summary, put.summary], ['GET of one', 'PUT of two']);
      const examplesOf = (operation: ParsedJson) =>
        operation.parameters
          .filter(({ in: place }: { in?: string }) => place === 'path' || place === 'query')
          .map(({ name, example }: { name: string; example: unknown }) => [name, example]);
      const query = [
        ['size', 20],
        ['all', true],
      ];
      assert.deepEqual(examplesOf(get), [['id', '1'], ['part', '2'], ...query]);
      assert.deepEqual(examplesOf(put), [['id', 'a'], ['part', '1'], ...query]);
    } finally {
      await gateway.close();
    }
  });
});

test('schemas that contain themselves refer to no place outside of the components', async () => {
  const part = Joi.object({ id: Joi.string().id('part-id'), parts: Joi.array().items(Joi.link('#part')) }).id('part');
  const tree = Joi.object({ root: part, whole: Joi.link('...').description('Again.') }).meta({ schemaName: 'Tree' });
  const path = '/api/v1/trees';
  const answers = answersOf(tree.shared(Joi.number().id('size')));
  const trees = pluginWith('trees', [
    defineRoute({ method: 'POST', path, summary: 'Plant', body: tree, answers, handler }),
  ]);
  const gateway = await createTestGateway({ plugins: [trees] });
  try {
    const { body, text } = await gateway.request('/openapi.json');
    assert.doesNotMatch(text, /\$defs/);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"([^"]+)"/g)) assert.match(reference, /^#\/components\//);
    const { root, whole } = body.components.schemas.Tree.properties;
    assert.deepEqual(root.properties.parts, { type: 'array', items: {} });
    assert.deepEqual(whole, { description: 'Again.' });
  } finally {
    await gateway.close();
  }
});

describe('names that a plugin may not use', () => {
  const route = { method: 'GET', path: '/api/v1/things', summary: 'Things', handler } as const;

  test('the start names an id that is no name, or that two routes have', async () => {
    const answers = { 200: { description: 'Things.' } };
    const things = (id: string, second: string) =>
      pluginWith('things', [
        defineRoute({ ...route, answers, operationId: id }),
        defineRoute({ ...route, path: '/api/v1/others', answers, operationId: second }),
      ]);
    for (const [first, second, message] of [
      ['list-things', 'listOthers', /routes\[0\]\.operationId .*a name in camelCase such as listNotes/],
      ['ListThings', 'listOthers', /camelCase/],
      ['listThings', 'listThings', /routes\[1\] has the operationId listThings of another route/],
    ] as const)
      await assert.rejects(createTestGateway({ plugins: [things(first, second)] }), message);
  });

  test('the start names a schema whose name is no name', async () => {
    const answers = answersOf(Joi.object({ one: Joi.object().meta({ schemaName: 'a thing' }) }));
    const plugin = pluginWith('things', [defineRoute({ ...route, answers })]);
    await assert.rejects(createTestGateway({ plugins: [plugin] }), /GET \/api\/v1\/things: .*"a thing".*PascalCase/);
  });
});
