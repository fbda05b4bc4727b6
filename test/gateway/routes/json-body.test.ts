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
    for (const text of ['null', '0', '"a"', '[]', ' {"a":[1,{"b":null}]}\n', '{"":1,"a":{"a":2}}', '"\\ud83d\\ude00"'])
      assert.deepEqual(parseJson(Buffer.from(text)).value, JSON.parse(text));
  });

  test('a malformed body is refused with position, line and column, and is not quoted', () => {
    const error = refusal('{\n  "password": "hunter2",\n  "b": hunter3\n}');
    assert.equal(error.code, 'MALFORMED_JSON');
    assert.deepEqual(error.details, { position: 34, line: 3, column: 8 });
    assert.equal(error.message, 'The body is not valid JSON. Position 34 (line 3, column 8).');
    assert.doesNotMatch(JSON.stringify(error) + String(error.reason), /hunter/);
    assert.deepEqual(refusal('{"a":1').details, { position: 6, line: 1, column: 7 });
    assert.deepEqual(refusal('\n\n]').details, { position: 2, line: 3, column: 1 });
  });

  test('one byte order mark is skipped, and positions count it; a second one is malformed', () => {
    assert.deepEqual(parseJson(Buffer.from('\ufeff {"a":"\ufeff"}')).value, { a: '\ufeff' });
    assert.deepEqual(parseJson(Buffer.from('\ufeff{"a":[1.0]}'), new Set(['a'])).verbatim, { a: '[1.0]' });
    for (const [text, details] of [
      ['\ufeff\ufeff{}', { position: 1, line: 1, column: 2 }],
      ['\ufeff', { position: 1, line: 1, column: 2 }],
      [' \ufeff{}', { position: 1, line: 1, column: 2 }],
      ['{}\ufeff', { position: 2, line: 1, column: 3 }],
      ['\ufeff{"a":x}', { position: 6, line: 1, column: 7 }],
      ['\ufeff{\n"a":x}', { position: 7, line: 2, column: 5 }],
      ['\ufeff{"a":1,"a":2}', { position: 8, line: 1, column: 9 }],
    ] as const)
      assert.deepEqual(refusal(text).details, details, JSON.stringify(text));
    assert.equal(refusal(Buffer.from([0xff, 0xfe, 0x31, 0x00])).code, 'MALFORMED_JSON');
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
    assert.deepEqual(parseJson(Buffer.from('{"a":"__proto__","__proto":1}')).value, { a: '__proto__', __proto: 1 });
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
    assert.equal(parseJson(Buffer.from('"ü😀"')).value, 'ü😀');
  });

  test('two members of one name are refused with the place of the second', () => {
    for (const [text, position] of [
      ['{"a":1,"a":2}', 7],
      ['{"a":{"a":1},"b":[{"a":1},{"a":1}],"\\u0061":0}', 35],
      ['[[{"":1,"b":{},"":1}]]', 15],
      [`{"a":${nested(5000, ['[', ']'])},"a":1}`, 10_006],
      ['{"a:b":1,"c\\"":",","a:b":{}}', 19],
    ] as const) {
      const error = refusal(text);
      assert.equal(error.code, 'MALFORMED_JSON', text.slice(0, 80));
      assert.equal(error.details.position, position, text.slice(0, 80));
    }
    assert.ok(parseJson(Buffer.from('{"a":"\\"a\\":1","b":[{"a":1},{"a":2}],"c":":"}')));
  });

  test('numbers that a double does not hold are found with their paths, except in verbatim members', () => {
    const exact = ['0', '-0', '1.0', '0.10', '100e-2', '0.1e1', '9007199254740992', '123456789012345680000', '5e-324'];
    const inexact = ['9007199254740993', '1524831183200256789', '0.1000000000000000055', '1e400', '-1e-400', '5e-325'];
    const long = [`1${'0'.repeat(300)}1`, `0.${'3'.repeat(30)}`, '9'.repeat(1_000_000), `1.${'0'.repeat(1000)}1`];
    for (const number of exact) assert.deepEqual(parseJson(Buffer.from(number)).inexact, [], number);
    for (const number of [...inexact, ...long]) {
      const text = `{"skipped":[${number}],"a.b":[1,{"c":[],"d":"${number}","e":[true,${number}]}],"f":${number}}`;
      const { inexact: paths, verbatim } = parseJson(Buffer.from(text), new Set(['skipped', 'other']));
      assert.deepEqual(paths, [['a.b', 1, 'e', 1], ['f']], number.slice(0, 40));
      assert.deepEqual(verbatim, { skipped: `[${number}]` });
    }
    assert.equal(refusal(`[${'1e400,'.repeat(150_000)}1]`).code, 'MALFORMED_JSON');
    assert.equal(parseJson(Buffer.from(`[${'1e400,'.repeat(99)}1]`)).inexact.length, 99);
  });

  test('verbatim members are the text between colon and comma, in any spelling', () => {
    const values = ['"}],:\\\\\\""', '{"a":{"b":[1.0]}}', '[[],{},"{"]', '-1.50E+3', 'true', 'null', '{ "x" : 1 }'];
    for (const value of values) {
      for (const text of [`{"v":${value}}`, `{"a":[1],"v": ${value} ,"w":{"v":1}}`, `\n{\t"\\u0076"\r:\n${value}\n}`])
        assert.deepEqual(parseJson(Buffer.from(text), new Set(['v'])).verbatim, { v: value }, text);
    }
    for (const text of ['["v",1]', '{"w":{"v":1}}', '"v"', '{}'])
      assert.deepEqual(parseJson(Buffer.from(text), new Set(['v'])).verbatim, {}, text);
  });
});
