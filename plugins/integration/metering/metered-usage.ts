import { ApiError } from '../../../src/errors.ts';
import type { Clock, Database, Logger, MeteredFlush, MeteredUse } from '../../../src/plugin.ts';
import type { UsageReport } from '../usage/usage.ts';
import { maxBatch } from '../usage/usage-schemas.ts';
import type { UsageService } from '../usage/usage-service.ts';
import { createFlushRepository } from './flush-repository.ts';

export interface MeteredUsageParts {
  database: Database;
  usage: UsageService;
  now: Clock;
  logger: Logger;
}

const reportsAtOnce = 200;
const purgeBatch = 500;
/** Far longer than a flush is handed over again, unless the database is away for as long. */
const keptMicros = 24 * 3600 * 1_000_000;
const maxApplicationLength = 190;

/** Counts what the gateway has metered like usage that was reported, each part of a flush once. */
export function createMeteredUsage({ database, usage, now, logger }: MeteredUsageParts) {
  /** Parts of the flush in hand whose reports go one by one, because together they failed. */
  const scattered = new Set<string>();

  /** One transaction with the part's id: it counts wholly or not at all, and once. */
  const countPart = (id: string, reports: readonly UsageReport[]): Promise<void> =>
    database.transaction(
      async (trx) => {
        if (await createFlushRepository(trx).insert(id, now())) await usage.recordCovered(trx, reports);
      },
      { repeatable: true },
    );

  async function countEach(id: string, reports: readonly UsageReport[]): Promise<void> {
    for (const [index, report] of reports.entries()) {
      try {
        await countPart(`${id}:${index}`, [report]);
      } catch (error) {
        if (isAway(error)) throw error;
        const { organization, product, batchSize } = report;
        // Its message may quote what could not be read.
        const { name, code } = error as { name?: string; code?: string };
        logger.error('a metered use cannot be counted', { organization, product, count: batchSize, error: name, code });
      }
    }
  }

  async function count(id: string, reports: readonly UsageReport[]): Promise<void> {
    if (!scattered.has(id)) {
      try {
        return await countPart(id, reports);
      } catch (error) {
        if (isAway(error)) throw error;
        // Whatever it is that the database does not take, it shall not hurt the others, nor come again for ever.
        scattered.add(id);
      }
    }
    await countEach(id, reports);
  }

  return {
    /** Takes a flush. Rejects with `DATABASE_UNAVAILABLE`; what was counted by then does not count when it comes again. */
    async take({ id, uses }: MeteredFlush): Promise<void> {
      const reports = uses.flatMap(toReports);
      for (let at = 0; at < reports.length; at += reportsAtOnce)
        await count(`${id}:${at / reportsAtOnce}`, reports.slice(at, at + reportsAtOnce));
      scattered.clear();
    },

    /** Forgets flushes of over a day ago. */
    async purge(): Promise<void> {
      const before = now() - keptMicros;
      const purgeSome = () =>
        database.transaction((trx) => createFlushRepository(trx).deleteBefore(before, purgeBatch));
      while ((await purgeSome()) === purgeBatch);
    },
  };
}

const isAway = (error: unknown): boolean => error instanceof ApiError && error.status === 503;

/** As many reports as it takes, for a report has a limit. */
function toReports({ organization, developer, application, product, count }: MeteredUse): UsageReport[] {
  const report = {
    organization,
    developer: developer.toLowerCase(),
    application: application.slice(0, maxApplicationLength).toWellFormed(),
    product,
  };
  const whole = Math.floor(count / maxBatch);
  const sizes = [...Array<number>(whole).fill(maxBatch), count % maxBatch].filter((size) => size > 0);
  return sizes.map((batchSize) => ({ ...report, batchSize }));
}
