import type { FieldErrors, ResolverResult } from 'react-hook-form';
import * as m from '../../../texts/messages.js';
import {
  type Interval,
  type IntervalField,
  type IntervalProblem,
  isEmpty,
  mostPercent,
  mostPercentages,
  mostWebhooks,
  percentagesOf,
  problemsOf,
} from '../notify-at.ts';

/** A notification as it is typed. */
export interface NotificationValues {
  intervals: Interval[];
  /** Ids. */
  webhooks: string[];
}

const texts: Readonly<Record<IntervalProblem, () => string>> = {
  required: m.field_required,
  whole: m.rate_plans_interval_whole,
  'above-most': () => m.rate_plans_interval_most({ most: mostPercent }),
  'below-start': m.rate_plans_interval_below_start,
};

const error = (message: string) => ({ type: 'rule', message });

function errorsOfRow(interval: Interval, isRequired: boolean) {
  if (isRequired && isEmpty(interval)) return { from: error(m.field_required()) };
  return Object.fromEntries(
    Object.entries(problemsOf(interval)).map(([field, problem]) => [field as IntervalField, error(texts[problem]())]),
  );
}

/** Checks a notification by the rules of the API. */
export function checkNotification(values: NotificationValues): ResolverResult<NotificationValues> {
  const { intervals, webhooks } = values;
  const errors: FieldErrors<NotificationValues> = {};
  const isAllEmpty = intervals.every(isEmpty);
  const rows = intervals.map((interval, row) => errorsOfRow(interval, isAllEmpty && row === 0));
  const isTooMany = percentagesOf(intervals).length > mostPercentages;
  // The fields themselves say that there are too many percentages.
  if (isTooMany || rows.some((row) => Object.keys(row).length > 0))
    errors.intervals = rows as NonNullable<typeof errors.intervals>;
  if (webhooks.length === 0) errors.webhooks = error(m.rate_plans_webhooks_required());
  else if (webhooks.length > mostWebhooks) errors.webhooks = error(m.rate_plans_webhooks_most({ most: mostWebhooks }));
  return Object.keys(errors).length > 0 ? { values: {}, errors } : { values, errors: {} };
}
