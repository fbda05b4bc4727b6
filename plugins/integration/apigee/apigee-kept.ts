import Joi from 'joi';
import { invalidField } from '../../../src/errors.ts';
import { parseExactJson, type RouteRequest } from '../../../src/plugin.ts';
import { withTypes } from './apigee-types.ts';

/**
 * Members that the API family documents and this plugin does not use: stored and returned. Numbers keep their notation, as
 * `parseExactJson` reads them; booleans and numbers that were sent as text are returned as booleans and numbers.
 */
export type Kept = Readonly<Record<string, unknown>>;

// A TEXT column of MySQL and MariaDB holds 65,535 bytes.
export const maxKeptBytes = 60_000;

export type WithKept<Body> = Body & { readonly kept: Kept };

/** Joi fields for the kept members, and their names for a route that takes them verbatim. `withKept` adds them to the body. */
export const keptMembers = (names: readonly string[]) => ({
  names,
  fields: Object.fromEntries(names.map((name) => [name, Joi.any().meta({ maxBytes: maxKeptBytes })])),
  withKept: <Body>({ body, verbatim }: Pick<RouteRequest<unknown, unknown, Body>, 'body' | 'verbatim'>) => {
    const kept = Object.entries(verbatim).map(([name, text]) => [name, withTypes(name, parseExactJson(text))]);
    return { ...body, kept: Object.fromEntries(kept) } as WithKept<Body>;
  },
});

/** Parses kept members that `toStoredJson` has serialised. */
export const fromStoredKept = (text: string): Kept => parseExactJson(text) as Kept;

/** Serialises a value as JSON for a TEXT column. Throws `VALIDATION_ERROR` about `path` when it is too long. */
export function toStoredJson(path: string, value: unknown): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxKeptBytes) throw invalidField(path, `must be at most ${maxKeptBytes} bytes as JSON`);
  return text;
}
