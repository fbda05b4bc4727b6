import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Response } from 'express';
import { sendList } from '../../../plugins/integration/apigee/apigee-lists.ts';

/** Writes a list of `count` items; resolves to its text and the number of turns of the event loop that it took. */
async function written(name: string, count: number): Promise<{ text: string; turns: number }> {
  let text = '';
  const res = {
    type: () => res,
    send(body: Buffer) {
      text = body.toString();
    },
  };
  const items = Array.from({ length: count }, (_, number) => number);
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await sendList(res as unknown as Response, name, { items, total: count }, (number) => ({ ü: 'ü', number }));
  isOver = true;
  return { text, turns };
}

test('a list is written in slices, between which the event loop turns', async () => {
  const { text, turns } = await written('developer', 1050);
  assert.deepEqual(JSON.parse(text), {
    developer: Array.from({ length: 1050 }, (_, number) => ({ number, ü: 'ü' })),
    totalRecords: 1050,
  });
  assert.ok(turns >= 10, `${turns} turns`);
});

test('the members of a list are in alphabetical order', async () => {
  for (const [name, text] of [
    ['transaction', '{"totalRecords":1,"transaction":[{"number":0,"ü":"ü"}]}'],
    ['developer', '{"developer":[{"number":0,"ü":"ü"}],"totalRecords":1}'],
  ] as const)
    assert.equal((await written(name, 1)).text, text);
  assert.equal((await written('developer', 0)).text, '{"developer":[],"totalRecords":0}');
});
