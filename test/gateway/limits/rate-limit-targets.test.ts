import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../../../src/errors.ts';
import type { Call } from '../../../src/gateway/call/target.ts';
import { createRateLimit, type LimitRate } from '../../../src/gateway/limits/rate-limit.ts';
import type { Principal } from '../../../src/plugin.ts';
import { createTestClock } from '../../../src/testing/index.ts';

const principal = (subject: string, issuer = 'https://issuer.test'): Principal => ({
  issuer,
  subject,
  email: undefined,
  organizations: [],
  defaultOrganization: undefined,
  scopes: new Set(),
});

interface Caller {
  principal?: Principal;
  address?: string;
  target?: string;
  own?: number;
}

/** What `RateLimit` says, after a `!` where the call was refused. */
function limitedBy(limit: LimitRate, { principal: who, address = '192.0.2.1', target = 'a', own = 0 }: Caller): string {
  const headers: string[] = [];
  const said = (name: string): string | undefined => headers[headers.indexOf(name) + 1];
  const call = {
    principal: who,
    clientAddress: address,
    target: { name: target },
    match: { rateLimitPerMinute: own },
    headers,
  } as unknown as Call;
  try {
    assert.equal(limit(call), undefined, 'there is nothing to wait for');
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === 'RATE_LIMITED');
    assert.equal(error.headers['Retry-After'], said('RateLimit-Reset'));
    return `!${said('RateLimit')}`;
  }
  return headers.includes('RateLimit') ? (said('RateLimit') ?? '') : '';
}

describe('the rate limit of a target', () => {
  const clock = createTestClock();
  const frozen = clock.now();
  const create = (perMinute: number, processes = 1): LimitRate =>
    createRateLimit({ perMinute, processes, now: () => frozen });

  test('is counted for each target and caller', () => {
    const limit = create(0);
    const anna = principal('anna');
    const said = ['a', 'a', 'b', 'a'].map((target) => limitedBy(limit, { principal: anna, target, own: 2 }));
    assert.deepEqual(said, ['"target";r=1;t=60', '"target";r=0;t=60', '"target";r=1;t=60', '!"target";r=0;t=60']);
    assert.equal(limitedBy(limit, { principal: principal('berta'), own: 2 }), '"target";r=1;t=60');
    assert.equal(limitedBy(limit, { principal: principal('anna', 'https://other.test'), own: 2 }), '"target";r=1;t=60');
    assert.equal(limitedBy(limit, { principal: anna, target: 'free' }), '');
  });

  test('comes beside the one for all targets, and the tighter one is told', () => {
    const limit = create(4);
    const anna = principal('anna');
    const said = [2, 2, 0, 2, 0].map((own) => limitedBy(limit, { principal: anna, own }));
    assert.deepEqual(said, [
      '"target";r=1;t=60',
      '"target";r=0;t=60',
      '"default";r=1;t=60',
      '!"target";r=0;t=60',
      '!"default";r=0;t=60',
    ]);
  });

  test('counts callers of public targets by network', () => {
    const limit = create(1);
    const from = (address: string): string => limitedBy(limit, { address, own: 2 });
    assert.deepEqual(['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.1'].map(from), [
      '"target";r=1;t=60',
      '"target";r=1;t=60',
      '"target";r=0;t=60',
      '!"target";r=0;t=60',
    ]);
    const [first, second, third, elsewhere] = ['2001:db8::1', '2001:db8::2:1', '2001:db8::', '2001:db8:0:1::'].map(
      from,
    );
    assert.deepEqual([first, second], ['"target";r=1;t=60', '"target";r=0;t=60']);
    assert.deepEqual([third, elsewhere], ['!"target";r=0;t=60', '"target";r=1;t=60']);
    assert.equal(limitedBy(limit, { address: '192.0.2.1' }), '', 'public, and without a limit of its own');
  });

  test('is divided between processes that share nothing', () => {
    const limit = create(10, 4);
    const anna = principal('anna');
    assert.deepEqual(
      [0, 0, 0].map((own) => limitedBy(limit, { principal: anna, own })),
      ['"default";r=1;t=60', '"default";r=0;t=60', '!"default";r=0;t=60'],
    );
    // Not to none, which would shut the target.
    assert.equal(limitedBy(create(0, 4), { principal: anna, own: 3 }), '"target";r=0;t=60');
  });

  test('does not mistake one caller for another', () => {
    const limit = create(1);
    limitedBy(limit, { principal: principal('b', 'a\n') });
    for (const [subject, issuer] of [
      ['\nb', 'a'],
      ['","b', 'a'],
      ['', 'a\nb'],
    ] as const)
      assert.equal(limitedBy(limit, { principal: principal(subject, issuer) }), '"default";r=0;t=60');
  });
});
