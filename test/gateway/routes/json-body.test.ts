import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../../../src/errors.ts';
import { parseJson } from '../../../src/gateway/routes/read-json.ts';

function refusal(body: string | Buffer): ApiError {
  try {
    parseJson(Buffer.from(body));
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: `accepted ${body.toString().slice(0, 80)}` });
}

const nested = (depth: number, [open, close]: readonly [string, string]): string =>
  open.repeat(depth) + close.repeat(depth);
const shapes = [
  ['[', ']'],
  ['{"a":', '}'],
  ['[{"a":', '}]'],
] as const;

describe('a JSON body', () => {
  test('a valid body is parsed as JSON.parse does', () => {
    for (const text of ['null', '0', '"a"', '[]', ' {"a":[1,{"b":null}]}\n', '{"":1,"a":1,"a":2}', '"\\ud83d\\ude00"'])
      assert.deepEqual(parseJson(Buffer.from(text)), JSON.parse(text));
  });

  test('a malformed body is refused with position, line and column, and is not quoted', () => {
    const error = refusal('{\n  "password": "hunter2",\n  "b": hunter3\n}');
    assert.equal(error.code, 'MALFORMED_JSON');
    assert.deepEqual(error.details, { position: 34, line: 3, column: 8 });
    assert.equal(error.message, 'The body is not valid JSON. Position 34 (line 3, column 8).');
    assert.doesNotMatch(JSON.stringify(error) + String(error.reason), /hunter/);
    assert.deepEqual(refusal('{"a":1').details, { position: 6, line: 1, column: 7 });
    assert.deepEqual(refusal('\n\n]').details, { position: 2, line: 3, column: 1 });
    assert.deepEqual(refusal('\ufeff{}').details, { position: 0, line: 1, column: 1 });
  });

  test('a body may be nested 64 levels deep and no deeper, in arrays, objects and both', () => {
    for (const shape of shapes) {
      const levels = shape[0].length === 6 ? 2 : 1;
      assert.ok(parseJson(Buffer.from(nested(64 / levels, shape).replace(':}', ':1}'))));
      const error = refusal(nested(64 / levels + 1, shape).replace(':}', ':1}'));
      assert.equal(error.code, 'MALFORMED_JSON');
      assert.match(error.message, /64/);
    }
  });

  test('extreme nesting is refused without an overflow of the stack', () => {
    for (const shape of shapes) {
      const text = nested(150_000, shape).replace(':}', ':1}');
      assert.equal(refusal(text).code, 'MALFORMED_JSON');
      assert.equal(refusal(text.slice(0, text.length / 2)).code, 'MALFORMED_JSON');
    }
  });

  test('a member __proto__ is refused at any depth and in any spelling', () => {
    const spellings = ['__proto__', '\\u005f_proto__', '__pr\\u006fto__', '\\u005f\\u005fproto\\u005F\\u005F'];
    for (const name of spellings) {
      for (const text of [
        `{"${name}":1}`,
        `{"${name}":{"a":1}}`,
        `{"a":{"${name}":null}}`,
        `[[[{"a":[{"${name}":[]}]}]]]`,
        `{"a":1,"a":{"${name}":{}}}`,
        `${'{"a":'.repeat(63)}{"${name}":1}${'}'.repeat(63)}`,
      ]) {
        const error = refusal(text);
        assert.equal(error.code, 'MALFORMED_JSON', text);
        assert.match(error.message, /__proto__/);
      }
    }
    assert.deepEqual(parseJson(Buffer.from('{"a":"__proto__","__proto":1}')), { a: '__proto__', __proto: 1 });
    assert.equal(Object.hasOwn(Object.prototype, 'a'), false);
  });

  test('a body in another encoding than UTF-8 is refused', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
      [0xfe, 0xff, 0x00, 0x31],
      [0x31, 0x00],
      [0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d],
    ])
      assert.equal(refusal(Buffer.from(bytes)).code, 'MALFORMED_JSON', bytes.join());
    assert.equal(parseJson(Buffer.from('"ü😀"')), 'ü😀');
  });
});
