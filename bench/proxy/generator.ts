// Sends at a fixed rate and reports latencies. It shares the machine with the measured server, so it does as little
// work as possible.
import { Worker } from 'node:worker_threads';
import { type Caller, connectCaller } from '../support/caller.ts';
import { answerQuestions, monotonicMs } from '../support/contestant.ts';
import { percentile } from '../support/findings.ts';
import type { LoadResult } from '../support/load.ts';
import type { Due, Pace } from './pacer.ts';

interface PacedTask {
  readonly url: string;
  /** The whole request as it goes out. */
  readonly request: string;
  readonly connections: number;
  readonly seconds: number;
  readonly perSecond: number;
}

const ok = 200;

function check(status: number): void {
  if (status !== ok) throw new Error(`A response with status ${status}: a fast refusal is not a result.`);
}

async function withCallers(
  { url, request, connections }: PacedTask,
  work: (callers: readonly Caller[], bytes: Buffer) => Promise<LoadResult>,
): Promise<LoadResult> {
  const callers = Array.from({ length: connections }, () => connectCaller(url));
  const bytes = Buffer.from(request, 'latin1');
  try {
    // Connections are opened before the measurement.
    for (const status of await Promise.all(callers.map(({ call }) => call(bytes)))) check(status);
    return await work(callers, bytes);
  } finally {
    for (const { end } of callers) end();
  }
}

/** Sends each request at its time, independent of earlier ones; latencies count from the due time. */
const runPaced = (task: PacedTask): Promise<LoadResult> =>
  withCallers(task, async (callers, bytes) => {
    const pace: Pace = { everyMs: 1000 / task.perSecond, count: Math.round(task.seconds * task.perSecond) };
    const idle = [...callers];
    const waiting: number[] = [];
    const latencies: number[] = [];
    const done = Promise.withResolvers<void>();

    const send = async ({ call }: Caller, first: number): Promise<void> => {
      for (let dueMs: number | undefined = first; dueMs !== undefined; dueMs = waiting.shift()) {
        check(await call(bytes));
        latencies.push(monotonicMs() - dueMs);
      }
    };
    const begin = (caller: Caller, dueMs: number): void => {
      send(caller, dueMs)
        .then(() => {
          idle.push(caller);
          if (latencies.length === pace.count) done.resolve();
        })
        .catch(done.reject);
    };
    let next = 0;
    const pacer = new Worker(new URL('pacer.ts', import.meta.url), { workerData: pace });
    pacer.on('message', ({ startMs, reached }: Due) => {
      for (; next < reached; next += 1) {
        const dueMs = startMs + next * pace.everyMs;
        const caller = idle.pop();
        if (caller) begin(caller, dueMs);
        else waiting.push(dueMs);
      }
    });
    pacer.on('error', done.reject);
    await done.promise;
    return summed(latencies, task.seconds * 1000);
  });

const summed = (latencies: readonly number[], milliseconds: number): LoadResult => ({
  requests: latencies.length,
  perSecond: latencies.length / (milliseconds / 1000),
  medianMs: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
});

answerQuestions({ paced: runPaced });
