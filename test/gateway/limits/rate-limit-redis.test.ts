import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestAnswer, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { freePort } from '../../support/database-server.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';

const password = 'topsecret';

const logged = (gateway: TestGateway, message: RegExp): number =>
  gateway.log.filter((line) => message.test(line)).length;
const shares = /rate limit shared through redis/;
const alone = /redis unreachable/;

async function startGateway(redisUrl: string, metricsPort = 0): Promise<TestGateway> {
  const env = { RATE_LIMIT_PER_MINUTE: '3', REDIS_URL: redisUrl, METRICS_PORT: String(metricsPort) };
  return createTestGateway({ plugins: [echo], env });
}

const call = async (gateway: TestGateway, sub: string): Promise<TestAnswer> =>
  gateway.request('/echo', { target: 'echo', token: await gateway.token({ sub }) });

const remaining = async (gateway: TestGateway, sub: string): Promise<string | null> =>
  (await call(gateway, sub)).headers.get('ratelimit-remaining');

describe('the rate limit on Redis', () => {
  let redis: RedisServer;
  let one: TestGateway;
  let other: TestGateway;
  let metrics: string;

  before(async () => {
    redis = await startRedisServer(password);
    const port = await freePort();
    metrics = `http://127.0.0.1:${port}/metrics`;
    one = await startGateway(redis.url, port);
    other = await startGateway(redis.url);
    await eventually(() => logged(one, shares) === 1 && logged(other, shares) === 1);
  });
  after(async () => {
    await one?.close();
    await other?.close();
    await redis?.stop();
  });

  /** Uses a new caller per try until both processes count it together: one slow answer of Redis is no failure. */
  const untilTogether = (name: string): Promise<string> => {
    let tries = 0;
    return eventually(async () => {
      tries += 1;
      const caller = `${name} ${tries}`;
      const left = [await remaining(one, caller), await remaining(other, caller)];
      return left.join() === '2,1' ? caller : undefined;
    });
  };

  test('the calls of all processes are counted together', async () => {
    const caller = await untilTogether('anna');
    assert.equal(await remaining(one, caller), '0');
    const refused = await call(other, caller);
    assertError(refused, 'RATE_LIMITED');
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 60, String(seconds));
  });

  test('the limit holds for concurrent calls', async () => {
    const caller = await untilTogether('dora');
    const calls = Array.from({ length: 20 }, (_, index) => call(index % 2 === 0 ? one : other, caller));
    const served = (await Promise.all(calls)).filter(({ status }) => status === 200);
    assert.equal(served.length, 1);
  });

  test('each process counts alone while Redis is down, with one warning, and together once Redis is back', async () => {
    await redis.kill();
    for (const gateway of [one, other]) {
      for (const left of ['2', '1', '0']) assert.equal(await remaining(gateway, 'emil'), left);
      assertError(await call(gateway, 'emil'), 'RATE_LIMITED');
      await eventually(() => logged(gateway, alone) === 1);
    }
    assert.match(await (await fetch(metrics)).text(), /^hookgate_redis_up 0$/m);
    await redis.restart();
    await eventually(() => logged(one, shares) === 2 && logged(other, shares) === 2);
    await untilTogether('emil');
    await eventually(async () => /^hookgate_redis_up 1$/m.test(await (await fetch(metrics)).text()));
    assert.deepEqual([logged(one, alone), logged(other, alone)], [1, 1]);
  });

  test('a hanging Redis delays a few calls briefly, not every call', async () => {
    redis.freeze();
    const startedAt = performance.now();
    const answers = [];
    for (let count = 0; count < 60; count += 1) answers.push(await call(one, `hanging ${count}`));
    assert.ok(answers.every(({ status }) => status === 200));
    // Sixty calls that each wait for the timeout of 100 ms would take 6 s.
    assert.ok(performance.now() - startedAt < patient(5000));
    await eventually(() => logged(one, alone) === 2);
    redis.thaw();
    await eventually(() => logged(one, shares) === 3);
    await untilTogether('fritz');
  });

  test('the gateway starts without Redis and does not log its password', async () => {
    const wrong = redis.url.replace(password, 'othersecret');
    const nowhere = 'redis://:othersecret@127.0.0.1:1';
    for (const [url, reason] of [
      [wrong, 'WRONGPASS'],
      [nowhere, 'ECONNREFUSED'],
    ] as const) {
      const gateway = await startGateway(url);
      try {
        for (const left of ['2', '1', '0']) assert.equal(await remaining(gateway, 'gerd'), left);
        assertError(await call(gateway, 'gerd'), 'RATE_LIMITED');
        await eventually(() => logged(gateway, alone) === 1);
        assert.equal(logged(gateway, new RegExp(`"reason":"${reason}"`)), 1, gateway.log.join('\n'));
        assert.equal(logged(gateway, /secret/), 0);
      } finally {
        await gateway.close();
      }
    }
  });
});
