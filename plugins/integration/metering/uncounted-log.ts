import type { Clock, Logger } from '../../../src/plugin.ts';
import type { Uncounted } from '../usage/usage-service.ts';

const intervalMicros = 60_000_000;

/**
 * Warns of metered uses that do not count for a subscription, because metering has no custom attributes: at once, then at most
 * once a minute, with the number of uses since the last line and the names of the latest one.
 */
export function createUncountedLog({ logger, now }: { logger: Logger; now: Clock }) {
  let uses = 0;
  let latest: Uncounted | undefined;
  let loggedAt = Number.NEGATIVE_INFINITY;

  function log(): void {
    if (!latest) return;
    const { report, planId, attribute } = latest;
    const { organization, product } = report;
    logger.warn('metered uses lack the attribute that a plan counts', {
      ...{ organization, product, plan: planId, attribute, uses },
    });
    [uses, latest, loggedAt] = [0, undefined, now()];
  }

  return {
    note(uncounted: readonly Uncounted[]): void {
      for (const each of uncounted) {
        uses += each.report.batchSize;
        latest = each;
      }
      if (Math.abs(now() - loggedAt) >= intervalMicros) log();
    },

    /** Logs what is left of the last minute. */
    flush: log,
  };
}
