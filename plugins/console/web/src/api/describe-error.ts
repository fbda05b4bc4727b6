import { isHookgateError } from 'hookgate/client';
import { SignInError } from '../session/session.ts';
import * as m from '../texts/messages.js';

export interface ErrorText {
  readonly title: string;
  /** More about it. */
  readonly detail?: string;
  /** Set where the detail is the server's own words. */
  readonly detailLanguage?: 'en';
  /** The id under which the gateway's log has the cause. */
  readonly requestId?: string;
}

/** Reasons of a 409 that a reader can act on. */
const conflicts: Readonly<Record<string, () => string>> = {
  DELIVERY_IN_FLIGHT: m.deliveries_detail_conflict_in_flight,
  DELIVERY_HELD: m.deliveries_detail_conflict_held,
  DELIVERY_SETTLED: m.deliveries_detail_conflict_settled,
  ENDPOINT_GONE: m.deliveries_detail_conflict_gone,
};

const unreachable = new Set(['NETWORK_ERROR', 'TIMEOUT', 'TOKEN_UNAVAILABLE']);

const inEnglish = (detail: string) => ({ detail, detailLanguage: 'en' }) as const;

/** An error in the reader's language; the server's message, which is in English, explains it. */
export function describeError(error: unknown): ErrorText {
  if (error instanceof SignInError) return { title: m.error_unreachable() };
  if (!isHookgateError(error)) return { title: m.error_unexpected() };
  const { code, status, message, requestId } = error;
  const known = requestId === undefined ? {} : { requestId };
  if (error.cause instanceof SignInError && error.cause.failure === 'refused') return { title: m.error_signed_out() };
  if (unreachable.has(code)) return { title: navigator.onLine ? m.error_unreachable() : m.error_offline() };
  if (status === 401) return { title: m.error_signed_out() };
  if (status === 403) return { title: m.error_forbidden(), ...inEnglish(message), ...known };
  if (status === 404) return { title: m.error_not_found(), ...known };
  const conflict = conflicts[code];
  if (status === 409) return { title: m.error_conflict(), ...(conflict ? { detail: conflict() } : inEnglish(message)) };
  if (status === 413) return { title: m.error_too_large() };
  if (status === 429) return { title: m.error_limited({ seconds: error.retryAfter ?? 60 }) };
  if (status >= 500) return { title: m.error_server(), ...known };
  if (status >= 400) return { title: m.error_refused(), ...inEnglish(message) };
  return { title: m.error_unexpected(), ...known };
}

/** Messages of a validation error by the field that they are about, such as `meta.host`; in the server's words. */
export function fieldErrorsOf(error: unknown): ReadonlyMap<string, string> {
  if (!isHookgateError(error)) return new Map();
  const { fields, contexts } = error.details;
  if (Array.isArray(fields)) return toTexts(fields, 'path', 'message');
  if (error.code === 'mint.validationError' && Array.isArray(contexts)) return toTexts(contexts, 'name', 'value');
  return new Map();
}

const toTexts = (entries: readonly Record<string, unknown>[], path: string, message: string) =>
  new Map(
    entries.flatMap(({ [path]: name, [message]: text }) =>
      typeof name === 'string' && typeof text === 'string' ? [[name, text] as const] : [],
    ),
  );
