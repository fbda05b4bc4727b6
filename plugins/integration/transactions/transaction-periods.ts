import { validationError } from '../../../src/errors.ts';
import { parseDate } from '../apigee/apigee-dates.ts';
import type { Period } from './transaction.ts';

const secondMicros = 1_000_000;
const dayMs = 24 * 3600 * 1000;
/** Around a moment without an end. */
const aroundMicros = 5 * secondMicros;
const minuteMicros = 60 * secondMicros;

const months = [
  ...['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER'],
  ...['NOVEMBER', 'DECEMBER'],
];

/** The calendar month (UTC) of `JULY` and `2026`. Throws `VALIDATION_ERROR`. */
export function periodOfMonth(month: string, year: string): Period {
  const index = months.indexOf(month.toUpperCase());
  if (index === -1)
    throw validationError([{ path: 'billingMonth', message: 'billingMonth must be the name of a month', in: 'body' }]);
  const startOf = (months: number): number => Date.UTC(Number(year), months) * 1000;
  return { from: startOf(index), to: startOf(index + 1) };
}

/** From the start of the first day to the end of the last day, in UTC; days or times of milliseconds since 1970. */
export function periodOfDays(first: string, last: string): Period {
  const [from = 0, to = 0] = [parseDate(first), parseDate(last)];
  const isDay = last.length === 'YYYY-MM-DD'.length;
  return { from: from * 1000, to: (isDay ? to + dayMs : to) * 1000 };
}

/**
 * The period of two times, at most a minute long; of one time, 5 seconds before and after it; without any, of the present. Two equal
 * times are one second. Times are milliseconds, `now` microseconds. Throws `VALIDATION_ERROR`.
 */
export function periodOfTimes(one: number | undefined, other: number | undefined, now: number): Period {
  if (one === undefined || other === undefined) {
    const moment = one ?? other;
    const middle = moment === undefined ? now : moment * 1000;
    return { from: middle - aroundMicros, to: middle + aroundMicros };
  }
  const [from, to] = [Math.min(one, other) * 1000, Math.max(one, other) * 1000];
  if (to - from > minuteMicros)
    throw validationError([
      { path: 'utctime2', message: 'utctime2 must be at most one minute after utctime', in: 'query' },
    ]);
  return { from, to: from === to ? to + secondMicros : to };
}
