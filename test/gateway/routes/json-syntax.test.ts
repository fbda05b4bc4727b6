import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findJsonError } from '../../../src/gateway/routes/json-syntax.ts';

const broken: readonly [text: string, position: number][] = [
  ['', 0],
  ['  \n', 3],
  ['x', 0],
  ['  nul', 2],
  ['nulll', 0],
  ['True', 0],
  ['{', 1],
  ['[', 1],
  ['}', 0],
  ['[}', 1],
  ['{]', 1],
  ['{}}', 2],
  ['{} {}', 3],
  ['[1,]', 3],
  ['[,1]', 1],
  ['[1 2]', 3],
  ['{"a"}', 4],
  ['{"a" 1}', 5],
  ['{"a":}', 5],
  ['{"a":1,}', 7],
  ['{"a":1 "b":2}', 7],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['{1:1}', 1],
  ['{"a":1', 6],
  ['{"a":1\n\n', 8],
  ['"open', 0],
  ['"a\nb"', 0],
  ['"\\x"', 0],
  ['"\\u12g4"', 0],
  ['"\\', 0],
  ['01', 0],
  ['-', 0],
  ['1.', 0],
  ['.5', 0],
  ['+1', 0],
  ['1e', 0],
  ['0x10', 0],
  ['NaN', 0],
  ['[-Infinity]', 1],
  ['{"a":tru}', 5],
  ['// note\n1', 0],
  ['\u00a01', 0],
  ['\ufeff{}', 0],
];

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const documents = [
  '{"meta":{"host":"https://example.com","path":"/a?b=c","method":1,"authentication":{"type":1}}}',
  '[1,-2.5,3e10,0,-0,1.25E-3,true,false,null,"",[],{}]',
  '{"\\u00e9\\n\\"":"\\\\ \\/ \\t", "ü" : [ [ [ "deep" ] ] ] }',
  ' "just \\uD83D\\uDE00 text" ',
  '-12.5e+3',
];
const pieces = '{}[],:"\\ \n\t0123456789.-+eEtrufalsn\u0000\u001fxü'.split('');

function mutate(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const piece = pieces[random(pieces.length)] ?? '';
  switch (random(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random(3));
    case 2:
      return text.slice(0, at) + piece + text.slice(at);
    default:
      return text.slice(0, at) + piece + text.slice(at + 1);
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether `text` could be continued to valid JSON, judged by the error message of the runtime's own parser. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    return message.startsWith('Unexpected end') || message.includes(`position ${text.length} `);
  }
}

/** Offset of the first character after which no continuation is valid JSON. */
function firstWrong(text: string): number {
  let length = 0;
  while (length < text.length && couldGoOn(text.slice(0, length + 1))) length += 1;
  return length;
}

/** A string or scalar that has begun and not ended; empty if the wrong character begins a token. */
const partialToken = /^(?:"(?:[^"\\]|\\.)*\\?(?:u[0-9a-fA-F]{0,3})?|[-+.\w]*)$/s;

describe('the place of a JSON error', () => {
  test('the place is the beginning of the first token that does not fit', () => {
    for (const [text, position] of broken) {
      assert.equal(parses(text), false, `${JSON.stringify(text)} is meant to be broken`);
      assert.equal(findJsonError(text), position, JSON.stringify(text));
    }
  });

  test('the place agrees with JSON.parse on randomly changed documents', () => {
    const random = createRandom(20251224);
    let refused = 0;
    for (let round = 0; round < 4000; round += 1) {
      let text = documents[random(documents.length)] ?? '';
      for (let changes = 1 + random(2); changes > 0; changes -= 1) text = mutate(text, random);
      const position = findJsonError(text);
      const note = `${JSON.stringify(text)}: ${position}`;
      if (parses(text)) {
        assert.equal(position, text.length, `${note}, but it is JSON`);
        continue;
      }
      refused += 1;
      const wrong = firstWrong(text);
      assert.ok(position <= wrong && couldGoOn(text.slice(0, position)), `${note}, but ${wrong} is wrong`);
      assert.match(text.slice(position, wrong), partialToken, `${note} lies before the token with ${wrong}`);
    }
    assert.ok(refused > 1000, `only ${refused} of the changed documents were broken`);
  });

  test('the place is found in a megabyte of any shape', () => {
    const million = 1_000_000;
    const shapes: readonly [string, number][] = [
      ['['.repeat(million), million],
      ['{"a":'.repeat(million / 5), million],
      [`"${'a'.repeat(million)}`, 0],
      [`"${'\\n'.repeat(million / 2)}`, 0],
      [`${'[1,'.repeat(million / 3)}x`, 3 * Math.floor(million / 3)],
      [`${' '.repeat(million)}x`, million],
      [`${'1'.repeat(million)}x`, 0],
      [`${'[]'.repeat(million / 2)}`, 2],
    ];
    for (const [text, position] of shapes) assert.equal(findJsonError(text), position, text.slice(0, 12));
  });
});
