import Joi from 'joi';
import { found } from '../../../src/plugin.ts';
import { doesNotExist } from './apigee-errors.ts';
import { maxKeptBytes } from './apigee-kept.ts';
import { plainText } from './apigee-names.ts';

/** A custom attribute of a developer, a product or another resource. */
export interface Attribute {
  name: string;
  value: string;
}

const maxAttributes = 1000;
const name = plainText(190);
const value = Joi.string().max(maxKeptBytes).allow('');

/** The first attribute of each name: some clients send changed attributes before the ones that they have read. */
const firstOfEachName = (attributes: readonly Attribute[]): Attribute[] =>
  attributes.filter(({ name }, at) => attributes.findIndex((each) => each.name === name) === at);

/** Custom attributes in a body. The first of several with one name counts. */
export const attributesInput = Joi.array()
  .items(Joi.object({ name: name.required(), value: value.required() }).meta({ schemaName: 'AttributeInput' }))
  .max(maxAttributes)
  .custom(firstOfEachName);

/** The value of the attribute that the path names. */
export const attributeValueInput = Joi.object<{ name?: string; value: string }>({ name, value: value.required() })
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'AttributeValue' });

/** A custom attribute in an answer. */
export const attributeAnswer = Joi.object({
  name: Joi.string().allow('').required(),
  value: Joi.string().allow('').required(),
}).meta({ schemaName: 'Attribute' });

/** The attributes of a stored member, which older versions kept without a look at its shape. */
export const toAttributes = (stored: unknown): Attribute[] =>
  Array.isArray(stored) ? stored.filter(isAttribute).map(({ name, value }) => ({ name, value })) : [];

function isAttribute(entry: unknown): entry is Attribute {
  if (typeof entry !== 'object' || entry === null) return false;
  const { name, value } = entry as Partial<Attribute>;
  return typeof name === 'string' && typeof value === 'string';
}

/** Throws `mint.resourceDoesNotExist`. */
export const attributeIn = (attributes: readonly Attribute[], name: string): Attribute =>
  found(
    attributes.find((each) => each.name === name),
    () => doesNotExist('Attribute', name),
  );

/** The attributes with this one in the place of its name, else at the end. */
export const withAttribute = (attributes: readonly Attribute[], changed: Attribute): Attribute[] =>
  attributes.some(({ name }) => name === changed.name)
    ? attributes.map((each) => (each.name === changed.name ? changed : each))
    : [...attributes, changed];

/** Throws `mint.resourceDoesNotExist`. */
export function withoutAttribute(attributes: readonly Attribute[], name: string): Attribute[] {
  attributeIn(attributes, name);
  return attributes.filter((each) => each.name !== name);
}
