import type { Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { noStatus, storedStatus } from '../model/delivery.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { noLease } from './lease-token.ts';
import { deliveryTable, queueTable } from './queue-repository.ts';

/** A delivery that has not been attempted. Times are microseconds. */
export interface OpenDelivery {
  id: string;
  eventId: string;
  organization: string;
  endpoint: EndpointRef;
  type: string;
  createdAt: number;
  lease: { token: number; until: number } | undefined;
}

const deliveryColumns = [
  'id',
  'event_id',
  'organization',
  'endpoint_kind',
  'endpoint_id',
  'type',
  'status',
  'attempt_count',
  'last_status',
  'created_at',
  'finished_at',
];
const queueColumns = [
  'delivery_id',
  'endpoint_key',
  'endpoint_kind',
  'endpoint_id',
  'due_at',
  'held',
  'lease_token',
  'lease_until',
  'attempt_count',
  'retries',
  'unknowns',
  'last_status',
];

export type NewDeliveryRow = Omit<OpenDelivery, 'lease'>;

/** Stores deliveries with one statement. Each needs a queue row in the same transaction. */
export const insertDeliveryRows = (trx: Knex, rows: readonly NewDeliveryRow[]): Promise<void> =>
  insertRows(trx, deliveryTable, deliveryColumns, rows.map(toDeliveryRow));

/** Stores the queue rows of deliveries with one statement. */
export const insertQueueRows = (trx: Knex, rows: readonly OpenDelivery[]): Promise<void> =>
  insertRows(trx, queueTable, queueColumns, rows.map(toQueueRow));

const toDeliveryRow = ({ id, eventId, organization, endpoint, type, createdAt }: NewDeliveryRow): unknown[] => [
  id,
  eventId,
  organization,
  endpoint.kind,
  endpoint.id,
  type,
  storedStatus.open,
  0,
  noStatus,
  createdAt,
  0,
];

function toQueueRow({ id, endpoint, createdAt, lease }: OpenDelivery): unknown[] {
  const { token, until } = lease ?? { token: noLease, until: 0 };
  return [id, endpointKey(endpoint), endpoint.kind, endpoint.id, createdAt, 0, token, until, 0, 0, 0, noStatus];
}
