import Joi from 'joi';

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/;

/**
 * Parses `YYYY-MM-DD HH:mm:ss` or `YYYY-MM-DD` in UTC to milliseconds since 1970; undefined for any other text and for
 * dates that the calendar does not have.
 */
export function parseDate(text: string): number | undefined {
  const [, ...parts] = pattern.exec(text) ?? [];
  if (parts.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // `Date` turns 31 April into 1 May; comparing the formatted date with the input rejects that.
  return formatDate(date.getTime()).startsWith(text) ? date.getTime() : undefined;
}

/** Formats milliseconds since 1970 as `YYYY-MM-DD HH:mm:ss` in UTC. */
export const formatDate = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

/** Midnight (UTC) of the same day; both in milliseconds since 1970. */
export const startOfDay = (milliseconds: number): number => new Date(milliseconds).setUTCHours(0, 0, 0, 0);

/** Accepts a date as text; validates to milliseconds since 1970. */
export const dateInput = Joi.string()
  .custom(
    (text: string, helpers) =>
      parseDate(text) ??
      helpers.message({ custom: '{{#label}} must be a date in the form 2026-01-31 or 2026-01-31 00:00:00' }),
  )
  .description('`YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight.');

/** Formats microseconds since 1970 as `YYYY-MM-DD HH:mm:ss` in UTC. */
export const formatMicros = (micros: number): string => formatDate(Math.floor(micros / 1000));
