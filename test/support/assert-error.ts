import assert from 'node:assert/strict';
import { type ErrorCode, errorCatalogue } from '../../src/errors.ts';
import type { ParsedJson } from '../../src/testing/index.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null | undefined };
  readonly body: ParsedJson;
}

/** Asserts the properties of every error answer: status and code, format, request id, no caching. */
export function assertError(answer: ErrorAnswer, code: ErrorCode, note = ''): void {
  const seen = `${note} ${answer.status} ${JSON.stringify(answer.body)}`;
  assert.equal(answer.body?.error?.code, code, seen);
  assert.equal(answer.status, errorCatalogue[code], seen);
  assert.deepEqual(Object.keys(answer.body), ['error'], seen);
  assert.deepEqual(Object.keys(answer.body.error), ['code', 'message', 'details', 'request_id'], seen);
  assert.match(answer.body.error.message, /^[A-Z].*\.$/s, seen);
  assert.equal(answer.headers.get('cache-control'), 'no-store', seen);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json; charset=utf-8$/, seen);
  assert.equal(answer.headers.get('x-request-id'), answer.body.error.request_id, seen);
  assert.doesNotMatch(JSON.stringify(answer.body), /\bat .*\.[jt]s:\d+|node_modules|\b(?:select|insert into) /i, seen);
}

/** Asserts a `VALIDATION_ERROR` that names exactly these fields, in any order. */
export function assertInvalid(answer: ErrorAnswer, fields: readonly string[], note = ''): void {
  assertError(answer, 'VALIDATION_ERROR', note);
  const problems = answer.body.error.details.fields as { path: string; message: string; in: string }[];
  assert.deepEqual(problems.map(({ path }) => path).sort(), [...fields].sort(), JSON.stringify(problems));
  for (const { message } of problems) assert.match(message, /\w/);
}
