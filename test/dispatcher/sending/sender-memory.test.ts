import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Outcome } from '../../../src/dispatcher/model/outcome.ts';
import { createReceiver, type Reaction } from '../../../src/receiver/receiver.ts';
import { createTestSender, post } from '../../support/sending.ts';

const attempts = 100;
/** As many headers as fit into a head: each is a name and an empty value. */
const names = Array.from({ length: 2400 }, (_, index) => `${index.toString(36)}:\r\n`);
const head = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${names.join('')}\r\n`;
const mebibyte = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
setFlagsFromString('--no-expose-gc');

/** As many chunks of one byte as are kept of a body. */
const chunks = '1\r\na\r\n'.repeat(16_000);

function liveBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Most bytes that an attempt occupies, and the outcomes, of many at once. */
async function measure(reaction: Reaction): Promise<{ occupied: number; outcomes: readonly Outcome[] }> {
  const receiver = await createReceiver(() => reaction);
  const sender = createTestSender();
  const before = liveBytes();
  const sent = Promise.all(Array.from({ length: attempts }, () => sender.send(post(receiver.url))));
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, liveBytes());
  }, 100);
  const outcomes = await sent;
  clearInterval(sampling);
  await sender.close();
  await receiver.close();
  return { occupied: (most - before) / attempts, outcomes };
}

test('a head of thousands of headers occupies little memory until its body ends, and 256 of them are kept', async () => {
  // Between the head and the body is time for several samples.
  const { occupied, outcomes } = await measure({ pieces: [head, 'ok'], delayMs: 1000 });
  assert.ok(occupied < mebibyte / 4, `an attempt occupies ${Math.round(occupied / 1024)} KiB`);
  for (const outcome of outcomes) {
    assert.ok(outcome.kind === 'answered');
    assert.deepEqual([Object.keys(outcome.headers).length, outcome.truncated], [256, true]);
  }
});

test('a body in chunks of one byte occupies little memory until it ends', async () => {
  const begin = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
  const { occupied, outcomes } = await measure({ pieces: [begin, '0\r\n\r\n'], delayMs: 1000 });
  assert.ok(occupied < mebibyte / 2, `an attempt occupies ${Math.round(occupied / 1024)} KiB`);
  for (const outcome of outcomes) assert.equal(outcome.kind === 'answered' && outcome.body.length, 16_000);
});
