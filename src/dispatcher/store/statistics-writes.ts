import type { Knex } from '../../database/database.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { bucketOf, countNames, noCounts, type Tally } from '../model/tally.ts';
import { type CountRow, countTable, type HealthRow, healthTable, keyOf, refOf } from './statistics-rows.ts';

/** The endpoint of an organization's own counts. */
const wholeOrganization: EndpointRef = { kind: '', id: '' };
const rowsAtOnce = 250;
const purgedAtOnce = 500;

/** Adds tallies to the counts of their endpoints and organizations. Only the process that has taken the tallies may. */
export async function addTallies(db: Knex, tallies: readonly Tally[]): Promise<void> {
  for (const [organization, all] of Map.groupBy(tallies, (tally) => tally.organization)) {
    const rows = new Map<string, CountRow>();
    for (const tally of all)
      for (const endpoint of [tally.endpoint, wholeOrganization]) addTo(rows, organization, endpoint, tally);
    const merged = [...rows.values()];
    for (let at = 0; at < merged.length; at += rowsAtOnce)
      await addCounts(db, organization, merged.slice(at, at + rowsAtOnce));
  }
}

/** Deletes some statistics from before `before` (microseconds); resolves to their number. */
export async function purgeStatistics(db: Knex, before: number): Promise<number> {
  return (await purgeCounts(db, bucketOf(before))) + (await purgeHealth(db, before));
}

function addTo(rows: Map<string, CountRow>, organization: string, endpoint: EndpointRef, tally: Tally): void {
  const { bucket } = tally;
  const key = `${bucket}\n${keyOf(endpoint)}`;
  const row = rows.get(key) ?? {
    ...{ organization, endpoint_kind: endpoint.kind, endpoint_id: endpoint.id, bucket },
    ...noCounts(),
  };
  for (const name of countNames) row[name] += tally[name];
  rows.set(key, row);
}

async function addCounts(db: Knex, organization: string, rows: readonly CountRow[]): Promise<void> {
  const nameOf = (row: CountRow): string => `${row.bucket}\n${keyOf(refOf(row))}`;
  const before: CountRow[] = await db(countTable)
    .where({ organization })
    .whereIn('endpoint_id', [...new Set(rows.map((row) => row.endpoint_id))])
    .whereIn('endpoint_kind', [...new Set(rows.map((row) => row.endpoint_kind))])
    .whereIn('bucket', [...new Set(rows.map(({ bucket }) => bucket))]);
  const known = new Map(before.map((row) => [nameOf(row), row]));
  const after = rows.map((row) => {
    const stored = known.get(nameOf(row)) ?? noCounts();
    const sum = { ...row };
    for (const name of countNames) sum[name] += Number(stored[name]);
    return sum;
  });
  await db(countTable)
    .insert(after)
    .onConflict(['organization', 'endpoint_id', 'endpoint_kind', 'bucket'])
    .merge([...countNames]);
}

async function purgeCounts(db: Knex, before: number): Promise<number> {
  const old: CountRow[] = await db<CountRow>(countTable)
    .where('bucket', '<', before)
    .orderBy('bucket')
    .limit(purgedAtOnce)
    .select('organization', 'endpoint_id', 'bucket');
  let purged = 0;
  for (const rows of Map.groupBy(old, ({ organization, bucket }) => `${bucket} ${organization}`).values()) {
    const { organization, bucket } = rows[0] as CountRow;
    const ids = rows.map((row) => row.endpoint_id);
    purged += await db(countTable).where({ organization, bucket }).whereIn('endpoint_id', ids).delete();
  }
  return purged;
}

async function purgeHealth(db: Knex, before: number): Promise<number> {
  const old: HealthRow[] = await db<HealthRow>(healthTable)
    .where('last_attempt_at', '<', before)
    .orderBy('last_attempt_at')
    .limit(purgedAtOnce)
    .select('organization', 'endpoint_id');
  let purged = 0;
  for (const [organization, rows] of Map.groupBy(old, (row) => row.organization))
    purged += await db(healthTable)
      .where({ organization })
      .whereIn(
        'endpoint_id',
        rows.map((row) => row.endpoint_id),
      )
      .where('last_attempt_at', '<', before)
      .delete();
  return purged;
}
