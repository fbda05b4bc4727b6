// BullMQ sending the same POSTs: one queue, one worker, the same concurrency.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { answerQuestions } from '../support/contestant.ts';
import { createPoster } from './poster.ts';
import { batchSize, concurrency, payloadBytes, payloadOf } from './runner.ts';

/** The part of BullMQ that is used here. Its types are not installed with the project's own packages. */
interface Queue {
  waitUntilReady(): Promise<unknown>;
  addBulk(jobs: readonly object[]): Promise<unknown>;
  close(): Promise<void>;
}
interface Worker {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
interface BullMq {
  Queue: new (name: string, options: object) => Queue;
  Worker: new (name: string, work: (job: { data: { payload: string } }) => Promise<void>, options: object) => Worker;
}

const bullmq = createRequire(join(import.meta.dirname, '..', 'package.json'))('bullmq') as BullMq;
const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const queue = new bullmq.Queue('bench', { connection });
const payload = payloadOf(payloadBytes);
let worker: Worker | undefined;

answerQuestions({
  async enqueue({ count }: { count: number }) {
    await queue.waitUntilReady();
    const start = performance.now();
    for (let at = 0; at < count; at += batchSize) {
      await queue.addBulk(
        Array.from({ length: batchSize }, () => ({
          name: 'post',
          data: { payload },
          opts: { attempts: 4, backoff: { type: 'fixed', delay: 300_000 } },
        })),
      );
    }
    return { perSecond: count / ((performance.now() - start) / 1000) };
  },
  async start({ target }: { target: string }) {
    const post = createPoster(target);
    worker = new bullmq.Worker('bench', (job) => post(job.data.payload), { connection, concurrency });
    await worker.waitUntilReady();
    return {};
  },
  async stop() {
    await worker?.close();
    await queue.close();
    return {};
  },
});
