import type { Attempt, Delivery } from 'hookgate/client';
import type { ErrorClass } from '../api/delivery-filter.ts';
import { formatDuration } from '../format/format.ts';
import * as m from '../texts/messages.js';
import { type Cause, parseDecision } from './decision.ts';

const errorTexts: Readonly<Record<ErrorClass, () => string>> = {
  connect_timeout: m.deliveries_error_connect_timeout,
  read_timeout: m.deliveries_error_read_timeout,
  connection_refused: m.deliveries_error_connection_refused,
  connection_lost: m.deliveries_error_connection_lost,
  dns_failure: m.deliveries_error_dns_failure,
  tls_failure: m.deliveries_error_tls_failure,
  invalid_answer: m.deliveries_error_invalid_answer,
  head_too_large: m.deliveries_error_head_too_large,
  address_refused: m.deliveries_error_address_refused,
  request_not_buildable: m.deliveries_error_request_not_buildable,
  endpoint_gone: m.deliveries_error_endpoint_gone,
  outcome_unknown: m.deliveries_error_outcome_unknown,
  crash_loop: m.deliveries_error_crash_loop,
};

const causeTexts: Readonly<Record<Cause, () => string>> = {
  accepted: m.deliveries_cause_accepted,
  endpoint_failed: m.deliveries_cause_endpoint_failed,
  rejected: m.deliveries_cause_rejected,
  invalid_response: m.deliveries_cause_invalid_response,
  silent: m.deliveries_cause_silent,
  nothing_sent: m.deliveries_cause_nothing_sent,
  gone: m.deliveries_cause_gone,
  interrupted: m.deliveries_cause_interrupted,
  disabled: m.deliveries_cause_disabled,
  request_or_endpoint: m.deliveries_cause_request_or_endpoint,
};

/** A class of errors in words; an unknown one stays as the server names it. */
export const errorWords = (error: string): string =>
  Object.hasOwn(errorTexts, error) ? errorTexts[error as ErrorClass]() : error;

/**
 * A decision of the dispatcher in the reader's language, with the class of the error where it says more; an unknown one
 * stays in the server's words. `isOver`: the time until the retry it speaks of has passed.
 */
export function decisionWords(words: string, error: string | null | undefined, isOver = false): string {
  const decision = parseDecision(words);
  if (!decision) return words;
  switch (decision.kind) {
    case 'crash_loop':
      return m.deliveries_decision_crash_loop({ attempts: decision.attempts });
    case 'cancelled_by_request':
      return m.deliveries_decision_cancelled_by_request();
    case 'sent_again':
      return m.deliveries_decision_sent_again();
    case 'held':
      return decision.cause === 'disabled' ? m.deliveries_decision_held() : causeTexts[decision.cause]();
    default:
  }
  const reason = error ? errorWords(error) : causeTexts[decision.cause]();
  if (decision.kind === 'repeated') return m.deliveries_decision_repeated({ reason });
  if (decision.kind === 'failed' && decision.exhausted) return m.deliveries_decision_exhausted({ reason });
  if (decision.kind !== 'retry') return reason;
  const { number, of, seconds } = decision;
  return isOver
    ? m.deliveries_decision_retry({ reason, number, of })
    : m.deliveries_decision_retry_after({ reason, number, of, time: formatDuration(seconds * 1000) });
}

/** Why a delivery is in its state. */
export function reasonOf(delivery: Delivery): string | undefined {
  const { status, attempt_count: attempts, decision, error } = delivery;
  if (status === 'in_flight') return m.deliveries_decision_under_way();
  if (status === 'held' && !decision) return m.deliveries_decision_held();
  if (decision) return decisionWords(decision, status === 'held' || status === 'cancelled' ? null : error, true);
  if (error) return errorWords(error);
  return status === 'pending' && attempts === 0 ? m.deliveries_decision_first() : undefined;
}

export const attemptReason = ({ decision, error }: Attempt): string => decisionWords(decision, error);
