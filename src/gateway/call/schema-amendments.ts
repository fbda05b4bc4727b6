import type Joi from 'joi';
import {
  type Describe,
  type Described,
  inner,
  isPortable,
  type Json,
  type Reading,
  type Rule,
  type SchemaMode,
} from './described-schema.ts';
import { amendedObject } from './object-amendments.ts';
import { isOpen } from './schema-conditions.ts';

/** The reading inside of a schema. */
export function readingOf(schema: Joi.Schema, outer: Reading): Reading {
  const { stripUnknown, allowUnknown, convert } = inner(schema)._preferences ?? {};
  const strips = stripUnknown ?? allowUnknown;
  return {
    strips: strips === undefined ? outer.strips : strips !== false,
    converts: convert ?? outer.converts,
    isText: outer.isText,
  };
}

/**
 * Corrects Joi's own export of a schema (not of the schemas inside), which knows neither preferences nor dependencies of members nor
 * conditions, and which has a format or a pattern where Joi takes more. A schema's `.meta({ jsonSchema })` comes last; a member that is
 * null there is left out.
 */
export function amended(exported: Json, described: Described, describe: Describe): Json {
  const { schema, reading } = described;
  const byType = (): Json => {
    if (isOpen(schema)) return opened(exported);
    if (schema.type === 'date' && described.mode === 'input') return inputDate(exported, reading);
    if (schema.type === 'object') return amendedObject(exported, described, describe);
    if (schema.type === 'string') return amendedString(exported, described);
    // Generators of clients and linters ask for it.
    if (schema.type === 'array')
      return 'items' in exported || 'prefixItems' in exported ? exported : { ...exported, items: {} };
    const text = texts[schema.type ?? '']?.(schema);
    const isConverted = reading.converts && !reading.isText && described.mode === 'input';
    return isConverted && text !== undefined ? alsoAsText(exported, text) : exported;
  };
  const metas: readonly { jsonSchema?: Json }[] = schema.$_terms.metas ?? [];
  const { _invalids, _valids } = inner(schema);
  const refused = [...(_invalids?._values ?? [])];
  const values = {
    ...(Array.isArray(exported.enum) && _valids?._values.has(null) ? { enum: [...exported.enum, null] } : {}),
    ...(refused.length > 0 ? { not: { enum: refused } } : {}),
  };
  const own = Object.assign({}, ...metas.map(({ jsonSchema }) => jsonSchema)) as Json;
  const typed = isOpen(schema) ? byType() : { ...byType(), ...values };
  const whole = described.mode === 'input' ? alsoEmpty(typed, schema) : typed;
  return Object.fromEntries(Object.entries({ ...whole, ...own }).filter(([, value]) => value !== null));
}

/** Any value, or an object with any values: conditions may allow more than the schema itself. */
function opened({ description, type, properties }: Json): Json {
  const names = Object.keys((properties ?? {}) as Json);
  return {
    ...(description === undefined ? {} : { description }),
    ...(type === 'object' ? { type, properties: Object.fromEntries(names.map((name) => [name, {}])) } : {}),
  };
}

/** Joi takes many more forms of a date than the format `date-time`, and numbers. */
function inputDate({ type: _type, format: _format, anyOf: _types, ...rest }: Json, { isText }: Reading): Json {
  return isText ? { type: 'string', ...rest } : rest;
}

/** A member with a value that counts as none: taken, unless the member is required. */
function alsoEmpty(json: Json, schema: Joi.Schema): Json {
  const empty = schema._flags.empty as Joi.Schema | undefined;
  if (!empty || schema._flags.presence === 'required') return json;
  const isPlain = empty.type === 'any' && empty._flags.only === true;
  const { description, default: preset, ...rest } = json;
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(isPlain ? { anyOf: [rest, { enum: [...(inner(empty)._valids?._values ?? [])] }] } : {}),
  };
}

/** Patterns of the text that is converted, by type. */
const texts: Readonly<Record<string, (schema: Joi.Schema) => string>> = {
  number: () => '^\\s*[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?\\s*$',
  boolean: ({ _flags }) =>
    `^\\s*${_flags.sensitive ? '(?:true|false)' : `(?:${anyCase('true')}|${anyCase('false')})`}\\s*$`,
};

function alsoAsText({ description, default: preset, ...rest }: Json, pattern: string): Json {
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: [rest, { type: 'string', pattern }],
  };
}

/** Formats that every value has which Joi takes; other formats are narrower than Joi, or no formats of JSON Schema. */
function isExact({ name, args = {} }: Rule, mode: SchemaMode): boolean {
  const options = (args.options ?? {}) as Json;
  if (name === 'guid') return mode === 'output' || (options.separator === '-' && options.wrapper === false);
  if (name === 'isoDate') return mode === 'output';
  return name === 'uri' && !options.allowRelative && !options.relativeOnly && !options.encodeUri;
}

function amendedString(exported: Json, { schema, reading, mode }: Described): Json {
  const { pattern: _pattern, allOf: _patterns, format, ...rest } = exported;
  const rules = inner(schema)._rules;
  const patterns = rules.flatMap((rule) => patternsOf(rule, reading));
  const values = rest.enum as readonly string[] | undefined;
  if (values && schema._flags.insensitive && schema._flags.only) {
    delete rest.enum;
    patterns.push({ pattern: `^(?:${values.map(anyCase).join('|')})$` });
  }
  if (rules.some(({ name, args }) => (name === 'min' || name === 'length') && args?.encoding)) delete rest.minLength;
  const isKept = format !== undefined && rules.some((rule) => isExact(rule, mode));
  return {
    ...rest,
    ...(isKept ? { format } : {}),
    ...(patterns.length > 1 ? { allOf: patterns } : patterns[0]),
  };
}

/** As far as patterns in the syntax of ECMAScript with its flag `u` can say it. */
function patternsOf({ name, args = {} }: Rule, { converts }: Reading): Json[] {
  if (name === 'email') return [{ pattern: '^[^\\s@]+@[^\\s@]+$' }];
  if (name === 'trim' && args.enabled && !converts) return [{ pattern: '^\\S(?:[\\s\\S]*\\S)?$' }];
  if (name === 'case' && !converts) return [{ pattern: args.direction === 'lower' ? '^[^A-Z]*$' : '^[^a-z]*$' }];
  if (name !== 'pattern' || !(args.regex instanceof RegExp) || !isPortable(args.regex)) return [];
  const pattern = args.regex.source;
  return [(args.options as { invert?: boolean } | undefined)?.invert ? { not: { pattern } } : { pattern }];
}

/** A pattern of the text in any case. */
const anyCase = (text: string): string =>
  text.replace(/[A-Za-z]|[.*+?^${}()|[\]\\/]/g, (character) =>
    /[A-Za-z]/.test(character) ? `[${character.toUpperCase()}${character.toLowerCase()}]` : `\\${character}`,
  );
