import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceparent } from '../src/traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

test('a traceparent of version 00 has its trace id and flags', () => {
  assert.deepEqual(parseTraceparent(`00-${traceId}-${parentId}-01`), { traceId, flags: '01' });
});

const invalid: Record<string, string> = {
  'of another version': `01-${traceId}-${parentId}-01`,
  'with an invalid version': `ff-${traceId}-${parentId}-01`,
  'in upper case': `00-${traceId.toUpperCase()}-${parentId}-01`,
  'with an empty trace': `00-${'0'.repeat(32)}-${parentId}-01`,
  'with an empty parent': `00-${traceId}-${'0'.repeat(16)}-01`,
  'with a short trace': `00-${traceId.slice(1)}-${parentId}-01`,
  'with more members': `00-${traceId}-${parentId}-01-00`,
  'with a line end': `00-${traceId}-${parentId}-01\n`,
  'given twice': `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
  'that is empty': '',
};

for (const [title, value] of Object.entries(invalid))
  test(`a traceparent ${title} is invalid`, () => assert.equal(parseTraceparent(value), undefined));
