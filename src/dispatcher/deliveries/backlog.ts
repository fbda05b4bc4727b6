import type { Database } from '../../database/database.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { createDeliveryRepository, type EndpointBacklog } from '../store/delivery-repository.ts';
import type { UnwrittenDeliveries } from './batched-deliveries.ts';

const mostEndpoints = 1000;

/** Endpoints with their numbers of waiting deliveries, the largest backlog first; at most 1,000. */
export async function readBacklog(
  database: Database,
  unwritten: UnwrittenDeliveries,
  organization: string,
): Promise<EndpointBacklog[]> {
  const endpoints = new Map<string, EndpointBacklog>();
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
    const rows = await createDeliveryRepository(db).backlog(organization, mostEndpoints);
    for (const { endpoint, waiting, oldestCreatedAt } of rows) add(endpoint, waiting, oldestCreatedAt);
  });
  return [...endpoints.values()].sort((one, other) => other.waiting - one.waiting).slice(0, mostEndpoints);
}
