import type { AttemptView, DeliveryView } from '../../../src/plugin.ts';

const milliseconds = (value: number): number => value / 1000;

export type FormatTime = (micros: number | undefined) => string | null;

export function toAnswer(delivery: DeliveryView, time: FormatTime) {
  return {
    id: delivery.id,
    type: delivery.type,
    endpoint: delivery.endpoint,
    status: delivery.status,
    attempt_count: delivery.attemptCount,
    last_status: delivery.lastStatus ?? null,
    next_attempt_at: time(delivery.nextAttemptAt),
    created_at: time(delivery.createdAt),
  };
}

export function toAttempt(attempt: AttemptView, time: FormatTime) {
  const phases =
    attempt.phases &&
    Object.fromEntries(Object.entries(attempt.phases).map(([name, value]) => [name, milliseconds(value)]));
  return {
    number: attempt.number,
    started_at: time(attempt.startedAt),
    duration_ms: attempt.durationMicros === undefined ? null : milliseconds(attempt.durationMicros),
    phases_ms: phases ?? null,
    status: attempt.status ?? null,
    error: attempt.error ?? null,
    decision: attempt.decision,
    response_headers: attempt.responseHeaders ?? null,
    response_body: attempt.responseBody ?? null,
    truncated: attempt.truncated,
  };
}
