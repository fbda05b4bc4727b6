import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createReceiver } from '../../../src/receiver/receiver.ts';
import { createTestSender, post } from '../../support/sending.ts';

const attempts = 100;
/** As many headers as fit into a head: each is a name and an empty value. */
const names = Array.from({ length: 2400 }, (_, index) => `${index.toString(36)}:\r\n`);
const head = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${names.join('')}\r\n`;
const mebibyte = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
setFlagsFromString('--no-expose-gc');

function liveBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('a head of thousands of headers occupies little memory until its body ends, and 256 of them are kept', async (t) => {
  // Between the head and the body is time for several samples.
  const receiver = await createReceiver(() => ({ pieces: [head, 'ok'], delayMs: 1000 }));
  const sender = createTestSender();
  t.after(async () => {
    await sender.close();
    await receiver.close();
  });
  const before = liveBytes();
  const sent = Promise.all(Array.from({ length: attempts }, () => sender.send(post(receiver.url))));
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, liveBytes());
  }, 100);
  const outcomes = await sent;
  clearInterval(sampling);
  const grown = (most - before) / attempts;
  assert.ok(grown < mebibyte / 4, `an attempt occupies ${Math.round(grown / 1024)} KiB`);
  for (const outcome of outcomes) {
    assert.ok(outcome.kind === 'answered');
    assert.deepEqual([Object.keys(outcome.headers).length, outcome.truncated], [256, true]);
  }
});
