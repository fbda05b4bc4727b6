import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { paths } from '../../../conformance/attacks/paths.ts';
import { assertError } from '../../support/assert-error.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';
import { type AttackGateway, attacksOnOneGateway, createAttackGateway } from './attack-gateway.ts';

const { attackEach } = attacksOnOneGateway();

attackEach('paths', paths, [
  'path …/%',
  'path …/%2',
  'path …/%zz',
  'path …/%u002e%u002e/admin',
  'path of 20,000 bytes',
  'path of 100,000 bytes',
]);

describe('prefixes', () => {
  let place: AttackGateway;
  let bearer: string;
  before(async () => {
    const target = { prefixes: ['/ws/billing'], stripPrefix: '/ws/billing', addPrefix: '/v2' };
    place = await createAttackGateway({ target });
    bearer = `Authorization: Bearer ${place.token}`;
  });
  after(() => place.close());

  const get = (path: string, lines: readonly string[] = []) => {
    place.backend.clear();
    return rawRequest(place.gateway.port, requestText(`GET ${path}`, [bearer, ...lines]));
  };

  test('paths below the prefix are forwarded byte for byte', async () => {
    for (const [path, seen] of [
      ['/ws/billing', '/v2'],
      ['/ws/billing/', '/v2/'],
      ['/ws/billing?a=b', '/v2?a=b'],
      ['/ws/billing?', '/v2?'],
      ['/ws/billing//x', '/v2//x'],
      ['/ws/billing/a;b=c/%41?/../', '/v2/a;b=c/%41?/../'],
      ['/ws/billing/ws/billing', '/v2/ws/billing'],
    ] as const) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.deepEqual(
        place.backend.arrived.map(({ target }) => target),
        [seen],
      );
    }
  });

  test('paths that only resemble the prefix do not reach the backend', async () => {
    for (const path of [
      '/ws/billingx',
      '/ws/billing;x',
      '/ws/billing%2fx',
      '/ws/billin',
      '/WS/billing',
      '/ws//billing',
      '//ws/billing',
      '/%77s/billing',
      '/ws/billing/../x',
      '/ws/x/../billing',
      '/ws/billing/..',
      '/ws/billing/..;/x',
      '/ws/billing%00',
      '/ws/billing\\x',
    ]) {
      const answer = await get(path);
      assert.equal(answer.status, 400, path);
      assert.match(answer.body.error.code, /^(?:TARGET_REQUIRED|BAD_REQUEST_TARGET)$/, path);
      assert.deepEqual(place.backend.arrived, []);
    }
  });

  test('a path outside the prefix gets 404, even with X-Target-Server', async () => {
    for (const path of [
      '/',
      '/v2',
      '/ws',
      '/ws/billingx',
      '/ws/billin',
      '/%77s/billing',
      '//ws/billing',
      '/ws/billing;x',
    ]) {
      assertError(await get(path, ['X-Target-Server: raw']), 'NOT_FOUND', path);
      assert.deepEqual(place.backend.arrived, []);
    }
  });

  test('without credentials, every path gets 401', async () => {
    for (const path of ['/ws/billing', '/ws/billing/x', '/ws/billingx', '/ws']) {
      assertError(await rawRequest(place.gateway.port, requestText(`GET ${path}`)), 'UNAUTHORIZED', path);
    }
    assert.deepEqual(place.backend.arrived, []);
  });
});
