import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idList, literalText } from '../../src/database/sql-text.ts';

test('a text is inlined only without quotes, escapes and placeholders', () => {
  assert.equal(literalText('order.filled'), "'order.filled'");
  assert.equal(literalText('{"dns":12}'), `'{"dns":12}'`);
  for (const text of [
    "o'clock",
    'back\\slash',
    'what?',
    'two\nlines',
    'nul\0',
    'é',
    '`',
    '%',
    '\u2028',
    'x'.repeat(257),
  ])
    assert.equal(literalText(text), undefined, JSON.stringify(text));
});

test('a list of ids rejects other texts', () => {
  assert.equal(idList(['a-1', 'b-2']), "'a-1','b-2'");
  assert.throws(() => idList(['a', "') or ('1"]), RangeError);
});
