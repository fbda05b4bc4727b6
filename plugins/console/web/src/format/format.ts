import * as m from '../texts/messages.js';
import { getLocale } from '../texts/runtime.js';
import { type SpanPart, spanParts } from './span-text.ts';

/** The chosen language as the reader writes it: en-GB for a browser that prefers it, so that days come before months. */
export function readerLocale(): string {
  const language = getLocale();
  return navigator.languages.find((each) => each.split('-')[0] === language) ?? language;
}

/** Formats of the reader's language; made once for each. */
export function perLocale<Format>(make: (locale: string) => Format): () => Format {
  const made = new Map<string, Format>();
  return () => {
    const locale = getLocale();
    const known = made.get(locale);
    if (known) return known;
    const format = make(readerLocale());
    made.set(locale, format);
    return format;
  };
}

const dateTime = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }));
const shortTime = perLocale(
  (locale) =>
    new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }),
);
const date = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const number = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
const percent = perLocale((locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }));
const relative = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));

type Time = string | number | Date;

/** Date and time in the reader's zone. */
export const formatTime = (time: Time): string => dateTime().format(new Date(time));
/** Without the year, for tables of recent times. */
export const formatShortTime = (time: Time): string => shortTime().format(new Date(time));
export const formatDate = (time: Time): string => date().format(new Date(time));
export const formatNumber = (value: number): string => number().format(value);
/** `ratio`: 0 to 1. */
export const formatPercent = (ratio: number): string => percent().format(ratio);

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** Distance from now in the largest fitting unit, such as "3 minutes ago". */
export function formatDistance(time: Time, now = Date.now()): string {
  const distance = new Date(time).getTime() - now;
  const [unit, size] =
    units.find(([, milliseconds]) => Math.abs(distance) >= milliseconds) ?? (['second', 1000] as const);
  return relative().format(Math.round(distance / size), unit);
}

const minuteMs = 60_000;

/** Milliseconds in the largest fitting unit; minutes only where they are whole. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${formatNumber(Math.round(milliseconds))} ms`;
  if (milliseconds % minuteMs === 0) return m.duration_minutes({ value: formatNumber(milliseconds / minuteMs) });
  return m.duration_seconds({ value: formatNumber(milliseconds / 1000) });
}

const unitFormats = perLocale((locale) => {
  const formatOf = (unit: SpanPart['unit']): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
  return { day: formatOf('day'), hour: formatOf('hour'), minute: formatOf('minute'), second: formatOf('second') };
});

/** Whole seconds in words, such as "1 hour 30 minutes". */
export function formatSpan(seconds: number): string {
  const formats = unitFormats();
  return spanParts(seconds)
    .map(({ unit, count }) => formats[unit].format(count))
    .join(' ');
}
