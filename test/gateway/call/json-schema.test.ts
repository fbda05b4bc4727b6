import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import Joi from 'joi';
import { convertedSchema, textual, toNamedJsonSchema } from '../../../src/gateway/call/json-schema.ts';
import { parseJson } from '../../../src/gateway/routes/read-json.ts';
import { createValidation } from '../../../src/gateway/routes/validation.ts';
import type { Route } from '../../../src/plugin.ts';

const ajv = new Ajv2020({ strict: true, strictTypes: false });
ajvFormats.default(ajv);

const place = (name: string) => assert.fail(name);
const routeWith = (schemas: Partial<Route>): Route =>
  ({ method: 'POST', path: '/things', summary: '', answers: {}, handler: () => {}, ...schemas }) as Route;

function takes(body: Joi.ObjectSchema, value: unknown): boolean {
  try {
    createValidation(routeWith({ body }))({}, '', parseJson(Buffer.from(JSON.stringify(value))));
    return true;
  } catch {
    return false;
  }
}

const stripping = (schema: Joi.ObjectSchema) => schema.prefs({ stripUnknown: true });
const loose = (schema: Joi.Schema) => schema.prefs({ convert: true });
const id = '39e8003c-6342-4fd3-97a1-3f2a7b437d0a';

/** Schemas, and values for the member `a` of a body; a value is the whole body where the schema is an object with members. */
const cases: readonly [title: string, schema: Joi.Schema, values: readonly unknown[]][] = [
  ['text', Joi.string(), ['x', '', null, 1]],
  ['text in characters', Joi.string().min(2).max(3), ['x', '😀', '😀😀😀', 'xxx', 'xxxx', '😀😀😀😀']],
  ['text of a length in characters', Joi.string().length(2), ['xx', '😀', '😀😀', 'x']],
  ['text of a length in a list', Joi.array().items(Joi.string().max(1)), [['😀'], ['xx']]],
  ['text of a length in an alternative', Joi.alternatives(Joi.string().max(1), Joi.number()), ['😀', 'xx', 1]],
  ['trimmed text', Joi.string().trim(), ['x', ' x', 'x ', 'x y', 'x\n']],
  ['text in lower case', Joi.string().lowercase(), ['x', 'X']],
  ['a pattern', Joi.string().pattern(/^[a-c]+$/u), ['abc', 'd']],
  ['two patterns', Joi.string().pattern(/a/).pattern(/b/), ['ab', 'a', 'b']],
  ['an inverted pattern', Joi.string().pattern(/a/, { invert: true }), ['b', 'ab']],
  ['values in any case', Joi.string().valid('small', 'a+b').insensitive(), ['small', 'SMALL', 'A+B', 'aab', 'x']],
  ['refused values', Joi.string().invalid('.', '..'), ['.', '..', '...']],
  ['a value or null', Joi.valid('x').allow(null), ['x', null, 'y']],
  ['e-mail addresses', Joi.string().email({ tlds: false }), ['a@b.cd', 'é@ü.de', 'a']],
  ['a UUID', Joi.string().guid({ separator: '-', wrapper: false }), [id, 'x', `{${id}}`]],
  ['whole numbers', Joi.number().integer().min(1), [1, 0, 1.5, '1']],
  ['numbers as text', loose(Joi.number().integer()), [1, '1', ' +1e1 ', 'x', '']],
  ['booleans as text', loose(Joi.boolean()), [true, 'true', 'FALSE', ' true', 'yes', 1]],
  ['booleans as exact text', loose(Joi.boolean().sensitive()), [true, 'true', 'TRUE', 'yes']],
  ['any object', Joi.object(), [{}, { x: 1 }, [], null]],
  ['an object of texts', Joi.object().pattern(Joi.any(), Joi.string()), [{ x: 'y' }, { x: 1 }]],
  ['an exact object', Joi.object({ b: Joi.object({ c: Joi.number() }) }), [{}, { x: 1 }, { b: { x: 1 } }]],
  ['an open object', Joi.object({ b: Joi.number() }).unknown(), [{ x: 1 }, { b: 'x' }]],
  ['an object that ignores others', stripping(Joi.object({ b: Joi.object({ c: Joi.number() }) })), [{ b: { x: 1 } }]],
  [
    'an exact object in an ignoring one',
    stripping(Joi.object({ b: Joi.object({ c: Joi.number() }).prefs({ stripUnknown: false }) })),
    [{ x: 1 }, { b: { x: 1 } }],
  ],
  ['both or none', Joi.object({ b: Joi.any(), c: Joi.any() }).and('b', 'c'), [{}, { b: 1 }, { b: 1, c: 1 }]],
  ['at least one', Joi.object({ b: Joi.any(), c: Joi.any() }).or('b', 'c'), [{}, { b: 1 }, { b: 1, c: 1 }]],
  ['exactly one', Joi.object({ b: Joi.any(), c: Joi.any() }).xor('b', 'c'), [{}, { b: 1 }, { b: 1, c: 1 }]],
  ['one at most', Joi.object({ b: Joi.any(), c: Joi.any() }).oxor('b', 'c'), [{}, { b: 1 }, { b: 1, c: 1 }]],
  ['not all', Joi.object({ b: Joi.any(), c: Joi.any() }).nand('b', 'c'), [{}, { b: 1 }, { b: 1, c: 1 }]],
  [
    'one with another',
    Joi.object({ b: Joi.any(), c: Joi.any() }).with('b', 'c'),
    [{}, { b: 1 }, { c: 1 }, { b: 1, c: 1 }],
  ],
  [
    'one without another',
    Joi.object({ b: Joi.any(), c: Joi.any() }).without('b', 'c'),
    [{ b: 1 }, { c: 1 }, { b: 1, c: 1 }],
  ],
  [
    'a member that depends on another',
    Joi.object({
      b: Joi.number(),
      // biome-ignore lint/suspicious/noThenProperty: the option of Joi
      c: Joi.string().when('b', { is: 1, then: Joi.required(), otherwise: Joi.forbidden() }),
    }),
    [{}, { b: 1 }, { b: 2 }, { b: 1, c: 'x' }, { b: 2, c: 'x' }, { c: 'x' }, { b: 1, c: 1 }],
  ],
  [
    'a member that is forbidden without another',
    Joi.object({
      b: Joi.any(),
      c: Joi.number()
        .forbidden()
        // biome-ignore lint/suspicious/noThenProperty: the option of Joi
        .when('b', { is: Joi.exist(), then: Joi.number().max(5).required() }),
    }),
    [{}, { c: 1 }, { b: 1 }, { b: 1, c: 1 }, { b: 1, c: 6 }],
  ],
];

