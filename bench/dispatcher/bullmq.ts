// BullMQ sending the same POSTs: one queue, one worker, the same concurrency.
import { answerQuestions } from '../support/contestant.ts';
import { openQueue } from './queue-on-redis.ts';
import { payloadBytes, payloadOf } from './runner.ts';

const { queue, jobOf, work } = openQueue();
const payload = payloadOf(payloadBytes);
let worker: Awaited<ReturnType<typeof work>> | undefined;

answerQuestions({
  async enqueue({ count, atOnce }: { count: number; atOnce: number }) {
    await queue.waitUntilReady();
    const start = performance.now();
    for (let at = 0; at < count; at += atOnce)
      await queue.addBulk(Array.from({ length: Math.min(atOnce, count - at) }, () => jobOf(payload)));
    return { perSecond: count / ((performance.now() - start) / 1000) };
  },
  async start({ target }: { target: string }) {
    worker = await work(target);
    return {};
  },
  async stop() {
    await worker?.close();
    await queue.close();
    return {};
  },
});
