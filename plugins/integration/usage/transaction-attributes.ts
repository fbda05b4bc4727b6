import Joi from 'joi';
import { type FieldProblem, validationError } from '../../../src/errors.ts';
import { attributeName, customAttributes, maxQuantity, parseQuantity, quantityScale } from './quantity.ts';
import type { Attributes } from './usage.ts';

const numbers = Array.from({ length: customAttributes }, (_, index) => index + 1);

/** The members that a route takes verbatim: a number in them is not rounded. */
export const attributeNames = numbers.map(attributeName);

const jsonSchema = {
  anyOf: [
    { type: 'number', minimum: 0, maximum: maxQuantity },
    { type: 'string', pattern: '^\\s*\\d{1,13}(?:\\.\\d{1,4})?(?:[eE][+-]?\\d{1,4})?\\s*$' },
    { type: 'null' },
  ],
};

/** `attributesOf` checks the values, of which these fields have a rounded copy. */
export const attributeFields = Object.fromEntries(
  attributeNames.map((name) => [
    name,
    Joi.any()
      .meta({ jsonSchema, maxBytes: 1000 })
      .description(
        'Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one.',
      ),
  ]),
);

/**
 * The custom attributes among the members of a transaction, which come as JSON text. Throws `VALIDATION_ERROR` about values
 * that `parseQuantity` refuses, and about a value whose product with `batchSize` is above the bound of a single transaction.
 */
export function attributesOf(members: Readonly<Record<string, string>>, batchSize: number): Attributes {
  const problems: FieldProblem[] = [];
  const attributes: Partial<Record<number, bigint>> = {};
  for (const number of numbers) {
    const path = attributeName(number);
    const text = members[path];
    if (text === undefined || text === 'null') continue;
    const quantity = parseQuantity(text.startsWith('"') ? String(JSON.parse(text)).trim() : text);
    if (typeof quantity === 'string') problems.push({ path, message: `${path} ${quantity}`, in: 'body' });
    else if (quantity * BigInt(batchSize) > BigInt(maxQuantity) * quantityScale)
      problems.push({ path, message: `${path} times batchSize must be at most ${maxQuantity}`, in: 'body' });
    else attributes[number] = quantity;
  }
  if (problems.length > 0) throw validationError(problems);
  return attributes;
}
