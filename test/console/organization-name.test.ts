import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOrganizationName } from '../../plugins/console/web/src/app/organization-name.ts';

test('the field of the organization takes the names that the API takes in paths', () => {
  for (const name of ['myorg', 'my org', 'ş', 'x*', 'a'.repeat(100)])
    assert.equal(isOrganizationName(name), true, name);
  const refused = ['', ' myorg', 'myorg ', 'bad/na me', 'a\\b', '*', '.', '..', 'a\nb', 'a'.repeat(101), '\ud800'];
  for (const name of refused) assert.equal(isOrganizationName(name), false, JSON.stringify(name));
});
