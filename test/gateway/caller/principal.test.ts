import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalFromClaims } from '../../../src/gateway/caller/principal.ts';

test('the claim client_id names the application if it is a valid name', () => {
  const applicationOf = (client: unknown) => {
    const claims = { iss: 'https://issuer.test', sub: 'joe', client_id: client };
    return principalFromClaims(claims, { organization: 'org', scope: 'scope' }, () => true)?.application;
  };
  for (const name of ['Weather app', 'x'.repeat(190), '天気']) assert.equal(applicationOf(name), name);
  for (const name of [undefined, null, '', 'x'.repeat(191), 'a\nb', '\0', '\ud800', 7, ['app'], {}])
    assert.equal(applicationOf(name), undefined, JSON.stringify(name));
});
