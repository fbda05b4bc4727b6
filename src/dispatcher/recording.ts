import type { Result } from './delivery.ts';
import type { Outcome } from './outcome.ts';
import type { Decision } from './policy.ts';
import { redactionOf } from './redaction.ts';

export const attemptTable = 'dispatcher_attempts';

export const attemptColumns = [
  'delivery_id',
  'number',
  'started_at',
  'duration_us',
  'phases',
  'status',
  'error',
  'decision',
  'response_headers',
  'response_body',
  'truncated',
] as const;

const maxHeaderBytes = 8 * 1024;
const maxBodyBytes = 16 * 1024;
/** The column's; only with deadlines of over half an hour could an attempt last longer. */
const maxDurationMicros = 2 ** 31 - 1;

/** The row of an attempt, in the order of `attemptColumns`. */
export function attemptRow({ claimed, startedAt, outcome, decision }: Result): unknown[] {
  const answer = outcome.kind === 'answered' ? outcome : undefined;
  const { total, ...phases } = outcome.phases ?? { total: 0 };
  return [
    claimed.id,
    claimed.attemptCount + 1,
    startedAt,
    outcome.phases ? Math.min(total, maxDurationMicros) : null,
    outcome.phases ? JSON.stringify(phases) : null,
    answer?.status ?? null,
    errorOf(outcome, decision),
    decision.words,
    answer ? JSON.stringify(answer.headers) : null,
    answer ? answer.body : null,
    answer?.truncated ? 1 : 0,
  ];
}

function errorOf(outcome: Outcome, { state }: Decision): string | null {
  if ('error' in outcome) return outcome.error;
  if (outcome.kind === 'unknown') return state === 'failed' ? 'crash_loop' : 'outcome_unknown';
  return outcome.kind === 'gone' ? 'endpoint_gone' : null;
}

/**
 * An answer as it may be kept: without control characters but tabs and line ends of the body, without the endpoint's own
 * credentials if it sends them back, and no larger than its columns. Taking out can also make longer, so it is measured last.
 */
export function sanitise(outcome: Outcome, confidential: readonly string[]): Outcome {
  if (outcome.kind !== 'answered') return outcome;
  const redact = redactionOf(confidential);
  const headers = Object.entries(outcome.headers).map(
    ([name, value]) => [withoutControls(redact(name)), withoutControls(redact(value))] as const,
  );
  const body = withoutControls(redact(outcome.body, outcome.truncated).replaceAll('\r\n', '\n'), true);
  const kept = cut(body, maxBodyBytes);
  const keptHeaders = fitting(headers);
  return {
    ...outcome,
    headers: Object.fromEntries(keptHeaders),
    body: kept,
    truncated: outcome.truncated || kept !== body || keptHeaders.length < headers.length,
  };
}

/** An answer of which only the status is kept. */
export const withoutContent = (outcome: Outcome): Outcome =>
  outcome.kind === 'answered' ? { ...outcome, headers: {}, body: '', truncated: true } : outcome;

/** C0, DEL and C1: what a terminal might act on. */
function withoutControls(text: string, mayHaveLines = false): string {
  // Nearly always there are none, and this finds that out sooner.
  if (!/[\0-\x1f\x7f-\x9f]/.test(text)) return text;
  return text.replace(/\p{Cc}/gu, (control) =>
    mayHaveLines && (control === '\n' || control === '\t') ? control : '\ufffd',
  );
}

/** The first headers, as many as the record has room for. */
function fitting(headers: readonly (readonly [string, string])[]): typeof headers {
  // Written as JSON, nothing takes more than six bytes a character.
  const characters = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 6, 0);
  if (characters * 6 <= maxHeaderBytes) return headers;
  let bytes = 0;
  const tooMany = headers.findIndex((header) => {
    bytes += Buffer.byteLength(JSON.stringify(header));
    return bytes > maxHeaderBytes;
  });
  return tooMany === -1 ? headers : headers.slice(0, tooMany);
}

/** The beginning of a text, at most this many bytes of UTF-8, and no half characters. */
function cut(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.toString('utf8', 0, end);
}
