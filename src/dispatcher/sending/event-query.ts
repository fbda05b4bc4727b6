import { parseExactJson } from '../../exact-json.ts';

/** Methods that carry an event in the query. */
export const withoutBody: ReadonlySet<string> = new Set(['GET', 'DELETE']);
/** Longest query of a request. */
const maxBytes = 8 * 1024;

/** The reason why a query cannot carry an event; `field`: the member of `data` at fault, or undefined for the whole. */
export interface QueryProblem {
  readonly field: string | undefined;
  readonly problem: string;
}

type Fields = readonly (readonly [name: string, value: string])[];

/**
 * An event as query fields: its own members, then each member of `data` under its name; numbers as they are written, objects
 * as JSON text.
 */
export function queryOf(payload: string): [string, string][] {
  const { data = {}, ...event } = parseExactJson(payload) as Record<string, unknown>;
  const fields = [...Object.entries(event), ...Object.entries(data as Record<string, unknown>)];
  return fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

/** Appends the fields as text: `searchParams` would re-encode the path's own query. */
export function pathWith(path: string, fields: Fields): string {
  const query = String(new URLSearchParams(fields.map(([name, value]) => [name, value])));
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/** Why the fields do not fit into a query behind the path's own; undefined if they do. */
export function queryProblemOf(fields: Fields, path: string): QueryProblem | undefined {
  const { searchParams } = new URL(path, 'http://path.invalid');
  const seen = new Set(searchParams.keys());
  for (const [field, value] of fields) {
    if (seen.has(field))
      return {
        field,
        problem: 'duplicates a parameter of the query string in which a GET or DELETE carries the event',
      };
    if (!field.isWellFormed() || !value.isWellFormed())
      return { field, problem: 'has half of a surrogate pair, which a GET or DELETE cannot carry' };
    seen.add(field);
  }
  for (const [name, value] of fields) searchParams.append(name, value);
  const size = Buffer.byteLength(searchParams.toString());
  if (size <= maxBytes) return undefined;
  return {
    field: undefined,
    problem: `results in a query of ${size} bytes; a GET or DELETE carries at most ${maxBytes}`,
  };
}
