import { isApiError } from '../../../src/errors.ts';
import type { Clock, Database, Logger, MeteredFlush, MeteredUse } from '../../../src/plugin.ts';
import type { UsageReport } from '../usage/usage.ts';
import { maxBatch } from '../usage/usage-schemas.ts';
import type { UsageService } from '../usage/usage-service.ts';
import { createFlushRepository } from './flush-repository.ts';
import { createUncountedLog } from './uncounted-log.ts';

export interface MeteredUsageParts {
  database: Database;
  usage: UsageService;
  now: Clock;
  logger: Logger;
}

const reportsAtOnce = 200;
const purgeBatch = 500;
/** Much longer than the gateway keeps handing over a flush, unless the database is down for that long. */
const keptMicros = 24 * 3600 * 1_000_000;
const maxApplicationLength = 190;

/** Counts the usage that the gateway has metered, like reported usage; each part of a flush is counted once. */
export function createMeteredUsage({ database, usage, now, logger }: MeteredUsageParts) {
  /** Ids of parts of the current flush whose reports are counted one by one, because the part failed as a whole. */
  const scattered = new Set<string>();
  const uncountedLog = createUncountedLog({ logger, now });

  /** One transaction with the part's id: the part is counted completely and once, or not at all. */
  async function countPart(id: string, reports: readonly UsageReport[]): Promise<void> {
    const uncounted = await database.transaction(
      async (trx) =>
        (await createFlushRepository(trx).insert(id, now())) ? await usage.recordCovered(trx, reports) : [],
      { repeatable: true },
    );
    uncountedLog.note(uncounted);
  }

  async function countEach(id: string, reports: readonly UsageReport[]): Promise<void> {
    for (const [index, report] of reports.entries()) {
      try {
        await countPart(`${id}:${index}`, [report]);
      } catch (error) {
        if (isAway(error)) throw error;
        const { organization, product, batchSize } = report;
        // The error's message is not logged: it may quote the data that could not be read.
        const { name, code } = error as { name?: string; code?: string };
        logger.error('metered usage cannot be counted', { organization, product, uses: batchSize, error: name, code });
      }
    }
  }

  async function count(id: string, reports: readonly UsageReport[]): Promise<void> {
    if (!scattered.has(id)) {
      try {
        return await countPart(id, reports);
      } catch (error) {
        if (isAway(error)) throw error;
        // An error that comes from the data of one report must not affect the other reports, nor be retried forever.
        scattered.add(id);
      }
    }
    await countEach(id, reports);
  }

  return {
    /**
     * Counts a flush. Rejects with `DATABASE_UNAVAILABLE`; parts counted by then are skipped when the flush is handed
     * over again.
     */
    async take({ id, uses }: MeteredFlush): Promise<void> {
      const reports = uses.flatMap(toReports);
      for (let at = 0; at < reports.length; at += reportsAtOnce)
        await count(`${id}:${at / reportsAtOnce}`, reports.slice(at, at + reportsAtOnce));
      scattered.clear();
    },

    /** Deletes the records of flushes that were counted over a day ago, and logs what is left to be logged. */
    async purge(): Promise<void> {
      uncountedLog.flush();
      const before = now() - keptMicros;
      const purgeSome = () =>
        database.transaction((trx) => createFlushRepository(trx).deleteBefore(before, purgeBatch));
      while ((await purgeSome()) === purgeBatch);
    },
  };
}

const isAway = (error: unknown): boolean => isApiError(error) && error.status === 503;

/** Splits a metered use into reports of at most the batch size that a report allows. */
function toReports({ organization, developer, application, product, count }: MeteredUse): UsageReport[] {
  const report = {
    organization,
    developer: developer.toLowerCase(),
    application: application.slice(0, maxApplicationLength).toWellFormed(),
    product,
    attributes: {},
  };
  const whole = Math.floor(count / maxBatch);
  const sizes = [...Array<number>(whole).fill(maxBatch), count % maxBatch].filter((size) => size > 0);
  return sizes.map((batchSize) => ({ ...report, batchSize }));
}
