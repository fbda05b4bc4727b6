import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestAnswer, type TestDatabase, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { engines, onEveryEngine } from '../../support/engines.ts';
import { createLedger } from '../../support/ledger-plugin.ts';

/** Blocks calls until it is opened, and reports when the first has arrived. */
function createGate() {
  const opened = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    pass: (): Promise<void> => {
      reached.resolve();
      return opened.promise;
    },
  };
}

type Gate = ReturnType<typeof createGate>;

const call = (gateway: TestGateway, token: string, text: string, more?: string): Promise<TestAnswer> =>
  gateway.request('/entries', {
    target: 'ledger',
    token,
    body: { text, ...(more === undefined ? {} : { more }) },
    headers: { 'Idempotency-Key': text },
  });

async function count(gateway: TestGateway, token: string, text: string): Promise<number> {
  return (await gateway.request(`/entries/${text}`, { target: 'ledger', token })).body.count;
}

onEveryEngine('a second call while the first is running', ({ serverUrl }) => {
  test('the second call is 409 at once, with any body, and a replay after the first has ended', async () => {
    const gate = createGate();
    const gateway = await createTestGateway({ plugins: [createLedger({ gate: gate.pass })], serverUrl });
    try {
      const token = await gateway.token();
      const first = call(gateway, token, 'held');
      await gate.reached;
      assertError(await call(gateway, token, 'held'), 'IDEMPOTENCY_KEY_IN_USE');
      assertError(await call(gateway, token, 'held', 'other'), 'IDEMPOTENCY_KEY_IN_USE');
      gate.open();
      assert.equal((await first).status, 201);
      assert.equal((await call(gateway, token, 'held')).text, (await first).text);
      assert.equal(await count(gateway, token, 'held'), 1);
    } finally {
      gate.open();
      await gateway.close();
    }
  });
});

for (const engine of engines.filter(({ name }) => name === 'mysql')) {
  describe('two gateways on one database', () => {
    let database: TestDatabase;
    let gateways: [TestGateway, TestGateway];
    let tokens: [string, string];
    const gates = new Map<string, Gate>();
    const gate = (text: string): Promise<void> => gates.get(text)?.pass() ?? Promise.resolve();

    before(async () => {
      database = await engine.createDatabase();
      const start = () => createTestGateway({ plugins: [createLedger({ gate })], database });
      gateways = [await start(), await start()];
      tokens = [await gateways[0].token(), await gateways[1].token()];
    });
    after(async () => {
      for (const gateway of gateways) await gateway.close();
      await database.drop();
    });

    const both = (text: string, times: number): Promise<TestAnswer[]> =>
      Promise.all(Array.from({ length: times }, (_, index) => callOn(index % 2 === 0 ? 0 : 1, text)));
    const callOn = (index: 0 | 1, text: string, more?: string) => call(gateways[index], tokens[index], text, more);

    test('each gateway replays the kept answers of the other', async () => {
      const first = await callOn(0, 'seen');
      const again = await callOn(1, 'seen');
      assert.deepEqual([again.status, again.text], [201, first.text]);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      assertError(await callOn(1, 'seen', 'other'), 'IDEMPOTENCY_KEY_REUSED');
    });

    test('a call that runs on the other gateway is 409 without a wait', async () => {
      const held = createGate();
      gates.set('held', held);
      const first = callOn(0, 'held');
      await held.reached;
      assertError(await callOn(1, 'held'), 'IDEMPOTENCY_KEY_IN_USE');
      held.open();
      assert.equal((await first).status, 201);
      assert.equal((await callOn(1, 'held')).text, (await first).text);
      assert.equal(await count(gateways[1], tokens[1], 'held'), 1);
    });

    test('concurrent retries of a finished call are all replays', async () => {
      const first = await callOn(0, 'ended');
      for (const { status, text, headers } of await both('ended', 12))
        assert.deepEqual([status, text, headers.get('idempotent-replayed')], [201, first.text, 'true']);
    });

    test('concurrent calls with one key make one row', async () => {
      for (let round = 0; round < 15; round += 1) {
        const text = `race-${round}`;
        const answers = await both(text, 6);
        const good = answers.filter(({ status }) => status === 201);
        assert.equal(new Set(good.map((answer) => answer.text)).size, 1, text);
        for (const answer of answers.filter(({ status }) => status !== 201))
          assertError(answer, 'IDEMPOTENCY_KEY_IN_USE', text);
        assert.equal(await count(gateways[0], tokens[0], text), 1, text);
      }
    });
  });
}
