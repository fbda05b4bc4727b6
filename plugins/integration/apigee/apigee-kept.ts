import Joi from 'joi';
import { invalidField } from '../../../src/errors.ts';

/** Members that the API family documents and that nothing here needs, as they came. */
export type Kept = Readonly<Record<string, unknown>>;

// What a TEXT column holds on a server is 65,535 bytes.
const maxBytes = 60_000;

/** Schemas of these members, and how to pick them out of an input. */
export const keptMembers = (names: readonly string[]) => ({
  fields: Object.fromEntries(names.map((name) => [name, Joi.any()])),
  pick: (input: object): Kept => Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name))),
});

/** JSON for a column of text. Throws `VALIDATION_ERROR` about `path` when it does not fit. */
export function toStoredJson(path: string, value: unknown): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) throw invalidField(path, `must be at most ${maxBytes} bytes as JSON`);
  return text;
}
