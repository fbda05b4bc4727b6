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
export function addMonths(milliseconds: number, months: number): number {
  const date = new Date(milliseconds);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, daysOf(date)));
  return date.getTime();
}

function daysOf(month: Date): number {
  const last = new Date(month);
  last.setUTCMonth(month.getUTCMonth() + 1, 0);
  return last.getUTCDate();
}

/**
 * The cycle that contains a moment; undefined before the start. Every cycle is computed from the first start, so that a
 * cycle clamped to a month's end does not move the following ones.
 */
export function cycleAt(start: number, durationMonths: number, moment: number): BillingCycle | undefined {
  if (moment < start) return undefined;
  const calendarMonths = monthNumber(moment) - monthNumber(start);
  const wholeMonths = addMonths(start, calendarMonths) <= moment ? calendarMonths : calendarMonths - 1;
  const number = Math.floor(wholeMonths / durationMonths);
  return {
    number,
    start: addMonths(start, number * durationMonths),
    end: addMonths(start, (number + 1) * durationMonths),
  };
}

function monthNumber(milliseconds: number): number {
  const date = new Date(milliseconds);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