const conditionalCases: typeof cases = [
  [
    'a required member that a condition forbids',
    Joi.object({
      b: Joi.number(),
      // biome-ignore lint/suspicious/noThenProperty: the option of Joi
      c: Joi.string().required().when('b', { is: 1, then: Joi.forbidden() }),
    }),
    [{}, { b: 1 }, { b: 1, c: 'x' }, { c: 'x' }, { b: 2 }, { b: 2, c: 'x' }],
  ],
  [
    'two members with one condition',
    Joi.object({
      b: Joi.number(),
      c: Joi.string()
        .forbidden()
        // biome-ignore lint/suspicious/noThenProperty: the option of Joi
        .when('b', { is: Joi.valid(1).required(), then: Joi.required() }),
      // biome-ignore lint/suspicious/noThenProperty: the option of Joi
      d: Joi.number().when('b', { is: Joi.valid(1).required(), then: Joi.number().max(5) }),
    }),
    [{}, { d: 9 }, { b: 1 }, { b: 1, c: 'x', d: 9 }, { b: 1, c: 'x', d: 5 }, { c: 'x' }, { b: 2, d: 9 }],
  ],
];

const limitCases: typeof cases = [
  [
    'members of members, one at least',
    Joi.object({ a: Joi.object({ b: Joi.number() }), c: Joi.number() }).or('a.b', 'c'),
    [{ a: { b: 1 } }, { c: 1 }],
  ],
  ['a renamed member', Joi.object({ a: Joi.number().required() }).rename('b', 'a'), [{ a: 1 }, { b: 1 }, { a: 'x' }]],
  [
    'a renamed member that others depend on',
    Joi.object({ a: Joi.number(), c: Joi.number() }).rename('b', 'a').or('a', 'c'),
    [{ b: 1 }, { c: 1 }],
  ],
  ['text that may be empty', Joi.string().empty('').min(2).pattern(/^x/), ['', 'xx', 'x', null]],
  ['required text with an empty value', Joi.object({ b: Joi.string().empty('').required() }), [{ b: '' }, { b: 'x' }]],
  ['text that may be blank', Joi.string().empty(Joi.string().trim().valid('')), ['', 'x']],
  ['a member with an empty one', Joi.object({ b: Joi.string().empty(''), c: Joi.any() }).with('b', 'c'), [{ b: '' }]],
  ['dates', loose(Joi.date()), ['2026-01-01', '2026-01-01T00:00:00Z', 1]],
  ['members called in few letters', Joi.object().pattern(Joi.string().max(3), Joi.number()), [{ abc: 1 }, { abcd: 1 }]],
  [
    'members of two patterns, beside a named one',
    Joi.object({ q: Joi.boolean() }).pattern(Joi.string().max(3), Joi.number()).pattern(Joi.string(), Joi.string()),
    [{ q: true }, { abc: 1 }, { abcd: 'x' }, { abc: true }],
  ],
  ['a pattern of another member', Joi.object({ ab: Joi.string() }).pattern(/^a/, Joi.number()), [{ ab: 'x', ac: 1 }]],
  ['a pattern in any case', Joi.object().pattern(/^a/i, Joi.number()), [{ A: 1 }, { A: 'x' }]],
  [
    'a condition that allows more',
    Joi.object({
      b: Joi.number(),
      c: Joi.string()
        .max(1)
        // biome-ignore lint/suspicious/noThenProperty: the option of Joi
        .when('b', { is: 1, then: Joi.string().max(3).allow('') }),
    }),
    [{ c: 'x' }, { c: 'xx' }, { c: '' }, { b: 1, c: 'xxx' }, { b: 1, c: '' }, { b: 1, c: 'xxxx' }],
  ],
  [
    'a list of conditions',
    Joi.object({
      b: Joi.number(),
      // biome-ignore lint/suspicious/noThenProperty: the option of Joi
      c: Joi.string().when('b', { switch: [{ is: 1, then: Joi.string().allow('') }], otherwise: Joi.string().max(2) }),
    }),
    [{}, { b: 1, c: '' }, { b: 2, c: 'x' }],
  ],
];

