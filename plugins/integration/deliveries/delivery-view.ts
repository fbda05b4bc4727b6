import {
  type AttemptView,
  allOrganizations,
  type DeliveryView,
  type EndpointRef,
  type TimeFormat,
} from '../../../src/plugin.ts';
import { distributorKind, distributorTestKind } from '../distributors/distributor.ts';
import { webhookKind, webhookTestKind } from '../webhooks/webhook.ts';
import type { NameOf } from './endpoint-names.ts';

const milliseconds = (value: number): number => value / 1000;

/** In a call for all organizations each item names its own. */
export const organizationOf = (asked: string, { organization }: { organization: string }): { organization?: string } =>
  asked === allOrganizations ? { organization } : {};

const testedKinds: ReadonlyMap<string, string> = new Map([
  [distributorTestKind, distributorKind],
  [webhookTestKind, webhookKind],
]);

/** Whether a delivery was caused by a test call. */
export const isTest = ({ kind }: EndpointRef): boolean => testedKinds.has(kind);

/** An endpoint under the kind that callers know: tests have kinds of their own, because they are sent differently. */
export const shownEndpoint = ({ kind, id }: EndpointRef): EndpointRef => ({ kind: testedKinds.get(kind) ?? kind, id });

export function toAnswer(delivery: DeliveryView, formatTime: TimeFormat, nameOf: NameOf) {
  return {
    id: delivery.id,
    type: delivery.type,
    event_id: delivery.eventId,
    endpoint: shownEndpoint(delivery.endpoint),
    endpoint_name: nameOf(delivery.endpoint),
    url: delivery.url ?? null,
    status: delivery.status,
    attempt_count: delivery.attemptCount,
    last_status: delivery.lastStatus ?? null,
    error: delivery.error ?? null,
    decision: delivery.decision ?? null,
    next_attempt_at: formatTime(delivery.nextAttemptAt),
    test: isTest(delivery.endpoint),
    created_at: formatTime(delivery.createdAt),
  };
}

export function toAttempt(attempt: AttemptView, formatTime: TimeFormat) {
  const phases =
    attempt.phases &&
    Object.fromEntries(Object.entries(attempt.phases).map(([name, value]) => [name, milliseconds(value)]));
  return {
    number: attempt.number,
    started_at: formatTime(attempt.startedAt),
    duration_ms: attempt.durationMicros === undefined ? null : milliseconds(attempt.durationMicros),
    phases_ms: phases ?? null,
    status: attempt.status ?? null,
    error: attempt.error ?? null,
    decision: attempt.decision,
    trace_id: attempt.traceId ?? null,
    url: attempt.url ?? null,
    peer: attempt.peer ?? null,
    tls: attempt.tls
      ? { version: attempt.tls.version, certificate_expires_at: formatTime(attempt.tls.certificateEndsAt) }
      : null,
    request_headers: attempt.requestHeaders ?? null,
    response_headers: attempt.responseHeaders ?? null,
    response_body: attempt.responseBody ?? null,
    truncated: attempt.truncated,
  };
}
