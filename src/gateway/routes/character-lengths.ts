import type Joi from 'joi';
import { exchangeInner } from '../call/json-schema.ts';
import { oncePer } from '../call/once-per.ts';

interface Rule {
  readonly name: string;
  readonly operator: '<=' | '>=' | '=';
  readonly args: { readonly limit: unknown };
}

interface Helpers {
  error(code: string, local: object): unknown;
}

interface Length {
  validate(text: string, helpers: Helpers, args: { limit: number; encoding?: string }, rule: Rule): unknown;
}

/** The part of a Joi type that its schemas share. */
interface Prototype {
  _definition: { readonly rules: Readonly<Record<string, unknown>> & { readonly length?: Length } };
}

const holds: Readonly<Record<Rule['operator'], (length: number, limit: number) => boolean>> = {
  '<=': (length, limit) => length <= limit,
  '>=': (length, limit) => length >= limit,
  '=': (length, limit) => length === limit,
};

/**
 * A schema whose texts are measured in characters, as JSON Schema and the document do: Joi counts the UTF-16 units, two for an emoji.
 */
export const countingCharacters: (schema: Joi.Schema) => Joi.Schema = oncePer((schema) => {
  const inner = exchangeInner(schema, countingCharacters);
  return schema.type === 'string' ? withPrototype(inner) : inner;
});

/** A copy of the schema with a prototype that its own copies, which Joi makes for conditions, have as well. */
function withPrototype(schema: Joi.Schema): Joi.Schema {
  const plain = Object.getPrototypeOf(schema) as Prototype;
  const { length } = plain._definition.rules;
  if (!length) return schema;
  const counting = Object.create(plain) as Prototype;
  counting._definition = { ...plain._definition, rules: { ...plain._definition.rules, length: inCharacters(length) } };
  return (schema as unknown as { _assign(target: object): Joi.Schema })._assign(Object.create(counting));
}

const inCharacters = (plain: Length): Length => ({
  ...plain,
  validate(text, helpers, args, rule) {
    // Only these texts have fewer characters than units.
    if (args.encoding || !/[\ud800-\udbff]/.test(text)) return plain.validate(text, helpers, args, rule);
    const isFine = holds[rule.operator]([...text].length, args.limit);
    return isFine ? text : helpers.error(`string.${rule.name}`, { limit: rule.args.limit, value: text });
  },
});
