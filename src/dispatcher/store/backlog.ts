import type { Database, Knex } from '../../database/database.ts';
import { allOrganizations, storedStatus } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { deliveryTable, queueTable } from './queue-repository.ts';

type Dialect = Pick<Database, 'byKey'>;

/** The oldest unsettled deliveries, by which the backlog is counted. */
const scanned = 50_000;

export interface EndpointBacklog {
  organization: string;
  endpoint: EndpointRef;
  waiting: number;
  oldestCreatedAt: number;
}

interface BacklogRow {
  organization: string;
  endpoint_kind: string;
  endpoint_id: string;
  waiting: number;
  oldest: number;
}

/**
 * Endpoints with waiting deliveries, the largest backlog first, by the oldest 50,000 of the organization, or of all. `more`:
 * there are others that were not counted.
 */
export async function readBacklog(
  db: Knex,
  database: Dialect,
  organization: string,
  limit: number,
): Promise<{ endpoints: EndpointBacklog[]; more: boolean }> {
  const open = () => openRows(db, database, organization);
  const behind = await open().offset(scanned).first('d.id');
  const columns = ['organization', 'endpoint_kind', 'endpoint_id'] as const;
  const oldest = open()
    .select(columns.map((column) => `d.${column}`))
    .select('d.created_at')
    .limit(scanned);
  const rows = (await db
    .from(oldest.as('waiting'))
    .groupBy(columns)
    .select(columns)
    .count({ waiting: '*' })
    .min({ oldest: 'created_at' })
    .orderBy('waiting', 'desc')
    .limit(limit)) as BacklogRow[];
  const endpoints = rows.map((row) => ({
    organization: row.organization,
    endpoint: { kind: row.endpoint_kind, id: row.endpoint_id },
    waiting: Number(row.waiting),
    oldestCreatedAt: Number(row.oldest),
  }));
  return { endpoints, more: behind !== undefined };
}

/** Unsettled deliveries, the oldest first. No index leads to those of all organizations; the queue has their ids. */
function openRows(db: Knex, { byKey }: Dialect, organization: string): Knex.QueryBuilder {
  if (organization === allOrganizations)
    return db
      .from(db.raw(`${queueTable} as q${byKey}`))
      .joinRaw(`cross join ${deliveryTable} as d on d.id = q.delivery_id`)
      .orderBy('q.delivery_id');
  const status = storedStatus.open;
  return db(`${deliveryTable} as d`).where({ 'd.organization': organization, 'd.status': status }).orderBy('d.id');
}
