import { type DeliveryState, storedStatus } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { never } from '../store/queue-repository.ts';

export type DeliveryStatus = 'pending' | 'in_flight' | 'held' | 'delivered' | 'failed' | 'cancelled';

export interface DeliveryFilter {
  organization: string;
  status?: DeliveryStatus | undefined;
  /** Any of these; `open` is what is not settled. */
  states?: readonly DeliveryState[] | undefined;
  /** Any of these kinds of endpoints. */
  endpointKinds?: readonly string[] | undefined;
  endpointId?: string | undefined;
  type?: string | undefined;
  /** Microseconds, inclusive and exclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

/** A delivery as people see it. Times are microseconds since 1970. */
export interface DeliveryView {
  id: string;
  type: string;
  endpoint: EndpointRef;
  status: DeliveryStatus;
  attemptCount: number;
  lastStatus: number | undefined;
  nextAttemptAt: number | undefined;
  createdAt: number;
  /** When it was settled. */
  finishedAt: number | undefined;
}

export interface AttemptView {
  number: number;
  startedAt: number;
  durationMicros: number | undefined;
  phases: Record<string, number> | undefined;
  status: number | undefined;
  error: string | undefined;
  decision: string;
  responseHeaders: Record<string, string> | undefined;
  responseBody: string | undefined;
  truncated: boolean;
}

/** A delivery with its place in the queue, if it has one. */
export interface DeliveryRow {
  id: string;
  organization: string;
  endpoint_kind: string;
  endpoint_id: string;
  type: string;
  status: number;
  attempt_count: number;
  last_status: number;
  created_at: number;
  finished_at: number;
  due_at: number | null;
  held: number | null;
  lease_until: number | null;
  queue_attempts: number | null;
  queue_status: number | null;
}

const settled = ['open', 'delivered', 'failed', 'cancelled'] as const;

export const deliveryColumns = [
  'd.id',
  'd.organization',
  'd.endpoint_kind',
  'd.endpoint_id',
  'd.type',
  'd.status',
  'd.attempt_count',
  'd.last_status',
  'd.created_at',
  'd.finished_at',
  'q.due_at',
  'q.held',
  'q.lease_until',
  'q.attempt_count as queue_attempts',
  'q.last_status as queue_status',
];

export function storedStatusOf(status: DeliveryStatus): number {
  return status === 'delivered' || status === 'failed' || status === 'cancelled'
    ? storedStatus[status]
    : storedStatus.open;
}

export function toView(row: DeliveryRow, time: number): DeliveryView {
  const state = settled[row.status] ?? 'open';
  const status =
    state !== 'open' ? state : (row.lease_until ?? 0) > time ? 'in_flight' : row.due_at === never ? 'held' : 'pending';
  const isOpen = state === 'open';
  return {
    id: row.id,
    type: row.type,
    endpoint: { kind: row.endpoint_kind, id: row.endpoint_id },
    status,
    attemptCount: isOpen ? (row.queue_attempts ?? 0) : row.attempt_count,
    lastStatus: (isOpen ? row.queue_status : row.last_status) || undefined,
    nextAttemptAt: status === 'pending' ? (row.due_at ?? undefined) : undefined,
    createdAt: row.created_at,
    finishedAt: row.finished_at || undefined,
  };
}

export interface AttemptRow {
  number: number;
  started_at: number;
  duration_us: number | null;
  phases: string | null;
  status: number | null;
  error: string | null;
  decision: string;
  response_headers: string | null;
  response_body: string | null;
  truncated: number;
}

export const toAttempt = (row: AttemptRow): AttemptView => ({
  number: row.number,
  startedAt: row.started_at,
  durationMicros: row.duration_us ?? undefined,
  phases: row.phases === null ? undefined : (JSON.parse(row.phases) as Record<string, number>),
  status: row.status ?? undefined,
  error: row.error ?? undefined,
  decision: row.decision,
  responseHeaders:
    row.response_headers === null ? undefined : (JSON.parse(row.response_headers) as Record<string, string>),
  responseBody: row.response_body ?? undefined,
  truncated: Boolean(row.truncated),
});
