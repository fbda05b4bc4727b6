import Joi from 'joi';

// Servers compare text without regard to spaces at its end; a path carries neither slashes nor dots alone.
const unnameable = /[\p{Cc}/\\]|^\s|\s$|^\.{1,2}$/u;

const isName = (text: string): boolean => text.isWellFormed() && !unnameable.test(text);

/** Text by which something is found, in a path as well. */
export const nameText = (maxLength: number): Joi.StringSchema =>
  Joi.string()
    .max(maxLength)
    .custom((text: string, helpers) =>
      isName(text)
        ? text
        : helpers.message({
            custom: '{{#label}} must hold no slashes or control characters, and no spaces at its ends',
          }),
    );

const textWithout = (unwanted: RegExp, maxLength: number): Joi.StringSchema =>
  Joi.string()
    .max(maxLength)
    .custom((text: string, helpers) =>
      text.isWellFormed() && !unwanted.test(text)
        ? text
        : helpers.message({ custom: '{{#label}} must hold no control characters' }),
    );

/** Text for people, on one line. */
export const plainText = (maxLength: number): Joi.StringSchema => textWithout(/\p{Cc}/u, maxLength);

/** Text for people, on any number of lines. */
export const longText = (maxLength: number): Joi.StringSchema => textWithout(/[^\P{Cc}\t\r\n]/u, maxLength);

// Not Joi's own `lowercase`, which goes by the language of the machine.
const inLowerCase = (text: string): string => text.toLowerCase();

/** An e-mail address, in lower case whatever was sent. */
export const emailText = nameText(190)
  .email({ tlds: false })
  .custom(inLowerCase)
  .description('In lower case, whatever was sent.');

/** An e-mail address in a path; one that nobody can have is simply not found. */
export const emailParam = Joi.string().custom(inLowerCase).required();

/** A UUID in a path, in the same way. */
export const uuidParam = emailParam;

/** Whatever names something that may or may not exist. */
export const idParam = Joi.string().required();

/** `{"id"}` of something else. Its other members are ignored. */
export const reference = (id: Joi.Schema = Joi.string()): Joi.ObjectSchema<{ id: string }> =>
  Joi.object({ id: id.required() });

/** A number or a yes-or-no, as JSON has them or as text: clients of that API family send both. */
export const loose = <Schema extends Joi.Schema>(schema: Schema): Schema => schema.prefs({ convert: true }) as Schema;

export const organizationParams = Joi.object<{ org_name: string }>({ org_name: idParam });

export const packageIdOf = (name: string): string => name.toLowerCase();

export const planIdOf = (packageId: string, name: string): string =>
  `${packageId}_${name}`.toLowerCase().replaceAll(' ', '_');
