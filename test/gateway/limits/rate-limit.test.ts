import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestAnswer, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';

const fields = ['ratelimit-policy', 'ratelimit', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];
const shown = ({ headers }: TestAnswer): (string | null)[] => fields.map((name) => headers.get(name));

describe('the rate limit', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo], env: { RATE_LIMIT_PER_MINUTE: '3' } });
    // At a full millisecond, so that the remaining seconds do not depend on the speed of the test.
    const start = gateway.clock.now();
    gateway.clock.set(new Date(Math.ceil(start / 1000)));
  });
  after(() => gateway.close());

  const call = async (sub: string, path = '/echo'): Promise<TestAnswer> =>
    gateway.request(path, { target: 'echo', token: await gateway.token({ sub }) });

  test('every response shows the limit, and calls beyond it are refused until the minute is over', async () => {
    assert.deepEqual(shown(await call('anna')), ['"default";q=3;w=60', '"default";r=2;t=60', '3', '2', '60']);
    gateway.clock.advance(20_000);
    const [, second] = shown(await call('anna'));
    assert.match(String(second), /^"default";r=1;t=(?:40|39)$/);
    assert.match(String(shown(await call('anna'))[1]), /^"default";r=0;t=(?:40|39)$/);
    for (let more = 0; more < 3; more += 1) {
      const refused = await call('anna');
      assertError(refused, 'RATE_LIMITED');
      assert.match(String(refused.headers.get('ratelimit')), /^"default";r=0;t=(?:40|39)$/);
      assert.equal(refused.headers.get('retry-after'), refused.headers.get('ratelimit-reset'));
    }
    gateway.clock.advance(40_000);
    const again = await call('anna');
    assert.equal(again.status, 200);
    assert.deepEqual(shown(again).slice(0, 2), ['"default";q=3;w=60', '"default";r=2;t=60']);
  });

  test('each caller has its own limit, also with several tokens', async () => {
    for (let count = 0; count < 3; count += 1) assert.equal((await call('berta')).status, 200);
    assertError(await call('berta'), 'RATE_LIMITED');
    assert.equal((await call('clara')).status, 200);
    const token = await gateway.token({ sub: 'berta', lifetimeSeconds: 100 });
    assertError(await gateway.request('/echo', { target: 'echo', token }), 'RATE_LIMITED');
  });

  test('the limit holds for concurrent calls', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('dora')));
    assert.equal(answers.filter(({ status }) => status === 200).length, 3);
  });

  test('only authorized calls of existing routes are counted', async () => {
    for (let count = 0; count < 5; count += 1) {
      assertError(await call('emil', '/echo/nowhere'), 'NOT_FOUND');
      assertError(await call('emil', '/echo/guarded'), 'FORBIDDEN');
    }
    for (let count = 0; count < 5; count += 1) {
      const answers = [
        await gateway.request('/echo', { target: 'echo' }),
        await gateway.request('/echo/open', { target: 'echo', token: await gateway.token({ sub: 'emil' }) }),
        await gateway.request('/healthz'),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [401, 200, 200],
      );
      for (const answer of answers) assert.equal(answer.headers.get('ratelimit'), null);
    }
    assert.equal((await call('emil')).headers.get('ratelimit-remaining'), '2');
  });
});

test('without a limit no response has rate limit headers', async () => {
  const gateway = await createTestGateway({ plugins: [echo] });
  try {
    const token = await gateway.token();
    for (let count = 0; count < 5; count += 1) {
      const answer = await gateway.request('/echo', { target: 'echo', token });
      assert.equal(answer.status, 200);
      assert.deepEqual(
        [...answer.headers.keys()].filter((name) => name.startsWith('ratelimit')),
        [],
      );
    }
  } finally {
    await gateway.close();
  }
});
