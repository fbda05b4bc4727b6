import type { AnsweredOutcome, Outcome } from '../model/outcome.ts';
import { type Redact, redactionOf } from './redaction.ts';

const maxHeaderBytes = 8 * 1024;
/** Longest JSON form of a character. */
const mostBytes = 6;
const maxBodyBytes = 16 * 1024;
/** C0, DEL and C1: a terminal might act on them. */
const controls = /[\0-\x1f\x7f-\x9f]/;

/**
 * Cleans an answer for the record: replaces control characters (except tabs and line ends of the body), redacts the
 * endpoint's credentials, and cuts to the size of the columns. Cutting comes last, since replacements can be longer.
 */
export function cleanAnswer(outcome: Outcome, confidential: readonly string[]): Outcome {
  if (outcome.kind !== 'answered') return outcome;
  const redact = redactionOf(confidential);
  if (isKeptAsItIs(outcome, redact)) return outcome;
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

/** Fast path: nearly all answers are short and clean, which one pass over the joined text finds out. */
function isKeptAsItIs({ headers, body, truncated }: AnsweredOutcome, redact: Redact): boolean {
  let all = '';
  for (const name in headers) all += `${name} ${headers[name]} `;
  all += body;
  return all.length * mostBytes <= maxHeaderBytes && !controls.test(all) && redact(all, truncated) === all;
}

/** Keeps only the status of an answer. */
export const withoutContent = (outcome: Outcome): Outcome =>
  outcome.kind === 'answered' ? { ...outcome, headers: {}, body: '', truncated: true } : outcome;

function withoutControls(text: string, mayHaveLines = false): string {
  if (!controls.test(text)) return text;
  return text.replace(/\p{Cc}/gu, (control) =>
    mayHaveLines && (control === '\n' || control === '\t') ? control : '\ufffd',
  );
}

/** The first headers, as many as fit into the record. */
function fitting(headers: readonly (readonly [string, string])[]): typeof headers {
  const characters = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 6, 0);
  if (characters * mostBytes <= maxHeaderBytes) return headers;
  let bytes = 0;
  const tooMany = headers.findIndex((header) => {
    bytes += Buffer.byteLength(JSON.stringify(header));
    return bytes > maxHeaderBytes;
  });
  return tooMany === -1 ? headers : headers.slice(0, tooMany);
}

/** The beginning of a text, at most this many bytes of UTF-8, cut between characters. */
function cut(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.toString('utf8', 0, end);
}
