import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCatalogue } from '../../src/errors.ts';
import { readDocument } from './documents.ts';

test('docs/errors.md lists exactly the codes of the catalogue, with their status', () => {
  const rows = [...readDocument('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code = '', status]) => [code, Number(status)] as const);
  assert.deepEqual(listed.toSorted(), Object.entries(errorCatalogue).toSorted());
});
