import { isInCalendar, toMilliseconds } from '../apigee/apigee-dates.ts';
import type { WholePlan } from '../rate-plans/whole-plan.ts';
import { cycleAt } from '../usage/billing-cycle.ts';
import type { Subscription } from './subscription.ts';

const dayMilliseconds = 24 * 3600 * 1000;
const days: Readonly<Record<string, number>> = { DAY: 1, WEEK: 7 };
const months: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };
const longest = 1000;

/**
 * The next date, in milliseconds since 1970, at which a contract period of the plan is over and the next one begins; undefined
 * without a contract period, if subscription or plan end before, and after the year 9999. `time` in microseconds.
 */
export function renewalAfter({ startAt, endAt }: Subscription, plan: WholePlan, time: number): number | undefined {
  const { contractDuration: length, contractDurationType: unit } = plan.kept;
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 1 || length > longest) return undefined;
  const [start, moment] = [toMilliseconds(startAt), toMilliseconds(Math.max(startAt, time))];
  const next = nextAfter({ start, moment, length, unit: String(unit) });
  const end = Math.min(endAt ?? Infinity, plan.endAt ?? Infinity);
  return next !== undefined && next * 1000 < end && isInCalendar(next) ? next : undefined;
}

interface Period {
  start: number;
  moment: number;
  length: number;
  unit: string;
}

function nextAfter({ start, moment, length, unit }: Period): number | undefined {
  const ofMonths = months[unit];
  if (ofMonths !== undefined) return cycleAt(start, length * ofMonths, moment)?.end;
  const ofDays = days[unit];
  if (ofDays === undefined) return undefined;
  const period = length * ofDays * dayMilliseconds;
  return start + (Math.floor((moment - start) / period) + 1) * period;
}
