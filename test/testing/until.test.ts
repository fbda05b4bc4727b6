import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReceiver, type Script } from '../../src/receiver/receiver.ts';
import { until } from '../../src/testing/until.ts';

const soon = { timeoutMs: 30 };

test('until resolves to the first value that is neither undefined, null nor false', async () => {
  const values = [undefined, null, false, 0];
  assert.equal(await until(() => values.shift()), 0);
  assert.deepEqual(values, []);
});

test('until with a condition resolves to the value that meets it', async () => {
  let count = 0;
  const next = async () => ++count;
  assert.equal(await until(next, (value) => value === 20), 20);
});

test('until rejects with the condition and the last value', async () => {
  const received = ['one', { two: 2 }];
  await assert.rejects(
    until(
      () => received,
      (all) => all.length === 3,
      soon,
    ),
    /^Error: The condition did not hold within \d+ ms: \(all\) => all\.length === 3\nLast value: \[ 'one', { two: 2 } \]$/,
  );
  await assert.rejects(
    until(() => null, soon),
    /^Error: The condition did not hold within \d+ ms: \(\) => null\nLast value: null$/,
  );
});

test('the message has a bounded length', async () => {
  const values = Array.from({ length: 1000 }, () => 'x'.repeat(10_000));
  const error = await until(
    () => values,
    () => false,
    soon,
  ).catch((thrown: Error) => thrown);
  assert.ok(error instanceof Error);
  assert.ok(error.message.length < 2500, `${error.message.length}`);
});

test('until rejects at once with an error of the condition', async () => {
  let calls = 0;
  const ask = () => {
    calls += 1;
    throw new TypeError('no such member');
  };
  await assert.rejects(until(ask), new TypeError('no such member'));
  assert.equal(calls, 1);
});

test('until rejects while a call does not end, for promises and for other thenables', async () => {
  const thenable = Object.fromEntries([['then', () => {}]]) as unknown as PromiseLike<boolean>;
  for (const pending of [new Promise<boolean>(() => {}), thenable])
    await assert.rejects(
      until(() => pending, soon),
      /within \d+ ms: \(\) => pending\nThe last call has not ended\.$/,
    );
});

test('a time limit is kept on a slow machine too, and the message states the time that has passed', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  t.mock.method(process, 'threadCpuUsage', () => {
    now += 1000;
    return { user: now * 10, system: 0 };
  });
  const asking = (milliseconds: number) => () => {
    now += milliseconds;
    return null;
  };
  await assert.rejects(until(asking(20), { timeoutMs: 50 }), /within 60 ms: /);
  now = 0;
  await assert.rejects(until(asking(1000)), /within 4\d{4} ms: /);
});

test('a receiver refuses a script that is no function', async () => {
  const script = [{ pieces: ['HTTP/1.1 200 OK'] }] as unknown as Script;
  await assert.rejects(createReceiver(script), TypeError);
  const receiver = await createReceiver();
  try {
    assert.throws(() => receiver.script(script), TypeError);
  } finally {
    await receiver.close();
  }
});
