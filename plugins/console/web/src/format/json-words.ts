import * as m from '../texts/messages.js';
import { type ReadObject, readObject } from './json-text.ts';

/** The problem of a text that is no JSON object, in words; undefined: it is one. */
export function objectProblem(text: string): string | undefined {
  const read: ReadObject = readObject(text);
  if ('value' in read) return undefined;
  if (read.problem === 'no-object') return m.json_no_object();
  return read.place ? m.json_syntax_at({ line: read.place.line, column: read.place.column }) : m.json_syntax();
}
