import Joi from 'joi';
import { type Schema, toOwnSchema } from '../../joi-schema.ts';
import type { Described, Reading, SchemaMode } from './described-schema.ts';
import { oncePer } from './once-per.ts';
import { amended, readingOf } from './schema-amendments.ts';
import { withoutWhens } from './schema-conditions.ts';

export type { SchemaMode } from './described-schema.ts';

type Json = Record<string, unknown>;

/** Gives a named schema its place in a document. */
export type PlaceSchema = (name: string, schema: Json, mode: SchemaMode) => SchemaReference;

/** Leads to a named schema. `description`: of this use of it, where it differs. */
export interface SchemaReference {
  readonly $ref: string;
  readonly description?: string;
}

/** Joi's own export of a schema, in JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function toJsonSchema(schema: Schema, mode: SchemaMode): Json {
  const standard = (
    toOwnSchema(schema) as unknown as { '~standard': { jsonSchema: Record<SchemaMode, (options: Json) => Json> } }
  )['~standard'];
  return standard.jsonSchema[mode]({ target: 'draft-2020-12' });
}

/** Members of JSON as they are. */
const typed: Reading = { strips: false, converts: false, isText: false };
/** Values of a path or a query. */
export const textual: Reading = { strips: false, converts: true, isText: true };

/**
 * A schema as the gateway applies it: `toJsonSchema` with corrections, and with a reference for each schema that has a name:
 * `.meta({ schemaName: 'Note' })`.
 */
export const toNamedJsonSchema = (
  schema: Schema,
  mode: SchemaMode,
  place: PlaceSchema,
  reading: Reading = typed,
): Json => placeIn(convertedSchema(schema, mode, reading), place) as Json;

/** In converted schemas, the place of the reference to a schema that has a name. */
class NamedSchema {
  readonly name: string;
  readonly json: Json;
  readonly mode: SchemaMode;
  readonly isNullable: boolean;

  constructor(name: string, mode: SchemaMode, { isNullable, json }: { isNullable: boolean; json: Json }) {
    this.name = name;
    this.json = json;
    this.mode = mode;
    this.isNullable = isNullable;
  }
}

/** A conversion takes a millisecond, and depends on nothing but the schema and how its values are read. */
const conversionsOf = oncePer((_schema: Schema) => new Map<string, Json>());

/** Like `toNamedJsonSchema`, before the named schemas get their places. Shared: not to be changed. */
export function convertedSchema(schema: Schema, mode: SchemaMode, reading: Reading = typed): Readonly<Json> {
  const known = conversionsOf(schema);
  const key = [mode, reading.strips, reading.converts, reading.isText].join();
  const json = known.get(key) ?? convert({ schema: toOwnSchema(schema), mode, reading });
  known.set(key, json);
  return json;
}

function convert(described: Described): Json {
  const name = nameOf(described.schema);
  if (name === undefined) return toTrueSchema(described);
  // The stand-in has the default of this use.
  const { default: _preset, ...whole } = toTrueSchema(described);
  return { $ref: new NamedSchema(name, described.mode, withoutNull(whole)) };
}

/** A copy of a converted schema, with its named schemas in their places. */
function placeIn(node: unknown, place: PlaceSchema): unknown {
  if (Array.isArray(node)) return node.map((each) => placeIn(each, place));
  if (typeof node !== 'object' || node === null || Object.getPrototypeOf(node) !== Object.prototype) return node;
  const { $ref: named, ...own } = node as Json;
  if (!(named instanceof NamedSchema)) return mapped(node as Json, (value) => placeIn(value, place));
  const { $ref, ...about } = place(named.name, placeIn(named.json, place) as Json, named.mode);
  const reference = named.isNullable ? { anyOf: [{ $ref }, { type: 'null' }] } : { $ref };
  return { ...reference, ...about, ...mapped(own, (value) => placeIn(value, place)) };
}

const mapped = (json: Json, map: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(json).map(([key, value]) => [key, map(value)]));

/**
 * Joi's export knows neither names nor the preferences around a schema. So every inner schema carries its index through the export, in its
 * description, and is corrected afterwards. A stand-in takes the place of each named schema, and then a reference.
 */
