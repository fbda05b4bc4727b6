import Joi from 'joi';
import { matchingText } from '../text-schemas.ts';

// Refused in names: spaces at either end, because MySQL and MariaDB ignore trailing spaces in comparisons; slashes and
// the names `.` and `..`, because names appear in paths.
const name = /^[^\s/\\\x00-\x1f\x7f-\x9f](?:[^/\\\x00-\x1f\x7f-\x9f]*[^\s/\\\x00-\x1f\x7f-\x9f])?$/u;
const pathSegments = ['.', '..'];

/** A name that identifies a resource, also in a path. */
export const nameText = (maxLength: number): Joi.StringSchema =>
  matchingText(
    name,
    'must not contain slashes or control characters, or begin or end with a space',
    (text) => !pathSegments.includes(text),
  )
    .max(maxLength)
    .meta({ jsonSchema: { not: { enum: pathSegments } } });

/** Such a name, or an empty text for none. */
export const nameOrEmpty = (maxLength: number): Joi.StringSchema =>
  nameText(maxLength)
    .allow('')
    .meta({ jsonSchema: { pattern: `^(?:|${name.source.slice(1, -1)})$` } });

/** Display text on a single line. */
export const plainText = (maxLength: number): Joi.StringSchema =>
  matchingText(/^[^\x00-\x1f\x7f-\x9f]*$/u, 'must not contain control characters').max(maxLength);

/** Display text that may have several lines. */
export const longText = (maxLength: number): Joi.StringSchema =>
  matchingText(/^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$/u, 'must not contain control characters').max(maxLength);

// Joi's own `lowercase` depends on the locale of the machine.
const inLowerCase = (text: string): string => text.toLowerCase();

/** Checks the length in lower case, in which `İ` has two characters, and returns `converted(text)`. */
const fittingInLowerCase =
  (maxLength: number, converted: (text: string) => string): Joi.CustomValidator<string> =>
  (text, helpers) =>
    [...inLowerCase(text)].length <= maxLength
      ? converted(text)
      : helpers.message({ custom: `{{#label}} must have at most ${maxLength} characters in lower case` });

const maxEmail = 190;

/** An e-mail address, converted to lower case. */
export const emailText = nameText(maxEmail)
  .email({ tlds: false })
  .custom(fittingInLowerCase(maxEmail, inLowerCase))
  .meta({
    jsonSchema: { pattern: '^[^\\s@/\\\\\\x00-\\x1f\\x7f-\\x9f]+@[^\\s@/\\\\\\x00-\\x1f\\x7f-\\x9f]+$', not: null },
  })
  .description('Converted to lower case.');

/** The e-mail address or the id of a developer in a body, converted to lower case. */
export const developerReference = Joi.alternatives(
  emailText,
  Joi.string().guid({ separator: '-', wrapper: false }).custom(inLowerCase),
).messages({ 'alternatives.match': '{{#label}} must be an e-mail address or the id of a developer' });

/** A name that is kept as it is, and in lower case is a part of an id. */
export const idPartText = (maxLength: number): Joi.StringSchema =>
  nameText(maxLength).custom(fittingInLowerCase(maxLength, (text) => text));

/** As long as the head of a request may be: an unknown id of any length in a path is answered with 404. */
const maxId = 16 * 1024;

/** An e-mail address in a path. Its syntax is not checked: an impossible address is answered with 404. */
export const emailParam = Joi.string().max(maxId).custom(inLowerCase).required();

/** A UUID in a path: converted to lower case, its syntax not checked. */
export const uuidParam = emailParam;

/** An id in a path; it may not exist. */
export const idParam = Joi.string().max(maxId).required();

/** A reference `{"id"}` to another resource. Its other members are ignored. */
export const reference = (id: Joi.Schema = Joi.string().max(maxId)): Joi.ObjectSchema<{ id: string }> =>
  Joi.object({ id: id.required() });

/** Accepts a number or boolean as JSON or as text: clients of this API family send both. */
export const loose = <Schema extends Joi.Schema>(schema: Schema): Schema => schema.prefs({ convert: true }) as Schema;

export const organizationParams = Joi.object<{ org_name: string }>({ org_name: idParam });

export const packageIdOf = (name: string): string => name.toLowerCase();

export const planIdOf = (packageId: string, name: string): string =>
  `${packageId}_${name}`.toLowerCase().replaceAll(' ', '_');