const membersOf = (schema: Joi.Schema): number => (schema.$_terms.keys as unknown[] | null)?.length ?? 0;

describe('the JSON Schema of a body', () => {
  for (const [title, schema, values] of [...cases, ...conditionalCases, ...limitCases])
    test(`${title}: the schema allows what the gateway takes`, () => {
      const isWhole = schema.type === 'object' && membersOf(schema) > 0;
      const body = isWhole ? (schema as Joi.ObjectSchema) : Joi.object({ a: schema });
      const json = toNamedJsonSchema(body, 'input', place);
      const check = ajv.compile(json);
      for (const value of values) {
        const sent = isWhole ? value : { a: value };
        assert.equal(check(sent), takes(body, sent), `${JSON.stringify(sent)} and ${JSON.stringify(json)}`);
      }
    });

  test('a rule that no schema says leaves the schema wider than the gateway, never narrower', () => {
    const wider: readonly [Joi.Schema, unknown][] = [
      [Joi.string().pattern(/^x$/i), 'X'],
      [Joi.string().guid(), `{${id}}`],
      [Joi.string().isoDate(), '2026-01-31'],
      [Joi.string().ip(), '127.0.0.1'],
      [Joi.string().hex(), 'ff'],
      [Joi.string().base64(), 'eHg='],
      [Joi.string().uri({ allowRelative: true }), '/x'],
      [Joi.string().hostname(), 'ü.de'],
      [Joi.string().min(3, 'utf8'), '😀'],
      [Joi.string().pattern(/^[\w-.]$/), '-'],
    ];
    for (const [schema, value] of wider) {
      const body = Joi.object({ a: schema });
      const json = toNamedJsonSchema(body, 'input', place);
      assert.ok(takes(body, { a: value }), String(value));
      assert.ok(ajv.compile(json)({ a: value }), `${value} and ${JSON.stringify(json)}`);
    }
  });

  test('a schema adds keywords of its own, and leaves out members that are null', () => {
    const schema = Joi.string()
      .max(9)
      .custom((text) => text)
      .meta({ jsonSchema: { pattern: '^x', maxLength: null } });
    assert.deepEqual(toNamedJsonSchema(Joi.object({ a: schema }), 'input', place).properties, {
      a: { type: 'string', minLength: 1, pattern: '^x' },
    });
  });
});

