import type { Knex } from '../../database/database.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { type StateChanged, stateChanged } from '../model/endpoint-change.ts';
import { type Health, mergeHealth } from '../model/endpoint-health.ts';
import { type Reported, reportedAfter } from '../model/reported-state.ts';
import type { Tally } from '../model/tally.ts';
import { type HealthRow, healthTable, keyOf, refOf, toHealth, toHealthRow, toReported } from './statistics-rows.ts';

const rowsAtOnce = 250;

/**
 * Brings the health of the tallies' endpoints up to date; resolves to the changes to report. Only the process that has taken the
 * tallies may. `now` in microseconds.
 */
export async function updateHealth(db: Knex, tallies: readonly Tally[], now: number): Promise<StateChanged[]> {
  const changes: StateChanged[] = [];
  const changed = tallies.filter(({ health, endedAt }) => health || endedAt > 0);
  for (const [organization, all] of Map.groupBy(changed, (tally) => tally.organization)) {
    const groups = [...Map.groupBy(all, ({ endpoint }) => keyOf(endpoint)).values()];
    for (let at = 0; at < groups.length; at += rowsAtOnce)
      changes.push(...(await mergeHealths(db, organization, groups.slice(at, at + rowsAtOnce), now)));
  }
  return changes;
}

/** Stores the health of endpoints, with the state that follows; resolves to the changes to report. */
export async function saveHealth(db: Knex, steps: readonly HealthStep[], now: number): Promise<StateChanged[]> {
  const changes: StateChanged[] = [];
  const rows = steps.map(({ organization, endpoint, reported, before, health }) => {
    const next = reportedAfter(reported, before, health, now);
    const about = { organization, endpoint, at: now };
    for (const change of next.changes)
      changes.push(
        change === 'recovered'
          ? stateChanged(change, { ...about, health: before ?? health, reported })
          : stateChanged(change, { ...about, health, reported: next }),
      );
    return toHealthRow(organization, endpoint, health, next);
  });
  await storeHealth(db, rows);
  return changes;
}

/** An endpoint's health before and after. */
export interface HealthStep {
  organization: string;
  endpoint: EndpointRef;
  reported: Reported;
  before: Health | undefined;
  health: Health;
}

export async function storeHealth(db: Knex, rows: readonly HealthRow[]): Promise<void> {
  if (rows.length > 0)
    await db(healthTable).insert(rows).onConflict(['organization', 'endpoint_id', 'endpoint_kind']).merge();
}

async function mergeHealths(
  db: Knex,
  organization: string,
  groups: readonly (readonly Tally[])[],
  now: number,
): Promise<StateChanged[]> {
  const refs = groups.flatMap(([first]) => first?.endpoint ?? []);
  const rows: HealthRow[] = await db<HealthRow>(healthTable)
    .where({ organization })
    .whereIn('endpoint_id', [...new Set(refs.map(({ id }) => id))]);
  const known = new Map(rows.map((row) => [keyOf(refOf(row)), row]));
  const steps = groups.flatMap((group): HealthStep[] => {
    const endpoint = group[0]?.endpoint as EndpointRef;
    const row = known.get(keyOf(endpoint));
    const before = row && toHealth(row);
    let health = before;
    for (const tally of group) health = mergeHealth(health, tally.health, tally.endedAt);
    const reported: Reported = row ? toReported(row) : { state: 'ok', since: 0 };
    return health ? [{ organization, endpoint, reported, before, health }] : [];
  });
  return saveHealth(db, steps, now);
}
