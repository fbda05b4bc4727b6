import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Response } from 'express';
import { preconditionFailed, validationError } from '../errors.ts';

interface Conditional {
  readonly headers: IncomingHttpHeaders;
}

/** 162 bits of a hash, quoted. */
const tagLength = 27;
/** A list of entity tags as RFC 9110 writes it. Tags may contain commas. */
const tagList = /^(?:\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,|$))+$/;
const eachTag = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/**
 * The strong entity tag of a resource: `representation` is the body of its GET. `unseen` is a part of the state that the body does
 * not show, such as the number of changes of a masked secret; it must not be a secret itself.
 */
export function entityTag(representation: unknown, unseen: string | number = ''): string {
  const text = `${unseen}\n${JSON.stringify(representation)}`;
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, tagLength)}"`;
}

/**
 * Throws `PRECONDITION_FAILED` if the request has an `If-Match` without the current entity tag, and `VALIDATION_ERROR` for a
 * malformed one. To be called in the transaction of the change, when the resource's row is locked.
 */
export function requireMatch({ headers }: Conditional, current: () => string): void {
  const { 'if-match': wanted } = headers;
  if (wanted === undefined || wanted.trim() === '*') return;
  if (!tagList.test(wanted))
    throw validationError([
      { path: 'If-Match', message: 'must be * or a list of entity tags in quotes', in: 'header' },
    ]);
  const tag = current();
  // A weak tag never matches here: its representation may differ.
  const isMatch = [...wanted.matchAll(eachTag)].some(([, weak, each]) => weak === undefined && each === tag);
  if (!isMatch) throw preconditionFailed();
}

/** Answers a GET: 200 with the body and its `ETag`, or 304 if `If-None-Match` has this tag. */
export function sendTagged(req: Conditional, res: Response, body: unknown, tag: string = entityTag(body)): void {
  res.set('ETag', tag);
  if (isKnown(req.headers['if-none-match'], tag)) res.status(304).end();
  else res.json(body);
}

/** Weak tags count: a GET has no effect. A malformed list matches nothing. */
function isKnown(known: string | undefined, tag: string): boolean {
  if (known === undefined) return false;
  return known.trim() === '*' || [...known.matchAll(eachTag)].some(([, , each]) => each === tag);
}
