// 32 callers that report usage one call after the other, each starting at a different subscription; prints the result
// as JSON.
import { connectCaller, toPost } from '../support/caller.ts';

/** The task, read from standard input as JSON. */
export interface CallersTask {
  url: string;
  headers: Record<string, string>;
  /** Request bodies; the callers take turns with them. */
  bodies: string[];
  /** The end: a duration or a number of calls, one of both. */
  seconds?: number;
  amount?: number;
}

export interface CallersResult {
  good: number;
  bad: number;
  seconds: number;
  medianMs: number;
  p99Ms: number;
}

export const callers = 32;

async function run({ url, headers, bodies, seconds, amount }: CallersTask): Promise<CallersResult> {
  const requests = bodies.map((body) => toPost(url, headers, body));
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = seconds === undefined ? Number.POSITIVE_INFINITY : startedAt + seconds * 1000;
  let left = amount ?? Number.POSITIVE_INFINITY;
  let bad = 0;

  async function report(from: number): Promise<void> {
    const caller = connectCaller(url);
    for (let at = from; left > 0 && performance.now() < until; at += 1) {
      left -= 1;
      const sentAt = performance.now();
      const status = await caller.call(requests[at % requests.length] as Buffer);
      latencies.push(performance.now() - sentAt);
      if (status !== 201) bad += 1;
    }
    caller.end();
  }

  await Promise.all(
    Array.from({ length: callers }, (_, index) => report(Math.floor((index * requests.length) / callers))),
  );
  const sorted = latencies.toSorted((a, b) => a - b);
  const percentile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return {
    good: latencies.length - bad,
    bad,
    seconds: (performance.now() - startedAt) / 1000,
    medianMs: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}

export async function readTask<Task>(): Promise<Task> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Task;
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write(JSON.stringify(await run(await readTask<CallersTask>())));
