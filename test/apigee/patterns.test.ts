import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  complaints,
  date,
  having,
  listFirst,
  milliseconds,
  nothing,
  type Pattern,
  text,
  uuid,
  zone,
} from './patterns.ts';

test('a value that fits has no complaints', () => {
  const cases: [value: unknown, pattern: Pattern][] = [
    [{ a: 1, b: 'more' }, { a: 1 }],
    [
      ['a', { b: null, c: 1 }],
      ['a', { b: null }],
    ],
    [{ list: [{ id: 'x' }, { id: 'y' }] }, { list: having({ id: 'y' }) }],
    [{ items: [1], totalRecords: 1 }, listFirst('items', [1])],
    [
      ['a', 1e12 + 1, '2026-03-10 00:00:00', 'Europe/Istanbul', []],
      [text, milliseconds, date, zone, nothing],
    ],
    ['01a22b67-3eb0-780e-9a44-9cba0f56e88e', uuid],
  ];
  for (const [value, pattern] of cases) assert.deepEqual(complaints(value, pattern), [], JSON.stringify(value));
});

test('each member that does not fit is named with its place', () => {
  const value = { id: '', owner: { mail: 7 }, items: [{ at: 'today' }], more: [1, 2] };
  const pattern = { id: text, owner: { mail: 'a' }, items: [{ at: date }], more: [1], none: nothing };
  assert.deepEqual(complaints(value, pattern), [
    'id is no text: ""',
    'owner.mail is 7, not "a"',
    'items[0].at is no date: "today"',
    'more is no list of 1: [1,2]',
    'none is no empty list: undefined',
  ]);
  assert.deepEqual(complaints({ totalRecords: 0, items: [] }, listFirst('items', nothing)).length, 1);
  assert.deepEqual(complaints({ items: [2] }, listFirst('items', [1])).length, 1);
  assert.deepEqual(complaints([{ id: 'x' }], having({ id: 'y' })).length, 1);
  assert.deepEqual(complaints(undefined, { id: text }).length, 1);
  assert.deepEqual(complaints('0', 0).length, 1);
});
