import Joi from 'joi';
import { invalidField } from '../../../src/errors.ts';

/** Members that the API family documents and this plugin does not use: stored and returned unchanged. */
export type Kept = Readonly<Record<string, unknown>>;

// A TEXT column of MySQL and MariaDB holds 65,535 bytes.
const maxBytes = 60_000;

/** Joi fields for the kept members, and a function that picks them out of an input. */
export const keptMembers = (names: readonly string[]) => ({
  fields: Object.fromEntries(names.map((name) => [name, Joi.any()])),
  pick: (input: object): Kept => Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name))),
});

/** Serialises a value as JSON for a TEXT column. Throws `VALIDATION_ERROR` about `path` when it is too long. */
export function toStoredJson(path: string, value: unknown): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) throw invalidField(path, `must be at most ${maxBytes} bytes as JSON`);
  return text;
}
