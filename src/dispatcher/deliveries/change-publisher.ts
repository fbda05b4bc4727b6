import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { ChangeListener } from '../model/endpoint-change.ts';
import { organizationsWithChanges, purgeChanges, takeChanges } from '../store/change-outbox.ts';

/** Organizations that are read at once. */
const page = 50;
/** Pause of an organization whose changes could not be reported. */
const restMs = 10_000;
const maxResting = 1000;
/** Time for which changes are kept that cannot be reported. */
const keptMicros = 24 * 3600 * 1_000_000;

/**
 * Reports the changes of the outbox to listeners: in batches of one organization, each in the transaction that takes it out,
 * so that a change is reported once, also after a failure. Organizations take turns.
 */
export function createChangePublisher(parts: {
  database: Database;
  listeners: readonly ChangeListener[];
  now: () => number;
  logger: Logger;
}) {
  const { database, listeners, now, logger } = parts;
  /** Ends of pauses by organization, as `performance.now()`. */
  const resting = new Map<string, number>();

  /** Resolves to the number of reported changes; undefined while another process reports. */
  const publishSome = (organization: string): Promise<number | undefined> =>
    withDeadline(
      database.transaction(async (trx) => {
        const changes = await takeChanges(trx, database, organization);
        if (changes && changes.length > 0) for (const listener of listeners) await listener(trx, changes);
        return changes?.length;
      }),
    );

  async function publish(organization: string): Promise<number | undefined> {
    if (performance.now() < (resting.get(organization) ?? 0)) return 0;
    resting.delete(organization);
    try {
      return await publishSome(organization);
    } catch (error) {
      if (isOutage(error)) throw error;
      if (resting.size >= maxResting) resting.clear();
      resting.set(organization, performance.now() + restMs);
      logger.warn('plugin failed to take reports, retrying', { organization, ...describeError(error) });
      return 0;
    }
  }

  /** A batch of each organization. Resolves to false when nothing was left, or another process reports. */
  async function pass(signal: AbortSignal | undefined): Promise<boolean> {
    let reported = 0;
    for (let after = ''; !signal?.aborted; ) {
      const names = await database.read((db) => organizationsWithChanges(db, after, page));
      for (const organization of names) {
        if (signal?.aborted) return false;
        const count = await publish(organization);
        if (count === undefined) return false;
        reported += count;
      }
      if (names.length < page) break;
      after = names.at(-1) ?? '';
    }
    return reported > 0;
  }

  return {
    /** Reports all changes. Without listeners there are none. */
    async publish(signal?: AbortSignal): Promise<void> {
      if (listeners.length === 0) return;
      while (!signal?.aborted && (await pass(signal)));
    },

    /** Deletes changes that could not be reported for a day, or of which there are too many. */
    async purge(signal?: AbortSignal): Promise<void> {
      const some = (): Promise<number> =>
        database.transaction((trx) => purgeChanges(trx, database, now() - keptMicros));
      let dropped = 0;
      for (let count = -1; count !== 0 && !signal?.aborted; dropped += count) count = await some();
      if (dropped > 0) logger.error('reports of failures dropped, no plugin took them', { rows: dropped });
    },
  };
}
