import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fuzz, hostileTimeouts } from '../chaos/fuzz.ts';
import { createHostileAnswer } from '../chaos/hostile-answers.ts';
import { type HostileBackend, startHostileBackend } from '../chaos/hostile-backend.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';

const seed = 20;
let hostile: HostileBackend;
let honest: HostileBackend;
let gateway: TestGateway;

before(async () => {
  hostile = await startHostileBackend(seed);
  honest = await startHostileBackend(seed);
  const breaker = { failures: 1_000_000 };
  gateway = await createTestGateway({
    plugins: [],
    env: { LOG_LEVEL: 'warn' },
    targets: {
      hostile: { upstreams: [hostile.url], public: true, prefixes: ['/hostile'], timeouts: hostileTimeouts, breaker },
      honest: { upstreams: [honest.url], public: true, prefixes: ['/honest'] },
      away: { upstreams: ['http://127.0.0.1:9'], public: true, prefixes: ['/away'] },
    },
  });
});
after(async () => {
  await gateway.close();
  await hostile.close();
  await honest.close();
});

test('random answers of a hostile backend cause no invalid response, no error in the log and no failure of others', async () => {
  const paths = { hostile: '/hostile', honest: '/honest' };
  const { violations, statuses } = await fuzz({ seed, requests: 300, url: new URL(gateway.url), ...paths });
  assert.deepEqual(violations, []);
  assert.deepEqual(gateway.log, []);
  for (const status of [200, 404, 502, 504]) assert.ok(statuses[status], `no response has the status ${status}`);
});

test('a client that is not served properly is a violation', async () => {
  const paths = { hostile: '/hostile', honest: '/away' };
  const { violations } = await fuzz({ seed, requests: 1, url: new URL(gateway.url), ...paths });
  assert.match(violations.join(), /the next client after request 0 got 502/);
});

test('equal seeds give equal answers', () => {
  assert.deepEqual(createHostileAnswer(1, 5), createHostileAnswer(1, 5));
  assert.notDeepEqual(createHostileAnswer(1, 5), createHostileAnswer(2, 5));
});
