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
/** While one is at the database, the other's answers go out and new reports come in. */
const usuallyAtOnce = 2;
/** Those that wait for a lock do not hold up the others. */
const transactionsAtOnce = 4;
/** So long a transaction waits for its share of what is under way. */
const patienceMs = 2;
/** So long reports wait for one of the usual transactions to end. */
const slowMs = 50;
const forgetting = 0.9;

export type UsageBatches = ReturnType<typeof createUsageBatches>;

/**
 * Reports that come at the same time share a transaction: it costs hardly more than that of a single one, and callers of one
 * counter need not wait for each other's commit. A report that is alone goes at once; where many are under way, a transaction
 * waits a moment for its share of them.
 */
export function createUsageBatches({ database, usage }: { database: Database; usage: Pick<UsageService, 'record'> }) {
  const waiting: Waiting[] = [];
  let running = 0;
  let underWay = 0;
  /** How many are under way at once of late. */
  let usual = 0;
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    if (waiting.length === 0 || running === transactionsAtOnce) return;
    const hasRoom = running < usuallyAtOnce;
    if (hasRoom && waiting.length >= Math.min(usual / usuallyAtOnce, mostAtOnce)) start();
    else timer ??= setTimeout(start, hasRoom ? patienceMs : slowMs);
  }

  function start(): void {
    stopWaiting();
    usual = Math.max(underWay, usual * forgetting);
    void work(waiting.splice(0, mostAtOnce));
    next();
  }

  function stopWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  /** Never rejects. */
  async function work(batch: readonly Waiting[]): Promise<void> {
    running += 1;
    await record(batch);
    running -= 1;
    underWay -= batch.length;
    stopWaiting();
    next();
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
        underWay += 1;
        next();
      }),
  };
}

function settle({ resolve, reject }: Waiting, result: Recorded | undefined): void {
  if (result === undefined || result instanceof ApiError) reject(result);
  else resolve(result);
}
