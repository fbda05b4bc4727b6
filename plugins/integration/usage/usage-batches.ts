import { ApiError } from '../../../src/errors.ts';
import type { Database } from '../../../src/plugin.ts';
import type { UsageReport } from './usage.ts';
import type { StoredReport } from './usage-repository.ts';
import type { Recorded, UsageService } from './usage-service.ts';

interface Waiting {
  report: UsageReport;
  resolve(stored: StoredReport): void;
  reject(error: unknown): void;
}

const mostAtOnce = 100;
/** One transaction is being committed while another one is at work; with more of them each would gather less. */
const transactionsAtOnce = 2;

export type UsageBatches = ReturnType<typeof createUsageBatches>;

/**
 * Reports that come at the same time share a transaction: it costs hardly more than that of a single one, and callers of one
 * counter need not wait for each other's commit.
 */
export function createUsageBatches({ database, usage }: { database: Database; usage: UsageService }) {
  const waiting: Waiting[] = [];
  let running = 0;

  async function work(): Promise<void> {
    running += 1;
    while (waiting.length > 0) await record(waiting.splice(0, mostAtOnce));
    running -= 1;
  }

  /** Settles all of them and never rejects. */
  async function record(batch: readonly Waiting[]): Promise<void> {
    try {
      const reports = batch.map(({ report }) => report);
      const results = await database.transaction((trx) => usage.record(trx, reports));
      for (const [index, each] of batch.entries()) settle(each, results[index]);
    } catch (error) {
      // Whatever it is that the database does not take, it shall not hurt those that happened to come at the same time.
      if (batch.length > 1 && !(error instanceof ApiError)) for (const each of batch) await record([each]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return {
    /** Resolves once the report has been committed. Throws what `UsageService.record` gives for it. */
    record: (report: UsageReport): Promise<StoredReport> =>
      new Promise((resolve, reject) => {
        waiting.push({ report, resolve, reject });
        if (running < transactionsAtOnce) void work();
      }),
  };
}

function settle({ resolve, reject }: Waiting, result: Recorded | undefined): void {
  if (result === undefined || result instanceof ApiError) reject(result);
  else resolve(result);
}
