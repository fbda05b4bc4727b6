import { perLocale } from '../../format/format.ts';

const day = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }));

/** Milliseconds since 1970 of a time of the API, `YYYY-MM-DD HH:mm:ss` in UTC. */
export const parseTime = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);

/** The day of a time of the API, for a date field. */
export const dayOf = (text: string | undefined): string => text?.slice(0, 10) ?? '';

/** Today in UTC, in which the API counts days. */
export const today = (now = Date.now()): string => new Date(now).toISOString().slice(0, 10);

/** The last second of a day, as a time of the API: an end includes its day. */
export const endOfDay = (day: string): string => `${day} 23:59:59`;

/** A day of the API in words: periods of plans are counted in UTC days in every time zone. */
export const formatDay = (text: string): string => day().format(parseTime(text));
