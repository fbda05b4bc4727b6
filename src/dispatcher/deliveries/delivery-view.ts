import type { DeliveryStatus } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import type { AttemptRow } from '../store/attempt-rows.ts';
import type { DeliveryRow } from '../store/delivery-repository.ts';
import { isInFlight } from '../store/lease-token.ts';
import { never } from '../store/queue-repository.ts';

/** A delivery as plugins show it. Times are microseconds since 1970. */
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

const settled = ['open', 'delivered', 'failed', 'cancelled'] as const;

export function toView(row: DeliveryRow, time: number): DeliveryView {
  const state = settled[row.status] ?? 'open';
  const status =
    state !== 'open' ? state : isInFlight(row, time) ? 'in_flight' : row.due_at === never ? 'held' : 'pending';
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
