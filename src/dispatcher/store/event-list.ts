import type { Database, Knex } from '../../database/database.ts';
import { allOrganizations } from '../model/delivery.ts';
import { eventTable } from './event-repository.ts';
import { ofOrganization } from './organizations.ts';

export interface EventFilter {
  /** `allOrganizations` for all of them. */
  organization: string;
  type?: string | undefined;
  /** Microseconds, inclusive and exclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

/** An event without its payload. */
export interface EventRow {
  id: string;
  organization: string;
  type: string;
  /** Microseconds. */
  accepted_at: number;
}

const columns = ['id', 'organization', 'type', 'accepted_at'] as const;
const indexName = `${eventTable}_organization_id_type_accepted_at`;
/** Events that one page with conditions looks at: entries of an index, and of all organizations rows with their payloads. */
const scannedAtOnce = 10_000;
const rowsScannedAtOnce = 1000;

/**
 * The newest events that match a filter, with ids below `before`, and the cursor of the next page. With conditions a page looks at a
 * bounded number of events, so it may be short although others follow.
 */
export async function newestEvents(
  db: Knex,
  { useIndex }: Pick<Database, 'useIndex'>,
  { organization, type, from, to }: EventFilter,
  limit: number,
  before: string | undefined,
): Promise<{ rows: EventRow[]; next: string | undefined }> {
  const isOfAll = organization === allOrganizations;
  function newest(): Knex.QueryBuilder {
    const query = ofOrganization(db(eventTable), organization).orderBy('id', 'desc');
    // The servers sometimes prefer the primary key, which has the events of all others.
    if (!isOfAll) query.from(db.raw(`${eventTable}${useIndex(indexName)}`));
    return before === undefined ? query : query.where('id', '<', before);
  }
  const isScanned = type !== undefined || from !== undefined || to !== undefined;
  const scanned = isOfAll ? rowsScannedAtOnce : scannedAtOnce;
  const last: { id: string } | undefined = isScanned
    ? await newest()
        .offset(scanned - 1)
        .first('id')
    : undefined;
  const query = newest().limit(limit + 1);
  if (type !== undefined) query.where({ type });
  if (from !== undefined) query.where('accepted_at', '>=', from);
  if (to !== undefined) query.where('accepted_at', '<', to);
  if (last) query.where('id', '>=', last.id);
  const found = (await query.select(columns)) as EventRow[];
  const rows = found.slice(0, limit);
  return { rows, next: found.length > limit ? rows.at(-1)?.id : last?.id };
}

/** Undefined if the organization has no such event. */
export async function findEvent(
  db: Knex,
  organization: string,
  id: string,
): Promise<(EventRow & { payload: string }) | undefined> {
  const row: (EventRow & { payload: string }) | undefined = await ofOrganization(
    db(eventTable).where({ id }),
    organization,
  ).first([...columns, 'payload']);
  // The servers ignore spaces at the end of texts.
  return row && (organization === allOrganizations || row.organization === organization) ? row : undefined;
}
