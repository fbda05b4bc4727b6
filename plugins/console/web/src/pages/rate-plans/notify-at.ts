/** A notification interval as it was typed; its texts may be no numbers. */
export interface Interval {
  readonly from: string;
  readonly to: string;
  readonly step: string;
}

export type IntervalField = keyof Interval;

export type IntervalProblem =
  | 'required'
  /** Not a whole number, or below 1. */
  | 'whole'
  | 'above-most'
  | 'below-start';

export type IntervalProblems = Partial<Record<IntervalField, IntervalProblem>>;

export const emptyInterval: Interval = { from: '', to: '', step: '' };

export const mostPercent = 1000;
/** Of one notification, over all its intervals. */
export const mostPercentages = 200;
/** Of one notification. */
export const mostWebhooks = 20;
export const defaultStep = 10;

const wholeNumber = /^\d{1,9}$/;

/** A whole number of at least 1; undefined for any other text. */
function parse(text: string): number | undefined {
  const trimmed = text.trim();
  return wholeNumber.test(trimmed) && Number(trimmed) >= 1 ? Number(trimmed) : undefined;
}

const isBlank = (text: string): boolean => text.trim() === '';

export const isEmpty = ({ from, to, step }: Interval): boolean => [from, to, step].every(isBlank);

/** The first problem of each field. An empty interval has none. A step without an end has no effect. */
export function problemsOf(interval: Interval): IntervalProblems {
  if (isEmpty(interval)) return {};
  const [from, to] = [parse(interval.from), parse(interval.to)];
  const problems: IntervalProblems = {};
  if (isBlank(interval.from)) problems.from = 'required';
  else if (from === undefined) problems.from = 'whole';
  else if (from > mostPercent) problems.from = 'above-most';
  if (!isBlank(interval.to)) {
    if (to === undefined) problems.to = 'whole';
    else if (to > mostPercent) problems.to = 'above-most';
    else if (from !== undefined && to < from) problems.to = 'below-start';
  }
  if (!isBlank(interval.step) && parse(interval.step) === undefined) problems.step = 'whole';
  return problems;
}

const isValid = (interval: Interval): boolean => !isEmpty(interval) && Object.keys(problemsOf(interval)).length === 0;

function expand({ from, to, step }: Interval): number[] {
  const first = parse(from) ?? 0;
  const last = parse(to) ?? first;
  const by = parse(step) ?? defaultStep;
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
}

/** The percentages of all valid intervals: ascending, without duplicates. */
export const percentagesOf = (intervals: readonly Interval[]): number[] =>
  [...new Set(intervals.filter(isValid).flatMap(expand))].sort((a, b) => a - b);

/** The value of the attribute `UsageTarget` for a valid interval, such as `%= 80 to 120 by 10`. */
export function toUsageTarget({ from, to, step }: Interval): string {
  const first = parse(from);
  const last = parse(to);
  return last === undefined ? `%= ${first}` : `%= ${first} to ${last} by ${parse(step) ?? defaultStep}`;
}

const usageTarget = /^%=\s*(\d{1,9})(?:\s+to\s+(\d{1,9})(?:\s+by\s+(\d{1,9}))?)?$/;

/** The interval of a `UsageTarget`; undefined for any other text. */
export function parseUsageTarget(text: string): Interval | undefined {
  const [, from, to = '', step = ''] = usageTarget.exec(text.trim()) ?? [];
  return from === undefined ? undefined : { from, to, step };
}

interface ConditionLike {
  readonly notificationCondition: readonly { readonly attribute: string; readonly value: string }[];
  readonly actions: readonly { readonly actionAttribute: string; readonly value: string }[];
}

const valuesOf = ({ notificationCondition }: ConditionLike, name: string): string[] =>
  notificationCondition.filter(({ attribute }) => attribute === name).map(({ value }) => value);

/** The id of the plan that a condition is about. */
export const planOf = (condition: ConditionLike): string | undefined => valuesOf(condition, 'RATEPLAN')[0];

export const intervalsOf = (condition: ConditionLike): Interval[] =>
  valuesOf(condition, 'UsageTarget').flatMap((value) => parseUsageTarget(value) ?? []);

/** Ids of the webhooks that a condition calls, in lower case, without duplicates. */
export const webhooksOf = ({ actions }: ConditionLike): string[] => [
  ...new Set(actions.map(({ value }) => value.toLowerCase())),
];

/** The body of a notification condition. Empty intervals are left out. */
export const toCondition = (planId: string, intervals: readonly Interval[], webhooks: readonly string[]) => ({
  notificationCondition: [
    { attribute: 'RATEPLAN', value: planId },
    { attribute: 'PUBLISHED', value: 'TRUE' },
    ...intervals
      .filter((interval) => !isEmpty(interval))
      .map((interval) => ({ attribute: 'UsageTarget', value: toUsageTarget(interval) })),
  ],
  actions: webhooks.map((value) => ({ actionAttribute: 'WEBHOOK', value })),
});
