import type { Outcome } from './outcome.ts';
import type { Decision } from './policy.ts';

/** Class of an attempt's error, for records; null for an answer. */
export function errorOf(outcome: Outcome, { state }: Decision): string | null {
  if ('error' in outcome) return outcome.error;
  if (outcome.kind === 'unknown') return state === 'failed' ? 'crash_loop' : 'outcome_unknown';
  return outcome.kind === 'gone' ? 'endpoint_gone' : null;
}

const sendingErrors = [
  'connect_timeout',
  'read_timeout',
  'connection_refused',
  'connection_lost',
  'dns_failure',
  'tls_failure',
  'invalid_answer',
  'head_too_large',
  'address_refused',
  'request_not_buildable',
] as const;

/** Every class of an attempt's error, as records have it. */
export const attemptErrors = [...sendingErrors, 'endpoint_gone', 'outcome_unknown', 'crash_loop'] as const;

/** Every class of a failure for which a delivery is given up: label of metrics, and part of logs and events. */
export const failureClasses = [
  ...(['status_1xx', 'status_3xx', 'status_4xx', 'status_5xx', 'status_other'] as const),
  ...sendingErrors,
  'crash_loop',
] as const;

export type FailureClass = (typeof failureClasses)[number];

/** Class of the failure for which a delivery was given up. */
export function failureClassOf(outcome: Outcome): FailureClass {
  if ('error' in outcome) return outcome.error;
  return outcome.kind === 'answered' ? statusClassOf(outcome.status) : 'crash_loop';
}

/** Class of a failed attempt by its record. */
export const failureClassOfAttempt = ({ error, status }: { error: string; status: number }): string =>
  error === '' ? statusClassOf(status) : error;

function statusClassOf(status: number): FailureClass {
  const hundreds = Math.floor(status / 100);
  return hundreds === 1 || hundreds === 3 || hundreds === 4 || hundreds === 5 ? `status_${hundreds}xx` : 'status_other';
}
