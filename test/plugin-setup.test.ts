import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { definePlugin } from '../src/plugin.ts';
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
