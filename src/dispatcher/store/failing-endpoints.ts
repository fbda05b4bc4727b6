import type { Database, Knex } from '../../database/database.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { type StateChanged, stateChanged } from '../model/endpoint-change.ts';
import { mergeHealth } from '../model/endpoint-health.ts';
import { reportedStates } from '../model/reported-state.ts';
import { type HealthStep, saveHealth, storeHealth } from './health-writes.ts';
import { type HealthRow, healthTable, refOf, toHealth, toHealthRow, toReported } from './statistics-rows.ts';

/** An endpoint whose last attempts have failed. Times in microseconds. */
export interface FailingEndpoint {
  organization: string;
  endpoint: EndpointRef;
  failingSince: number;
  failures: number;
}

/** Failing endpoints are counted up to this number and one more. */
const mostCounted = 10_000;

const toFailing = (row: HealthRow): FailingEndpoint => ({
  organization: row.organization,
  endpoint: refOf(row),
  failingSince: row.failing_since,
  failures: toHealth(row).failures,
});

/** Endpoints with a first failure up to `before` that was not reported. */
export async function unreported(db: Knex, before: number, limit: number): Promise<FailingEndpoint[]> {
  const rows: HealthRow[] = await db<HealthRow>(healthTable)
    .whereIn('state', [reportedStates.ok, reportedStates.resumed])
    .where('failing_since', '>', 0)
    .where('failing_since', '<=', before)
    .limit(limit);
  return rows.map(toFailing);
}

/** The next endpoints that were reported as failing, the one that fails for the longest time first. */
export async function failingAfter(
  db: Knex,
  database: Pick<Database, 'rows'>,
  after: FailingEndpoint | undefined,
  limit: number,
): Promise<FailingEndpoint[]> {
  const { organization = '', failingSince = 0, endpoint = { kind: '', id: '' } } = after ?? {};
  const sql = `select * from ${healthTable} where state = ${reportedStates.failing} and failing_since >= ?
     and (failing_since, organization, endpoint_id, endpoint_kind) > (?, ?, ?, ?)
     order by failing_since, organization, endpoint_id, endpoint_kind limit ?`;
  const bindings = [failingSince, failingSince, organization, endpoint.id, endpoint.kind, limit];
  return database.rows<HealthRow>(await db.raw(sql, bindings)).map(toFailing);
}

/** Number of the endpoints that were reported as failing, 10,001 at most. */
export async function countFailing(db: Knex): Promise<number> {
  const some = db(healthTable)
    .where({ state: reportedStates.failing })
    .select('state')
    .limit(mostCounted + 1);
  const [row] = (await db.from(some.as('some')).count({ count: '*' })) as { count: number }[];
  return Number(row?.count ?? 0);
}

/** The organization of an endpoint that has failed since its last delivery, or was reported; undefined for any other. */
export async function organizationOfFailing(db: Knex, { kind, id }: EndpointRef): Promise<string | undefined> {
  const row: { organization: string } | undefined = await db(healthTable)
    .where({ endpoint_id: id, endpoint_kind: kind })
    .where((failing) => void failing.where('failing_since', '>', 0).orWhere('state', '<>', reportedStates.ok))
    .first('organization');
  return row?.organization;
}

/** The reported states of endpoints. Only the process that has taken the tallies may change them. `now` in microseconds. */
export function createReports(trx: Knex, now: number) {
  const rowsOf = async (failing: readonly FailingEndpoint[]): Promise<HealthRow[]> => {
    const rows: HealthRow[] = [];
    for (const [organization, group] of Map.groupBy(failing, (each) => each.organization)) {
      const isMeant = ({ endpoint_kind, endpoint_id }: HealthRow): boolean =>
        group.some(({ endpoint }) => endpoint.kind === endpoint_kind && endpoint.id === endpoint_id);
      const ids = [...new Set(group.map(({ endpoint }) => endpoint.id))];
      const found = await trx<HealthRow>(healthTable).where({ organization }).whereIn('endpoint_id', ids);
      rows.push(...found.filter(isMeant));
    }
    return rows;
  };

  const save = (rows: readonly HealthRow[], endedAt: number): Promise<StateChanged[]> => {
    const steps = rows.flatMap((row): HealthStep[] => {
      const before = toHealth(row);
      const health = mergeHealth(before, undefined, endedAt);
      const step = { organization: row.organization, endpoint: refOf(row), reported: toReported(row), before };
      return health ? [{ ...step, health }] : [];
    });
    return saveHealth(trx, steps, now);
  };

  return {
    /** Reports the endpoints among these that are failing by now. */
    report: async (endpoints: readonly FailingEndpoint[]): Promise<StateChanged[]> => save(await rowsOf(endpoints), 0),

    /** Failures up to now do not count any more: the endpoints are off, or gone. */
    forgive: async (endpoints: readonly FailingEndpoint[]): Promise<StateChanged[]> =>
      save(await rowsOf(endpoints), now),

    /** Turns an endpoint off by `turnOff`, if it still fails and `isDue`. */
    async disable(
      failing: FailingEndpoint,
      isDue: (failing: FailingEndpoint) => boolean,
      turnOff: () => Promise<boolean>,
    ): Promise<StateChanged[]> {
      const [row] = await rowsOf([failing]);
      if (!row || row.state !== reportedStates.failing || !isDue(toFailing(row)) || !(await turnOff())) return [];
      const [health, endpoint, { organization }] = [toHealth(row), refOf(row), row];
      const reported = { ...toReported(row), state: 'disabled' } as const;
      await storeHealth(trx, [toHealthRow(organization, endpoint, health, reported)]);
      return [stateChanged('disabled', { organization, endpoint, health, reported, at: now })];
    },
  };
}
