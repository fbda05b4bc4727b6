import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../../../src/errors.ts';
import type { Call } from '../../../src/gateway/call/target.ts';
import { createRateLimit, type LimitRate } from '../../../src/gateway/limits/rate-limit.ts';
import type { Principal } from '../../../src/plugin.ts';
import { createTestClock } from '../../../src/testing/clock.ts';

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

/** The header `RateLimit` of a call, with a `!` in front if the call was refused; empty without a limit. */
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
    assert.equal(limit(call), undefined, 'the decision needs no promise');
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

  test('calls are counted per target and caller', () => {
    const limit = create(0);
    const anna = principal('anna');
    const said = ['a', 'a', 'b', 'a'].map((target) => limitedBy(limit, { principal: anna, target, own: 2 }));
    assert.deepEqual(said, ['"target";r=1;t=60', '"target";r=0;t=60', '"target";r=1;t=60', '!"target";r=0;t=60']);
    assert.equal(limitedBy(limit, { principal: principal('berta'), own: 2 }), '"target";r=1;t=60');
    assert.equal(limitedBy(limit, { principal: principal('anna', 'https://other.test'), own: 2 }), '"target";r=1;t=60');
    assert.equal(limitedBy(limit, { principal: anna, target: 'free' }), '');
  });

  test('the limit of a target applies beside the general one, and the headers show the tighter of the two', () => {
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

  test('callers of public targets are counted by network', () => {
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
    assert.equal(limitedBy(limit, { address: '192.0.2.1' }), '', 'a public target without its own limit');
  });

  test('processes without shared counts divide the limit', () => {
    const limit = create(10, 4);
    const anna = principal('anna');
    assert.deepEqual(
      [0, 0, 0].map((own) => limitedBy(limit, { principal: anna, own })),
      ['"default";r=1;t=60', '"default";r=0;t=60', '!"default";r=0;t=60'],
    );
    // At least one call: a share of zero would close the target.
    assert.equal(limitedBy(create(0, 4), { principal: anna, own: 3 }), '"target";r=0;t=60');
  });

  test('callers with similar names and issuers are counted separately', () => {
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
