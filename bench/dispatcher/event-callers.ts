// Callers that send one event after the other, each on a connection of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCaller, toPost } from '../support/caller.ts';
import { answerQuestions } from '../support/contestant.ts';
import { percentile } from '../support/findings.ts';
import { eventOfNow } from './runner.ts';

export interface Called {
  accepted: number;
  seconds: number;
  /** From the call to its answer. */
  medianMs: number;
  p99Ms: number;
}

interface Task {
  /** The callers take turns with them. */
  urls: readonly string[];
  headers: Readonly<Record<string, string>>;
  callers: number;
  seconds: number;
  /** Pause of a caller after each answer. Default: none. */
  pauseMs?: number;
}

answerQuestions({
  /** Rejects if an answer is not 202. */
  async call({ urls, headers, callers, seconds, pauseMs }: Task): Promise<Called> {
    const latencies: number[] = [];
    const start = performance.now();
    const until = start + seconds * 1000;
    let next = 0;
    await Promise.all(
      Array.from({ length: callers }, async () => {
        const caller = connectCaller(urls[0] ?? '');
        while (performance.now() < until) {
          const calledAt = performance.now();
          const status = await caller.call(toPost(urls[next++ % urls.length] ?? '', headers, eventOfNow()));
          if (status !== 202) throw new Error(`answered ${status}`);
          latencies.push(performance.now() - calledAt);
          if (pauseMs !== undefined) await sleep(pauseMs);
        }
        caller.end();
      }),
    );
    return {
      accepted: latencies.length,
      seconds: (performance.now() - start) / 1000,
      medianMs: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
    };
  },
});
