import type { Database, Knex } from '../../database/database.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import type { EndpointChange } from '../model/endpoint-change.ts';
import type { Health } from '../model/endpoint-health.ts';
import { bucketMicros, type Counts, noCounts } from '../model/tally.ts';
import { noteChanges } from '../store/change-outbox.ts';
import { updateHealth } from '../store/health-writes.ts';
import {
  createStatisticsRepository,
  type HealthCursor,
  type HealthFilter,
  type StatisticsRange,
} from '../store/statistics-repository.ts';
import type { EndpointHealth } from '../store/statistics-rows.ts';
import { addTallies } from '../store/statistics-writes.ts';
import { hasTallies, takeTallies } from '../store/tally-journal.ts';

/** Counts from a time (microseconds) on, over one step. */
export interface StatisticsPoint extends Counts {
  at: number;
}

export interface EndpointStatistics extends Counts {
  endpoint: EndpointRef;
  /** Undefined without an attempt. */
  health: Health | undefined;
  /** The state that was last reported. */
  state: EndpointHealth['state'];
  /** Unsettled deliveries, 10,000 at most. */
  waiting: number;
  /** Of those, in microseconds. */
  oldestCreatedAt: number | undefined;
}

/** Resolves to the changes that it makes. */
type Work = (trx: Knex.Transaction) => Promise<readonly EndpointChange[]>;

export type Statistics = ReturnType<typeof createStatistics>;

/** Folds of one `foldWith`, which has to find an empty journal. */
const maxFolds = 50;

/**
 * Kept statistics. An outcome is counted once, in the transaction that stores it, and shows within seconds: a process adds up what
 * all have counted.
 */
export function createStatistics(parts: {
  database: Database;
  now: () => number;
  /** Whether changes of states are reported in this process. */
  isHeard: () => boolean;
}) {
  const { database, now, isHeard } = parts;
  const { reserved } = database;

  /** Adds up some of the journal, and continues with `work` if nothing is left. */
  const foldSome = (work: Work): Promise<'busy' | 'more' | 'done'> =>
    reserved.transaction(async (trx) => {
      const taken = await takeTallies(trx, reserved);
      if (!taken) return 'busy';
      await addTallies(trx, taken.tallies);
      const changes: EndpointChange[] = await updateHealth(trx, taken.tallies, now());
      if (taken.areAll) changes.push(...(await work(trx)));
      if (isHeard()) await noteChanges(trx, changes);
      return taken.areAll ? 'done' : 'more';
    });

  return {
    /** Counts of an organization by steps, every one in the range; of one endpoint with `endpointId`. All times in microseconds. */
    async points(
      filter: { organization: string; endpointId?: string; kinds?: readonly string[] },
      range: StatisticsRange,
      stepMicros: number,
    ): Promise<StatisticsPoint[]> {
      const buckets = stepMicros / bucketMicros;
      const kinds = filter.kinds ?? [''];
      const found = await database.read((db) =>
        createStatisticsRepository(db, database).points({ ...filter, kinds }, range, buckets),
      );
      const byTime = new Map(found.map(({ at, ...counts }) => [at * bucketMicros, counts]));
      const points: StatisticsPoint[] = [];
      for (let at = range.from; at < range.to; at += stepMicros) points.push({ at, ...(byTime.get(at) ?? noCounts()) });
      return points;
    },

    /** Endpoints with attempts, newest first; with a state, only the ones in it, first the one that fails for the longest time. */
    health: (filter: HealthFilter, limit: number, cursor?: HealthCursor): Promise<EndpointHealth[]> =>
      database.read((db) => {
        const repository = createStatisticsRepository(db, database);
        const { state } = filter;
        return state ? repository.inState(state, filter, limit, cursor) : repository.health(filter, limit, cursor);
      }),

    /** Statistics of endpoints, in their order. */
    ofEndpoints: (
      organization: string,
      endpoints: readonly Pick<EndpointStatistics, 'endpoint' | 'health' | 'state'>[],
      range: StatisticsRange,
    ): Promise<EndpointStatistics[]> =>
      database.read(async (db) => {
        const repository = createStatisticsRepository(db, database);
        const refs = endpoints.map(({ endpoint }) => endpoint);
        const countsOf = await repository.countsOf(organization, refs, range);
        const waitingOf = await repository.waiting(refs);
        return endpoints.map(({ endpoint, health, state }) => {
          const { waiting = 0, oldestCreatedAt } = waitingOf(endpoint) ?? {};
          return { endpoint, health, state, ...countsOf(endpoint), waiting, oldestCreatedAt };
        });
      }),

    /** Adds up what was counted since. */
    async fold(signal?: AbortSignal): Promise<void> {
      if (!(await reserved.read(hasTallies))) return;
      while (!signal?.aborted && (await foldSome(async () => [])) === 'more');
    },

    /**
     * Runs `work` in a transaction in which this process is the only one that changes the health of endpoints, and everything that
     * was counted before is in it. Resolves to false if another process is at it.
     */
    async foldWith(work: Work): Promise<boolean> {
      for (let folds = 0; folds < maxFolds; folds += 1) {
        const outcome = await foldSome(work);
        if (outcome !== 'more') return outcome === 'done';
      }
      return false;
    },
  };
}
