import { parseTraceparent } from '../../traceparent.ts';
import type { DeliveryStatus } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { withDerivedHeaders } from '../sending/recorded-request.ts';
import type { AttemptRow } from '../store/attempt-rows.ts';
import type { DeliveryRow } from '../store/delivery-repository.ts';
import { isInFlight } from '../store/lease-token.ts';
import { never } from '../store/queue-repository.ts';

/** A delivery as plugins show it. Times are microseconds since 1970. */
export interface DeliveryView {
  id: string;
  organization: string;
  eventId: string;
  type: string;
  endpoint: EndpointRef;
  status: DeliveryStatus;
  attemptCount: number;
  lastStatus: number | undefined;
  /** Destination of the last attempt, without query. */
  url: string | undefined;
  /** Class of the last attempt's error. */
  error: string | undefined;
  /** The reason of the status, in words. */
  decision: string | undefined;
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
  /** Of the event's `traceparent`, which the attempt sent. */
  traceId: string | undefined;
  url: string | undefined;
  /** IP address of the connection. */
  peer: string | undefined;
  tls: { version: string; certificateEndsAt: number | undefined } | undefined;
  /** Secret values are masked. */
  requestHeaders: Record<string, string> | undefined;
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
    organization: row.organization,
    eventId: row.event_id,
    type: row.type,
    endpoint: { kind: row.endpoint_kind, id: row.endpoint_id },
    status,
    attemptCount: isOpen ? (row.queue_attempts ?? 0) : row.attempt_count,
    lastStatus: (isOpen ? row.queue_status : row.last_status) || undefined,
    url: row.url ?? undefined,
    error: row.error ?? undefined,
    decision: decisionOf(status, row.decision),
    nextAttemptAt: status === 'pending' ? (row.due_at ?? undefined) : undefined,
    createdAt: row.created_at,
    finishedAt: row.finished_at || undefined,
  };
}

/** The decision of the last attempt, unless something has happened since. */
function decisionOf(status: DeliveryStatus, last: string | null): string | undefined {
  if (status === 'held') return 'held: the endpoint is disabled';
  if (status === 'cancelled')
    return last?.startsWith('cancelled') ? last : 'cancelled: by request, or with its endpoint';
  const isOpen = status === 'pending' || status === 'in_flight';
  return isOpen && last && /^(?:delivered|failed|cancelled)/.test(last) ? 'sent again by request' : (last ?? undefined);
}

const jsonOf = (text: string | null) => (text === null ? undefined : (JSON.parse(text) as Record<string, string>));

/** `traceparent`: of the event. */
export const toAttempt = (row: AttemptRow, traceparent: string | null): AttemptView => ({
  number: row.number,
  startedAt: row.started_at,
  durationMicros: row.duration_us ?? undefined,
  phases: row.phases === null ? undefined : (JSON.parse(row.phases) as Record<string, number>),
  status: row.status ?? undefined,
  error: row.error ?? undefined,
  decision: row.decision,
  traceId: traceparent === null ? undefined : parseTraceparent(traceparent)?.traceId,
  url: row.url ?? undefined,
  peer: row.peer ?? undefined,
  tls:
    row.tls_version === null
      ? undefined
      : { version: row.tls_version, certificateEndsAt: row.certificate_ends_at ?? undefined },
  requestHeaders: requestHeadersOf(row),
  responseHeaders: jsonOf(row.response_headers),
  responseBody: row.response_body ?? undefined,
  truncated: Boolean(row.truncated),
});

function requestHeadersOf(row: AttemptRow): Record<string, string> | undefined {
  const recorded = jsonOf(row.request_headers);
  const attempt = { deliveryId: row.delivery_id, number: row.number, startedAt: row.started_at };
  return recorded && withDerivedHeaders(recorded, attempt);
}
