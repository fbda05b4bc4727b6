import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLargeLists } from '../../../plugins/integration/apigee/large-lists.ts';

test('two large lists are read at once, further ones in the order of the calls', async () => {
  const lists = createLargeLists();
  const order: string[] = [];
  const enter = async (name: string): Promise<() => void> => {
    const leave = await lists.enter(name);
    order.push(name);
    return leave;
  };
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(enter);
  await turn();
  assert.deepEqual(order, ['one', 'two']);
  (await two)?.();
  await turn();
  assert.deepEqual(order, ['one', 'two', 'three']);
  for (const entered of [one, three, four]) (await entered)?.();
  const again = await Promise.all([lists.enter('five'), lists.enter('six')]);
  for (const leave of again) leave();
});

test('an organization has four large lists that are read or wait, and others have theirs', async () => {
  const lists = createLargeLists();
  const own = Array.from({ length: 4 }, () => lists.enter('greedy'));
  await assert.rejects(lists.enter('greedy'), { code: 'RATE_LIMITED' });
  const other = lists.enter('other');
  for (const entered of own) (await entered)();
  (await other)();
  (await lists.enter('greedy'))();
});

test('six large lists wait, and the next one is refused', async () => {
  const lists = createLargeLists();
  const entered = Array.from({ length: 8 }, (_, number) => lists.enter(`organization${number}`));
  await assert.rejects(lists.enter('another'), { code: 'RATE_LIMITED' });
  for (const each of entered) (await each)();
  (await lists.enter('another'))();
});
