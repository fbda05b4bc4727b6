/** A period of a subscription in which transactions are counted: `[start, end)` in milliseconds since 1970. */
export interface BillingCycle {
  /** 0 for the first cycle. */
  number: number;
  start: number;
  /** The start of the next cycle. */
  end: number;
}

/**
 * Adds months, at the same time of the day (UTC) and on the same day of the month; where the month has no such day, on
 * its last day. 31 January + 1 month = 28 or 29 February, + 2 months = 31 March.
 */
export const addMonths = (milliseconds: number, months: number): number =>
  toUtc(milliseconds).add({ months }).epochMilliseconds;

const toUtc = (milliseconds: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO('UTC');

/**
 * The cycle that contains a moment; undefined before the start. Every cycle is computed from the first start, so that a
 * cycle clamped to a month's end does not move the following ones.
 */
export function cycleAt(start: number, durationMonths: number, moment: number): BillingCycle | undefined {
  if (moment < start) return undefined;
  const [first, at] = [toUtc(start), toUtc(moment)];
  // `until` would not clamp: from 31 January to 28 February it counts no month.
  const calendarMonths = (at.year - first.year) * 12 + at.month - first.month;
  const wholeMonths = addMonths(start, calendarMonths) <= moment ? calendarMonths : calendarMonths - 1;
  const number = Math.floor(wholeMonths / durationMonths);
  return {
    number,
    start: addMonths(start, number * durationMonths),
    end: addMonths(start, (number + 1) * durationMonths),
  };
}