describe('the JSON Schema of a response', () => {
  test('objects may get new members later, and free-form ones are marked', () => {
    const schema = Joi.object({
      one: Joi.object({ two: Joi.number() }),
      any: Joi.object(),
      more: Joi.object({ b: Joi.any() }).unknown(),
    });
    const { properties, ...json } = toNamedJsonSchema(schema, 'output', place) as {
      properties: Record<string, object>;
    };
    assert.deepEqual(json, { type: 'object' });
    assert.deepEqual(properties.one, { type: 'object', properties: { two: { type: 'number' } } });
    assert.deepEqual(properties.any, { type: 'object', additionalProperties: true });
    assert.deepEqual(properties.more, { type: 'object', properties: { b: {} }, additionalProperties: true });
  });
});

describe('the JSON Schema of a query', () => {
  test('numbers and booleans have their own types: a parameter is text by nature', () => {
    const schema = Joi.object({ page: Joi.number().integer(), all: Joi.boolean() });
    const { properties } = toNamedJsonSchema(schema, 'input', place, textual);
    assert.deepEqual(properties, { page: { type: 'integer' }, all: { type: 'boolean' } });
  });

  test('a date has no format, because a day is one too', () => {
    const { properties } = toNamedJsonSchema(Joi.object({ from: Joi.date().iso() }), 'input', place, textual);
    assert.deepEqual(properties, { from: { type: 'string' } });
  });
});

test('a schema is converted once in a process, and each document has its own places and copies', () => {
  const note = Joi.object({ text: Joi.string() }).meta({ schemaName: 'Note' });
  const page = Joi.object({ first: note, notes: Joi.array().items(note) });
  assert.equal(convertedSchema(page, 'output'), convertedSchema(page, 'output'));
  assert.notDeepEqual(convertedSchema(note, 'output'), convertedSchema(note, 'input'));
  for (const $ref of ['#/one', '#/two']) {
    const placed: unknown[] = [];
    const json = toNamedJsonSchema(page, 'output', (name, schema) => {
      placed.push([name, structuredClone(schema)]);
      Object.assign(schema, { changed: true });
      return { $ref };
    });
    const expected = { type: 'object', properties: { text: { type: 'string', minLength: 1 } } };
    assert.deepEqual(placed, [
      ['Note', expected],
      ['Note', expected],
    ]);
    assert.deepEqual(json.properties, { first: { $ref }, notes: { type: 'array', items: { $ref } } });
    Object.assign(json.properties as object, { changed: true });
  }
});
