import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createPoster } from './poster.ts';
import { concurrency } from './runner.ts';

/** The part of BullMQ that is used here. Its types are not installed with the project's own packages. */
interface Queue {
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: object, options: object): Promise<{ id: string }>;
  addBulk(jobs: readonly Job[]): Promise<{ id: string }[]>;
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
interface Job {
  name: string;
  data: { payload: string };
  opts: object;
}

/** A BullMQ queue of POSTs on the Redis of `REDIS_PORT`, with the dispatcher's retries. */
export function openQueue() {
  const bullmq = createRequire(join(import.meta.dirname, '..', 'package.json'))('bullmq') as BullMq;
  const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
  const queue = new bullmq.Queue('bench', { connection });
  return {
    queue,
    jobOf: (payload: string): Job => ({
      name: 'post',
      data: { payload },
      opts: { attempts: 4, backoff: { type: 'fixed', delay: 300_000 } },
    }),
    /** Starts the worker that posts the queue's payloads to `target`. */
    async work(target: string): Promise<Worker> {
      const post = createPoster(target);
      const worker = new bullmq.Worker('bench', (job) => post(job.data.payload), { connection, concurrency });
      await worker.waitUntilReady();
      return worker;
    },
  };
}
