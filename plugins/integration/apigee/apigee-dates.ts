import Joi from 'joi';

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/;

/** Milliseconds since 1970 of `YYYY-MM-DD HH:mm:ss` or `YYYY-MM-DD` in UTC; undefined for what is no date of the calendar. */
export function parseDate(text: string): number | undefined {
  const [, ...parts] = pattern.exec(text) ?? [];
  if (parts.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // A 31st of April would have become a 1st of May.
  return formatDate(date.getTime()).startsWith(text) ? date.getTime() : undefined;
}

/** `YYYY-MM-DD HH:mm:ss` in UTC. */
export const formatDate = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

/** Midnight (UTC) of the day. */
export const startOfDay = (milliseconds: number): number => new Date(milliseconds).setUTCHours(0, 0, 0, 0);

/** A date as text in the input, milliseconds since 1970 after validation. */
export const dateInput = Joi.string()
  .custom(
    (text: string, helpers) =>
      parseDate(text) ??
      helpers.message({ custom: '{{#label}} must be a date such as 2026-01-31 or 2026-01-31 00:00:00' }),
  )
  .description('YYYY-MM-DD HH:mm:ss in UTC, or YYYY-MM-DD.');

/** `YYYY-MM-DD HH:mm:ss` in UTC of microseconds. */
export const formatMicros = (micros: number): string => formatDate(Math.floor(micros / 1000));
