import Joi from 'joi';

/** A schema of the gateway's Joi, or of a Joi that a plugin brings: the members that both versions have, as far as the gateway uses them. */
export type Schema = Pick<Joi.AnySchema, 'describe' | 'validate'>;

/** A schema for objects. `Value`: the validated object. */
export type ObjectSchema<Value = unknown> = Pick<Joi.ObjectSchema<Value>, 'describe' | 'validate'>;

/** Versions of Joi whose schemas plugins may bring: each was tried with every use that the gateway makes of schemas. */
const triedVersions = /^1[78]\./;

/** All versions of Joi mark their schemas with it. */
const mark = Symbol.for('@hapi/joi/schema');

function versionOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !(mark in value)) return undefined;
  const { version } = (value[mark] ?? {}) as { version?: unknown };
  return typeof version === 'string' && /^[\w.+-]{1,32}$/.test(version) ? version : 'of an unknown version';
}

/** The reason why `value` is no schema that the gateway can use, to be put after the name of its place; undefined: it can. */
export function schemaProblem(value: unknown): string | undefined {
  const version = versionOf(value);
  if (version === undefined) return 'must be a Joi schema';
  if (triedVersions.test(version)) return undefined;
  return `is a schema of Joi ${version}, and this gateway works with Joi 17 and 18 (its own, Joi of "hookgate/plugin", is ${Joi.version})`;
}

/**
 * The schema itself, or, of another version of Joi, an equal one of the gateway's Joi, for the documentation. Validation always asks the
 * plugin's own schema. Types and rules of an extension of that Joi are unknown here: their values are described as any value.
 */
export const toOwnSchema = (schema: Schema): Joi.Schema =>
  versionOf(schema) === Joi.version ? (schema as Joi.Schema) : rebuild(schema.describe());

function rebuild(description: Joi.Description): Joi.Schema {
  try {
    return Joi.build(description);
  } catch {
    const { keys, flags } = description as { keys?: Record<string, Joi.Description>; flags?: { presence?: string } };
    const children = Object.entries(keys ?? {}).map(([name, child]) => [name, rebuild(child)] as const);
    const schema = keys ? Joi.object(Object.fromEntries(children)) : Joi.any();
    return flags?.presence === 'required' ? schema.required() : schema;
  }
}
