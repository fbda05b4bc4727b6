import Joi from 'joi';
import { StartError } from '../../../src/errors.ts';
import { uuid } from '../../../src/plugin.ts';
import { statuses, time, toMicros } from '../deliveries/delivery-schemas.ts';
import { matchingText } from '../text-schemas.ts';

const secondsOf = { s: 1, m: 60, h: 3600, d: 24 * 3600, w: 7 * 24 * 3600 } as const;
const duration = /^([1-9]\d{0,5})([smhdw])$/;

const organization = matchingText(
  /^[^\u0000-\u001f\u007f]+$/,
  'must be the name of an organization',
  (name) => name !== '*' && name.trim() === name,
).max(100);

/** Schemas of options that several commands have; options are texts. */
export const optionSchemas = {
  org: organization,
  endpoint: uuid,
  status: Joi.valid(...statuses),
  since: Joi.alternatives(Joi.string().pattern(duration), time).messages({
    'alternatives.match': '{{#label}} must be a duration such as 30m, 1h or 7d, an RFC 3339 time, or a date',
  }),
  limit: Joi.string()
    .pattern(/^(?:[1-9]\d{0,2}|1000)$/)
    .messages({ 'string.pattern.base': '{{#label}} must be a number from 1 to 1000' }),
  json: Joi.boolean().default(false),
};

/** Checks options. Throws `StartError` with a line for each wrong one. */
export function checkOptions<Options>(schema: Joi.ObjectSchema<Options>, values: unknown): Options {
  const { value, error } = schema.validate(values, { abortEarly: false, errors: { wrap: { label: false } } });
  if (error) throw new StartError(error.details.map(({ message }) => `--${message}`).join('\n'));
  return value as Options;
}

/** Microseconds since 1970 of `--since`: a duration before `now`, or a time. */
export function sinceMicros(text: string | undefined, now: number): number | undefined {
  const [, amount, unit] = duration.exec(text ?? '') ?? [];
  if (amount === undefined) return toMicros(text);
  return now - Number(amount) * secondsOf[unit as keyof typeof secondsOf] * 1_000_000;
}

/** The id of a delivery among the arguments. Throws `StartError` unless it is the only one. */
export function idOf(positionals: readonly string[], usage: string): string {
  const [id, ...rest] = positionals;
  if (id === undefined || rest.length > 0) throw new StartError(`Give exactly one id of a delivery.\nUsage: ${usage}`);
  const { value, error } = uuid.validate(id);
  if (error) throw new StartError('The id of a delivery is a UUID, as "deliveries" prints it.');
  return value;
}

/** Throws `StartError` for arguments of a command that has none. */
export function requireNoArguments([first]: readonly string[], usage: string): void {
  if (first !== undefined) throw new StartError(`Unknown argument ${JSON.stringify(first)}\nUsage: ${usage}`);
}
