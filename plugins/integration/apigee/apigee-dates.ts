import Joi from 'joi';

const pattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?: (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)?$/u;

/**
 * Parses `YYYY-MM-DD HH:mm:ss` or `YYYY-MM-DD` in UTC to milliseconds since 1970; undefined for any other text and for
 * dates that the calendar of the years 0001 to 9999 does not have.
 */
export function parseDate(text: string): number | undefined {
  if (!pattern.test(text) || text.startsWith('0000')) return undefined;
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime('UTC').epochMilliseconds;
  } catch {
    return undefined;
  }
}

const endOfCalendar = Date.UTC(10_000, 0);

/** Whether a computed date has a year of four digits, as all dates of this API family; in milliseconds since 1970. */
export const isInCalendar = (milliseconds: number): boolean => milliseconds < endOfCalendar;

/** Formats milliseconds since 1970 as `YYYY-MM-DD HH:mm:ss` in UTC. */
export const formatDate = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

/** Midnight (UTC) of the same day; both in milliseconds since 1970. */
export const startOfDay = (milliseconds: number): number => new Date(milliseconds).setUTCHours(0, 0, 0, 0);

const dayMicros = 24 * 3600 * 1_000_000;

/** Midnight (UTC) after a day, in microseconds since 1970: the exclusive end of a period whose last day has `milliseconds`. */
export const endOfLastDay = (milliseconds: number): number => startOfDay(milliseconds) * 1000 + dayMicros;

/** Midnight (UTC) at which the last day of a period begins, from the period's exclusive end; both in microseconds. */
export const lastDayBefore = (end: number): number => startOfDay(Math.ceil(end / 1000) - 1) * 1000;

/** Accepts a date as text; validates to milliseconds since 1970. */
export const dateInput = Joi.string()
  .max(32)
  .custom(
    (text: string, helpers) =>
      parseDate(text) ??
      helpers.message({ custom: '{{#label}} must be a date in the form 2026-01-31 or 2026-01-31 00:00:00' }),
  )
  .meta({ jsonSchema: { pattern: pattern.source } })
  .description('`YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight.');

/** Microseconds since 1970 as milliseconds, rounded down. */
export const toMilliseconds = (micros: number): number => Math.floor(micros / 1000);

/** Formats microseconds since 1970 as `YYYY-MM-DD HH:mm:ss` in UTC. */
export const formatMicros = (micros: number): string => formatDate(toMilliseconds(micros));

/** A time in a response. */
export const epochAnswer = Joi.number()
  .integer()
  .meta({ jsonSchema: { format: 'int64' } })
  .description('Milliseconds since 1970.');
