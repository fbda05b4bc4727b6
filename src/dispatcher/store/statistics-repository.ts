import type { Database, Knex } from '../../database/database.ts';
import { allOrganizations } from '../model/delivery.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { reportedStates } from '../model/reported-state.ts';
import { bucketOf, type Counts, countNames, noCounts } from '../model/tally.ts';
import { ofOrganization } from './organizations.ts';
import { deliveryTable, queueTable } from './queue-repository.ts';
import {
  type CountRow,
  countTable,
  type EndpointHealth,
  type HealthRow,
  healthTable,
  keyOf,
  refOf,
  toEndpointHealth,
} from './statistics-rows.ts';

/** Waiting deliveries of an endpoint that are counted. */
const mostWaiting = 10_000;

/** Times in microseconds, `from` inclusive and `to` exclusive; both are multiples of five minutes. */
export interface StatisticsRange {
  from: number;
  to: number;
}

export interface HealthFilter {
  organization: string;
  kinds: readonly string[];
  /** Any of these. */
  ids?: readonly string[] | undefined;
  /** Lists the endpoints that were reported as failing, or the ones that were turned off since; default: all with attempts. */
  state?: Listed | undefined;
}

type Listed = 'failing' | 'disabled';

/** Place of a page's last endpoint. */
export interface HealthCursor {
  id: string;
  /** Of a list by state. */
  failingSince: number;
}

export interface Waiting {
  waiting: number;
  /** Microseconds. */
  oldestCreatedAt: number;
}

const sums = countNames.map((name) => `sum(${name}) as ${name}`).join(', ');
const toCounts = (row: Counts): Counts => {
  const counts = noCounts();
  // A reopened delivery takes back an acceptance, which was not counted if a process of an older version had cancelled it.
  for (const name of countNames) counts[name] = Math.max(0, Number(row[name]));
  return counts;
};

/** Reads kept statistics. */
export function createStatisticsRepository(db: Knex, database: Pick<Database, 'rows'>) {
  return {
    /** Counts of the organization, or of one endpoint, by steps of `step` buckets. Steps without counts are left out. */
    async points(
      { organization, endpointId = '', kinds }: { organization: string; endpointId?: string; kinds: readonly string[] },
      { from, to }: StatisticsRange,
      step: number,
    ): Promise<(Counts & { at: number })[]> {
      const rows: (Counts & { step: number })[] = database.rows(
        await db.raw(
          `select bucket - bucket % ${step} as step, ${sums} from ${countTable}
           where organization = ? and endpoint_id = ? and endpoint_kind in (${kinds.map(() => '?').join(',')})
             and bucket >= ? and bucket < ? group by bucket - bucket % ${step}`,
          [organization, endpointId, ...kinds, bucketOf(from), bucketOf(to)],
        ),
      );
      return rows.map((row) => ({ at: Number(row.step), ...toCounts(row) }));
    },

    /** Counts of endpoints, by kind and id. */
    async countsOf(
      organization: string,
      endpoints: readonly EndpointRef[],
      { from, to }: StatisticsRange,
    ): Promise<(endpoint: EndpointRef) => Counts> {
      const found = new Map<string, Counts>();
      for (const [kind, group] of Map.groupBy(endpoints, (endpoint) => endpoint.kind)) {
        const rows: CountRow[] = await db(countTable)
          .where({ organization, endpoint_kind: kind })
          .whereIn('endpoint_id', [...new Set(group.map(({ id }) => id))])
          .where('bucket', '>=', bucketOf(from))
          .where('bucket', '<', bucketOf(to))
          .groupBy('endpoint_id', 'endpoint_kind')
          .select('endpoint_id', 'endpoint_kind', db.raw(sums));
        for (const row of rows) found.set(keyOf(refOf(row)), toCounts(row));
      }
      return (endpoint) => found.get(keyOf(endpoint)) ?? noCounts();
    },

    /** Endpoints with attempts, newest first. */
    async health(filter: HealthFilter, limit: number, cursor?: Pick<HealthCursor, 'id'>): Promise<EndpointHealth[]> {
      const query = healthOf(filter).orderBy('endpoint_id', 'desc').limit(limit);
      if (cursor) query.where('endpoint_id', '<', cursor.id);
      const rows: HealthRow[] = await query;
      return rows.map(toEndpointHealth);
    },

    /**
     * Endpoints that were reported as failing, or as turned off, also of all organizations, the one that fails for the longest
     * time first.
     */
    async inState(
      state: Listed,
      filter: HealthFilter,
      limit: number,
      cursor?: HealthCursor,
    ): Promise<EndpointHealth[]> {
      const query = healthOf(filter).where({ state: reportedStates[state] }).limit(limit);
      const isOfAll = filter.organization === allOrganizations;
      query.orderBy(['failing_since', ...(isOfAll ? ['organization'] : []), 'endpoint_id']);
      query.where('failing_since', '>=', cursor?.failingSince ?? 1);
      if (cursor)
        query.where((where) => {
          where.where('failing_since', '>', cursor.failingSince).orWhere('endpoint_id', '>', cursor.id);
        });
      const rows: HealthRow[] = await query;
      return rows.map(toEndpointHealth);
    },

    /** Unsettled deliveries of endpoints, of each the 10,000 that are due first. */
    async waiting(endpoints: readonly EndpointRef[]): Promise<(endpoint: EndpointRef) => Waiting | undefined> {
      const keys: number[] = await db(queueTable)
        .whereIn('endpoint_key', endpoints.map(endpointKey))
        .groupBy('endpoint_key')
        .pluck('endpoint_key');
      if (keys.length === 0) return () => undefined;
      const one = `select min(endpoint_key) as k, count(*) as n, min(delivery_id) as id from (select endpoint_key, delivery_id from ${queueTable} where endpoint_key = ? order by due_at limit ${mostWaiting}) one`;
      const sql = `select w.k, w.n, d.created_at from (${keys.map(() => one).join(' union all ')}) w join ${deliveryTable} d on d.id = w.id`;
      const rows = database.rows<{ k: number; n: number; created_at: number }>(await db.raw(sql, keys));
      const found = new Map(
        rows.map((row) => [Number(row.k), { waiting: Number(row.n), oldestCreatedAt: Number(row.created_at) }]),
      );
      return (endpoint) => found.get(endpointKey(endpoint));
    },
  };

  function healthOf({ organization, kinds, ids }: HealthFilter) {
    const query = ofOrganization(db<HealthRow>(healthTable), organization).whereIn('endpoint_kind', kinds);
    return ids ? query.whereIn('endpoint_id', ids) : query;
  }
}