function toTrueSchema({ schema, mode, reading }: Described): Json {
  const known: Described[] = [];
  const each = (inner: Joi.Schema, outer: Reading): Joi.Schema => {
    const described = { schema: inner, reading: readingOf(inner, outer), mode };
    const label = `${mark}${known.push(described) - 1}`;
    if (inner !== schema && nameOf(inner) !== undefined) return standIn(inner, label);
    return withoutWhens(exchangeInner(inner, (next) => each(next, described.reading))).description(label);
  };
  const describe = (inner: Described, json: Json): Json => {
    if (inner.schema !== schema && nameOf(inner.schema) !== undefined)
      return { ...convertedSchema(inner.schema, mode, inner.reading), ...json };
    const { description } = inner.schema._flags;
    // Joi refers to a place in its own export, which has another place in the document: described as any value.
    const own = inner.schema.type === 'link' ? {} : json;
    const whole = description === undefined ? own : { ...own, description };
    return amended(whole, inner, (other) => convertedSchema(other, mode, inner.reading));
  };
  // Joi repeats the schemas that have an id, for its own references.
  const { $defs: _repeated, ...exported } = toJsonSchema(each(schema, reading), mode);
  return putIn(exported, (index, json) => describe(known[index] as Described, json));
}

const pascalCase = /^[A-Z][A-Za-z0-9]*$/;

/** The last name counts: a schema that was made from another one, as by `keys`, has the names of that one too. */
function nameOf(schema: Joi.Schema): string | undefined {
  const metas: { schemaName?: unknown }[] = schema.$_terms.metas ?? [];
  const name = metas.findLast(({ schemaName }) => schemaName !== undefined)?.schemaName;
  if (name === undefined || (typeof name === 'string' && pascalCase.test(name))) return name;
  throw new Error(`the schemaName ${JSON.stringify(name)} is not in PascalCase, such as RatePlan`);
}

/** A copy of the schema with its inner schemas exchanged. Joi's own types take the option `each` for a boolean. */
export function exchangeInner(schema: Joi.Schema, each: (inner: Joi.Schema) => Joi.Schema): Joi.Schema {
  const exchanged = schema.$_modify({ each, ref: false } as unknown as Joi.ModifyOptions);
  return exchanged === schema ? schema : exchanged.$_mutateRebuild();
}

const mark = '\u0000';

/** A schema without rules that is required, and has a default, where the given one is and has. */
function standIn({ _flags: { presence, default: preset } }: Joi.Schema, label: string): Joi.Schema {
  const any = Joi.any().description(label);
  const present = presence === 'required' ? any.required() : any;
  return preset === undefined ? present : present.default(preset);
}

type Complete = (index: number, json: Json) => Json;

function putIn(node: Json, complete: Complete): Json {
  const { description } = node;
  const label = typeof description === 'string' && description.startsWith(mark) ? description : undefined;
  const entries = Object.entries(node).filter(([, value]) => label === undefined || value !== label);
  const json = Object.fromEntries(entries.map(([key, value]) => [key, putInValue(value, complete)]));
  return label === undefined ? json : complete(Number(label.slice(mark.length)), json);
}

function putInValue(value: unknown, complete: Complete): unknown {
  if (Array.isArray(value)) return value.map((each) => putInValue(each, complete));
  return typeof value === 'object' && value !== null ? putIn(value as Json, complete) : value;
}

/** The schema without the `null` that Joi's `allow(null)` has added to it: the same schema is also used without. */
function withoutNull(json: Json): { isNullable: boolean; json: Json } {
  const { type, anyOf, ...rest } = json;
  if (Array.isArray(type) && type.length === 2 && type[1] === 'null') {
    const values = Array.isArray(rest.enum) ? { enum: rest.enum.filter((value) => value !== null) } : {};
    return { isNullable: true, json: { type: type[0], ...(anyOf === undefined ? {} : { anyOf }), ...rest, ...values } };
  }
  if (!Array.isArray(anyOf) || anyOf[0]?.type !== 'null') return { isNullable: false, json };
  const [, ...others] = anyOf as Json[];
  const isAlone = others.length === 1 && Object.keys(rest).length === 0;
  return { isNullable: true, json: isAlone ? (others[0] as Json) : { ...rest, anyOf: others } };
}
