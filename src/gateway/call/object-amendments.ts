import type Joi from 'joi';
import { childrenOf, type Describe, type Described, isPortable, type Json, type Member } from './described-schema.ts';
import { conditions, present } from './schema-conditions.ts';

export function amendedObject(exported: Json, described: Described, describe: Describe): Json {
  const { additionalProperties: exact, patternProperties: _patterns, required, ...rest } = exported;
  // Whether a member with a condition is required is said by its condition.
  const conditional = new Set(
    childrenOf(described.schema).flatMap((child) => (child.schema.$_terms.whens ? child.key : [])),
  );
  const renames = described.mode === 'input' ? renamesOf(described.schema) : [];
  const isCertain = ({ path: [name = '', ...more] }: Member): boolean =>
    more.length === 0 && renames.length === 0 && (described.mode === 'output' || !canBeEmpty(described.schema, name));
  const always = ((required ?? []) as string[]).filter(
    (name) => !conditional.has(name) && renames.every(({ to }) => typeof to === 'string' && to !== name),
  );
  const parts = [...dependencies(described.schema, isCertain), ...conditions(described.schema, describe, isCertain)];
  const needed = always.length > 0 ? { required: always } : {};
  const others = renames.length > 0 ? { additionalProperties: true } : othersOf(exact, described);
  return {
    ...rest,
    ...needed,
    ...others,
    ...patternedMembers(described, describe),
    ...(parts.length > 1 ? { allOf: parts } : parts[0]),
  };
}

/** A member may have another name before the validation: `to` is its name afterwards, or a template. */
const renamesOf = (schema: Joi.Schema): readonly { readonly to: unknown }[] => schema.$_terms.renames ?? [];

const canBeEmpty = (schema: Joi.Schema, name: string): boolean =>
  childrenOf(schema).some((child) => child.key === name && child.schema._flags.empty !== undefined);

interface Pattern {
  readonly regex?: RegExp;
  readonly schema?: Joi.Schema;
  readonly rule: Joi.Schema;
}

/** Members that a pattern names. Joi asks for the patterns of the members that the object does not name, one after the other. */
function patternedMembers({ schema, reading, mode }: Described, describe: Describe): Json {
  const [first, ...more] = (schema.$_terms.patterns ?? []) as readonly Pattern[];
  if (!first) return {};
  const names = childrenOf(schema).map(({ key }) => key);
  const { regex, schema: key } = first;
  const takesOthers =
    schema._flags.unknown === true || (mode === 'input' && (reading.strips || renamesOf(schema).length > 0));
  if (regex && more.length === 0 && isPortable(regex) && !names.some((name) => regex.test(name)))
    return { patternProperties: { [regex.source]: describe(first.rule) } };
  if (takesOthers && key?.type !== 'any') return { additionalProperties: true };
  const rules = [first, ...more].map(({ rule }) => describe(rule));
  const isNamed = mode === 'input' && more.length === 0 && key?.type === 'string';
  return {
    additionalProperties: rules.length > 1 ? { anyOf: rules } : rules[0],
    ...(isNamed
      ? { propertyNames: names.length > 0 ? { anyOf: [{ enum: names }, describe(key)] } : describe(key) }
      : {}),
  };
}

/** Members that an object does not name: refused, or any, or left open, because a request's are ignored and a response may get new ones. */
function othersOf(exact: unknown, { schema, reading, mode }: Described): Json {
  if (typeof exact === 'object') return { additionalProperties: exact };
  if (schema._flags.unknown === true || exact === undefined) return { additionalProperties: true };
  return mode === 'input' && !reading.strips ? { additionalProperties: exact } : {};
}

interface Dependency {
  readonly rel: string;
  readonly key?: (Member & { readonly key?: string }) | null;
  readonly peers: readonly (Member & { readonly key: string })[];
}

/** `and`, `or`, `xor` and the like of an object, one schema each. */
function dependencies(schema: Joi.Schema, isCertain: (member: Member) => boolean): Json[] {
  const list = (schema.$_terms.dependencies ?? []) as readonly Dependency[];
  return list.flatMap(({ rel, key, peers }) => {
    if (![...peers, ...(key ? [key] : [])].every(isCertain)) return [];
    const names = peers.map((peer) => peer.key);
    const each = names.map((name) => present([name]));
    const pairs = each.flatMap((one, index) => each.slice(index + 1).map((other) => ({ allOf: [one, other] })));
    const others = (name: string): string[] => names.filter((other) => other !== name);
    const own = key?.key ?? '';
    const schemas: Readonly<Record<string, Json>> = {
      and: { dependentRequired: Object.fromEntries(names.map((name) => [name, others(name)])) },
      or: { anyOf: each },
      xor: { oneOf: each },
      oxor: { not: { anyOf: pairs } },
      nand: { not: present(names) },
      with: { dependentRequired: { [own]: names } },
      without: { dependentSchemas: { [own]: { not: { anyOf: each } } } },
    };
    const json = schemas[rel];
    return json ? [json] : [];
  });
}
