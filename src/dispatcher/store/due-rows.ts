import type { Database, Knex } from '../../database/database.ts';
import { idList } from '../../database/sql-text.ts';
import type { Gate } from '../model/gate.ts';
import { deliveryTable, type LeaseWindow, never, type QueueRow, queueTable } from './queue-repository.ts';

export interface DueRow extends QueueRow {
  /** Null, like organization and time, when the delivery has been deleted without its queue row. */
  event_id: string | null;
  organization: string | null;
  type: string | null;
  /** Microseconds. */
  created_at: number | null;
}

/** An endpoint whose rows a claim asks for. */
export interface Want {
  endpointKey: number;
  take: number;
  /** It probably has more rows than are wanted. Its rows are found apart from the others', at the cost of a part of the statement. */
  hasMore?: boolean;
  /** Restraints that the claim has to observe. */
  gate?: Gate | undefined;
  /** Attempts that the gate has allowed before, and that were not made. */
  unused?: number;
}

/** Due rows of a claim. */
export interface Due {
  wants: readonly Want[];
  /** Single rows by their delivery ids. */
  ids?: readonly string[];
  now: number;
  /** Leases in force. */
  leases?: LeaseWindow;
}

type Dialect = Pick<Database, 'skipLocked' | 'useIndex' | 'rows'>;

/**
 * Locks and returns the first due rows of each wanted endpoint and the due ones of `ids`, skipping locked rows and rows
 * with a lease in `leases`. Only rows of the queue are locked. Endpoints without `hasMore` are read together, in a third of
 * the time; the ones to which others with many rows have left no room are then read apart.
 */
export async function lockDueRows(db: Knex, database: Dialect, due: Due): Promise<DueRow[]> {
  const locked = lockDueSql(due, database);
  if (locked.length === 0) return [];
  const sql = `select due.*, d.event_id, d.organization, d.type, d.created_at from (${locked.join(' union all ')}) due left join ${deliveryTable} d on d.id = due.delivery_id`;
  const rows = database.rows<DueRow>(await db.raw(sql));
  const short = shortOf(rows, due.wants);
  if (short.length === 0) return firstOf(rows, due.wants);
  const wants = short.map((want) => ({ ...want, hasMore: true }));
  const isShort = new Set(wants.map(({ endpointKey }) => endpointKey));
  const others = rows.filter((row) => !isShort.has(row.endpoint_key));
  return firstOf([...others, ...(await lockDueRows(db, database, { ...due, wants, ids: [] }))], due.wants);
}

/** Indexed: an endpoint's rows in the order of their due times. */
const byEndpoint = `${queueTable}_endpoint_key_due_at`;

/** Most rows of endpoints that are read together: some more than are wanted. */
const mostOf = (wants: readonly Want[]): number => wants.reduce((sum, { take }) => sum + take, wants.length);

function lockDueSql(
  { wants, ids = [], now, leases = { from: now, to: never } }: Due,
  { skipLocked, useIndex }: Dialect,
): string[] {
  const some = (which: string, order: string, most: number): string =>
    `select * from (select * from ${queueTable}${which} and due_at <= ${now} and ${isOutside(leases)}${order} limit ${most}${skipLocked}) some`;
  const [apart, together] = [wants.filter(({ hasMore }) => hasMore), wants.filter(({ hasMore }) => !hasMore)];
  const keys = together.map(({ endpointKey }) => endpointKey).join(',');
  return [
    ...(together.length > 0
      ? [some(`${useIndex(byEndpoint)} where endpoint_key in (${keys})`, '', mostOf(together))]
      : []),
    ...apart.map(({ endpointKey, take }) => some(` where endpoint_key = ${endpointKey}`, ' order by due_at', take)),
    ...ids.map((id) => some(` where delivery_id = ${idList([id])}`, '', 1)),
  ];
}

/** Endpoints to which the ones that were read with them, and that have more rows than were wanted, may have left no room. */
function shortOf(rows: readonly DueRow[], wants: readonly Want[]): Want[] {
  const together = wants.filter(({ hasMore }) => !hasMore);
  const counts = new Map(together.map(({ endpointKey }) => [endpointKey, 0]));
  for (const { endpoint_key: key } of rows) if (counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const found = counts.values().reduce((sum, count) => sum + count, 0);
  return found < mostOf(together)
    ? []
    : together.filter(({ endpointKey, take }) => (counts.get(endpointKey) ?? 0) < take);
}

/** The first rows of each endpoint, in the order of the wants. Rows of other endpoints are single ones, and come last. */
function firstOf(rows: readonly DueRow[], wants: readonly Want[]): DueRow[] {
  const byKey = Map.groupBy(rows, (row) => row.endpoint_key);
  const wanted = wants.flatMap(({ endpointKey, take }) => {
    const own = byKey.get(endpointKey) ?? [];
    byKey.delete(endpointKey);
    return own.sort((one, other) => one.due_at - other.due_at).slice(0, take);
  });
  return [...wanted, ...[...byKey.values()].flat()];
}

const isOutside = ({ from, to }: LeaseWindow): string => `(lease_until <= ${from} or lease_until > ${to})`;
