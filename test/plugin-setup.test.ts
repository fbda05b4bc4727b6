import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { definePlugin } from '../src/plugin.ts';
import { awaitStep } from '../src/slow-start.ts';
import { createTestGateway } from '../src/testing/index.ts';

test('repeated work has ended when the hooks of onClose run, and the hooks run newest first', async () => {
  const events: string[] = [];
  const begun = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const worker = definePlugin({
    name: 'worker',
    apiVersion: 1,
    setup({ every, onClose }) {
      every(1, async () => {
        begun.resolve();
        await finish.promise;
        events.push('work ended');
      });
      onClose(() => void events.push('first hook'));
      onClose(() => void events.push('second hook'));
      return { routes: [] };
    },
  });
  // Set up last, so closed first: after its hook, the worker is closed.
  const witness = definePlugin({
    name: 'witness',
    apiVersion: 1,
    setup({ onClose }) {
      onClose(() => closing.resolve());
      return { routes: [] };
    },
  });
  const gateway = await createTestGateway({ plugins: [worker, witness] });
  await begun.promise;
  const closed = gateway.close();
  await closing.promise;
  await setImmediate();
  finish.resolve();
  await closed;
  assert.deepEqual(events, ['work ended', 'second hook', 'first hook']);
});

test('a step that does not end is told after 10 s and then every minute, and when the process ends meanwhile', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: (number | string)[] = [];
  const end = Promise.withResolvers<string>();
  const before = process.listeners('exit');
  const result = awaitStep(() => end.promise, {
    onSlow: (seconds) => void told.push(seconds),
    onStuck: () => void told.push('stuck'),
  });
  t.mock.timers.tick(9_999);
  assert.deepEqual(told, []);
  t.mock.timers.tick(1);
  t.mock.timers.tick(60_000);
  assert.deepEqual(told, [10, 70]);
  const added = process.listeners('exit').filter((listener) => !before.includes(listener));
  for (const code of [0, 13]) for (const listener of added) listener.call(process, code);
  assert.deepEqual(told, [10, 70, 'stuck']);
  end.resolve('done');
  assert.equal(await result, 'done');
  t.mock.timers.tick(60_000);
  assert.deepEqual(told, [10, 70, 'stuck']);
  assert.deepEqual(process.listeners('exit'), before);
});
