import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usage } from '../../conformance/options.ts';
import { readDocument } from './documents.ts';

test('docs/conformance.md lists exactly the options', () => {
  const listed = [...readDocument('docs/conformance.md').matchAll(/^\| `(--[\w-]+)/gm)].map(([, name]) => name);
  const known = [...usage.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name);
  assert.notEqual(known.length, 0);
  assert.deepEqual(listed.toSorted(), known.toSorted());
});
