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
/**
 * Two transactions usually run at once: while one waits for the database, the answers of the other are sent and new
 * reports arrive.
 */
const usuallyAtOnce = 2;
/** Upper bound of concurrent transactions: a transaction that waits for a lock does not delay all others. */
const transactionsAtOnce = 4;
/** How long a transaction waits for its share of the open reports, in milliseconds. */
const patienceMs = 2;
/** How long reports wait for one of the usual transactions to end, in milliseconds. */
const slowMs = 50;
const forgetting = 0.9;

export type UsageBatches = ReturnType<typeof createUsageBatches>;

/**
 * Concurrent reports share a transaction, which costs hardly more than a transaction for one report, and callers of the
 * same counter need not wait for each other's commits. A single report is written at once; when many are open, a
 * transaction waits briefly for its share of them.
 */
export function createUsageBatches({ database, usage }: { database: Database; usage: Pick<UsageService, 'record'> }) {
  const waiting: Waiting[] = [];
  let running = 0;
  let underWay = 0;
  /** Decaying maximum of the number of open reports. */
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

  /** Settles every report; never rejects. */
  async function record(batch: readonly Waiting[]): Promise<void> {
    try {
      const reports = batch.map(({ report }) => report);
      const results = await database.transaction((trx) => usage.record(trx, reports));
      for (const [index, each] of batch.entries()) settle(each, results[index]);
    } catch (error) {
      // An error that comes from the data of one report must not fail the other reports of the batch.
      if (batch.length > 1 && !(error instanceof ApiError)) for (const each of batch) await record([each]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return {
    /** Resolves when the report has been committed. Throws the report's error from `UsageService.record`. */
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
