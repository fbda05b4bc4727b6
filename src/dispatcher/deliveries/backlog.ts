import type { Database } from '../../database/database.ts';
import { storedStatus } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { deliveryTable, queueTable } from '../store/queue-repository.ts';
import type { UnwrittenDeliveries } from './batched-deliveries.ts';

export interface Backlog {
  endpoint: EndpointRef;
  waiting: number;
  oldestCreatedAt: number;
}

const mostEndpoints = 1000;

/** Endpoints with something waiting, and how much; the fullest first, at most 1000. */
export async function readBacklog(
  database: Database,
  unwritten: UnwrittenDeliveries,
  organization: string,
): Promise<Backlog[]> {
  const endpoints = new Map<string, Backlog>();
  const add = (endpoint: EndpointRef, waiting: number, oldestCreatedAt: number): void => {
    const name = `${endpoint.kind}\n${endpoint.id}`;
    const known = endpoints.get(name) ?? { endpoint, waiting: 0, oldestCreatedAt };
    known.waiting += waiting;
    known.oldestCreatedAt = Math.min(known.oldestCreatedAt, oldestCreatedAt);
    endpoints.set(name, known);
  };
  await database.read(async (db) => {
    endpoints.clear();
    await unwritten.each(db, { organization }, (rows) => {
      for (const row of rows) add({ kind: row.endpoint_kind, id: row.endpoint_id }, 1, row.created_at);
    });
    const rows = (await db(`${deliveryTable} as d`)
      .join(`${queueTable} as q`, 'q.delivery_id', 'd.id')
      .where({ 'd.organization': organization, 'd.status': storedStatus.open })
      .groupBy('d.endpoint_kind', 'd.endpoint_id')
      .select('d.endpoint_kind', 'd.endpoint_id')
      .count({ waiting: '*' })
      .min({ oldest: 'd.created_at' })
      .orderBy('waiting', 'desc')
      .limit(mostEndpoints)) as { endpoint_kind: string; endpoint_id: string; waiting: number; oldest: number }[];
    for (const row of rows)
      add({ kind: row.endpoint_kind, id: row.endpoint_id }, Number(row.waiting), Number(row.oldest));
  });
  return [...endpoints.values()].sort((one, other) => other.waiting - one.waiting).slice(0, mostEndpoints);
}
