import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLookUpTurns, type LookUpTurns } from '../../../src/gateway/caller/look-up-turns.ts';
import { definePlugin } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';

/** Look-ups that stay at work until the test lets them go, in the order of their start. */
function setUp({ perNetwork = 2, together = 3, waiting = 100, waitMs = 60_000 } = {}) {
  const turns: LookUpTurns = createLookUpTurns({ perNetwork, together, waiting, waitMs });
  const started: string[] = [];
  const results: string[] = [];
  const atWork: (() => void)[] = [];
  return {
    started,
    results,
    /** `name`: network and party, as in "a1". */
    ask(name: string) {
      const closed: (() => void)[] = [];
      const call = { onClosed: (callback: () => void) => void closed.push(callback) };
      const done = turns
        .run({ network: name.charAt(0), party: name, call }, () => {
          started.push(name);
          return new Promise<void>((resolve) => atWork.push(resolve));
        })
        .then(
          () => void results.push(name),
          (error) => void results.push(`${name} ${error.code}`),
        );
      const leave = (): void => {
        for (const callback of closed) callback();
      };
      return { done, leave };
    },
    async letGo(count = 1) {
      for (; count > 0; count -= 1) {
        atWork.shift()?.();
        await turn();
      }
    },
  };
}

test('one network works within its share, and all networks within theirs', async () => {
  const { ask, started, letGo } = setUp();
  for (const name of ['a1', 'a1', 'a1', 'b1', 'b1', 'c1']) ask(name);
  assert.deepEqual(started, ['a1', 'a1', 'b1']);
  await letGo(6);
  assert.deepEqual(started, ['a1', 'a1', 'b1', 'a1', 'b1', 'c1']);
});

test('networks take turns, and so do the parties of a network', async () => {
  const { ask, started, letGo } = setUp({ perNetwork: 1, together: 1 });
  for (const name of ['x1', 'a1', 'a1', 'a1', 'a2', 'b1', 'b1']) ask(name);
  await letGo(7);
  assert.deepEqual(started, ['x1', 'a1', 'b1', 'a2', 'b1', 'a1', 'a1']);
});

test('a flood crowds out itself, and none of the others', async () => {
  const { ask, started, results, letGo } = setUp({ perNetwork: 1, together: 1, waiting: 4 });
  for (const name of ['x1', 'a1', 'a1', 'a1', 'a1', 'a1']) ask(name);
  await turn();
  assert.deepEqual(results, ['a1 RATE_LIMITED']);
  for (const name of ['a2', 'b1']) ask(name);
  await turn();
  assert.deepEqual(results, ['a1 RATE_LIMITED', 'a1 RATE_LIMITED', 'a1 RATE_LIMITED']);
  await letGo(5);
  assert.deepEqual(started, ['x1', 'a1', 'b1', 'a2', 'a1']);
});

test('a look-up waits for a bounded time, and not for a client that has left', async () => {
  const { ask, results, started, letGo } = setUp({ perNetwork: 1, waitMs: 1 });
  ask('a1');
  await ask('a2').done;
  assert.deepEqual(results, ['a2 DATABASE_UNAVAILABLE']);
  const waiting = setUp({ perNetwork: 1 });
  waiting.ask('a1');
  const gone = waiting.ask('a2');
  gone.leave();
  await gone.done;
  await waiting.letGo(2);
  await letGo(2);
  assert.deepEqual([started, waiting.started], [['a1'], ['a1']]);
});

test('a failed look-up gives its place to the next one', async () => {
  const turns = createLookUpTurns({ perNetwork: 1, together: 1, waiting: 9, waitMs: 60_000 });
  const origin = { network: 'a', party: '', call: { onClosed: () => {} } };
  const failing = turns.run(origin, () => Promise.reject(new Error('no')));
  const next = turns.run(origin, () => 'done');
  await assert.rejects(failing, /no/);
  assert.equal(await next, 'done');
});

let gateway: TestGateway;
const waiting: (() => void)[] = [];
before(async () => {
  const slow = definePlugin({
    name: 'slow',
    apiVersion: 1,
    setup({ provideIdentity }) {
      const principal = { issuer: 'slow', subject: 'joe', email: undefined, organizations: '*' as const };
      provideIdentity({
        verifyBasic: async (username, password) => {
          if (password === 'wrong') await new Promise<void>((resolve) => waiting.push(resolve));
          else return { ...principal, subject: username, defaultOrganization: 'org', scopes: new Set<string>() };
          return undefined;
        },
      });
      return { routes: [] };
    },
  });
  gateway = await createTestGateway({ plugins: [slow], env: { TRUSTED_PROXIES: '127.0.0.1', DATABASE_POOL_MAX: '8' } });
});
after(() => gateway.close());

test('a flood of wrong secrets has half of the connections, and others sign in meanwhile', async () => {
  const call = async (client: string, password: string) => {
    const Authorization = `Basic ${Buffer.from(`joe:${password}`).toString('base64')}`;
    const headers = { Authorization, 'X-Forwarded-For': client };
    return (await gateway.request('/api/v1/none', { target: 'none', headers })).status;
  };
  const flood = Array.from({ length: 40 }, () => call('192.0.2.1', 'wrong'));
  await eventually(() => waiting.length === 3);
  // Authenticated: only then is the target looked for.
  assert.equal(await call('192.0.2.2', 'right'), 404);
  assert.equal(waiting.length, 3);
  let answered = 0;
  for (const one of flood) one.then(() => (answered += 1));
  await eventually(() => {
    for (const letGo of waiting.splice(0)) letGo();
    return answered === flood.length;
  });
  const statuses = await Promise.all(flood);
  assert.deepEqual(
    [401, 429].map((status) => statuses.filter((one) => one === status).length),
    [20, 20],
  );
});
