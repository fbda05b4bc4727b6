import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copied } from '../../../scripts/swagger-ui.ts';

const root = join(import.meta.dirname, '..', '..', '..');

test('the files of the documentation page are those of the development package, with licence and notice', () => {
  assert.deepEqual(readdirSync(join(root, 'swagger-ui')).toSorted(), copied.toSorted());
  assert.ok(copied.includes('LICENSE') && copied.includes('NOTICE'));
  for (const name of copied) {
    const [own, original] = ['swagger-ui', 'node_modules/swagger-ui-dist'].map((folder) =>
      readFileSync(join(root, folder, name)),
    );
    assert.ok(own && original?.equals(own), `${name} differs: npm run swagger-ui`);
  }
});
