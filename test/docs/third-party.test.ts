import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowed, shippedPackages, thirdPartyPage } from '../../scripts/third-party.ts';
import { readDocument } from './documents.ts';

test('docs/third-party.md lists every package that reaches users', () => {
  assert.equal(readDocument('docs/third-party.md'), thirdPartyPage(shippedPackages()), 'run: npm run third-party');
});

test('the licences of these packages put no conditions on programs that use them', () => {
  const others = shippedPackages().filter(({ license }) => !allowed.includes(license));
  assert.deepEqual(others, []);
});
