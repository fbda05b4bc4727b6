import Joi from 'joi';

/**
 * Text of a pattern, which the documentation shows: without look-around, and with ranges of characters that the regular expressions of
 * other languages have too. `problem`: end of the message about other text. `accepts`: a check beyond the pattern.
 */
export const matchingText = (
  pattern: RegExp,
  problem: string,
  accepts: (text: string) => boolean = () => true,
): Joi.StringSchema =>
  Joi.string()
    .custom((text: string, helpers) => {
      if (!text.isWellFormed())
        return helpers.message({ custom: '{{#label}} must not contain half of a surrogate pair' });
      return pattern.test(text) && accepts(text) ? text : helpers.message({ custom: `{{#label}} ${problem}` });
    })
    .meta({ jsonSchema: { pattern: pattern.source } });
