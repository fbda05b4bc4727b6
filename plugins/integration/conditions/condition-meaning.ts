import type { ApiError } from '../../../src/errors.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import type { ConditionInput } from './condition-schemas.ts';
import { maxThresholds, parseUsageTarget, unionOf } from './usage-target.ts';

/** The meaning of a condition as far as it can be derived without the database. */
export interface Meaning {
  planId: string;
  mustBePublished: boolean;
  thresholds: readonly number[];
  /** Unique ids. */
  webhooks: readonly string[];
}

const maxWebhooks = 20;
const conditionAttributes = ['RATEPLAN', 'PUBLISHED', 'UsageTarget'];
const webhookAction = 'WEBHOOK';

const refuse = (code: string, message: string, value?: string): ApiError =>
  mintError(400, code, message, value === undefined ? [] : [{ name: 'value', value }]);

/** Parses and checks a condition. Throws 400 with a code for the first rule that it breaks. */
export function meaningOf({ notificationCondition, actions }: ConditionInput): Meaning {
  for (const { attribute } of notificationCondition) {
    if (!conditionAttributes.includes(attribute))
      throw refuse(
        'unknownConditionAttribute',
        `Unknown condition attribute [${attribute}]; the attributes are ${conditionAttributes.join(', ')}`,
        attribute,
      );
  }
  const valuesOf = (name: string): string[] =>
    notificationCondition.filter(({ attribute }) => attribute === name).map(({ value }) => value);
  return {
    planId: planIdOf(valuesOf('RATEPLAN')),
    mustBePublished: valuesOf('PUBLISHED').map(toTruth).includes(true),
    thresholds: thresholdsOf(valuesOf('UsageTarget')),
    webhooks: webhooksOf(actions),
  };
}

function planIdOf(values: readonly string[]): string {
  const [planId] = values;
  if (planId === undefined || values.length > 1)
    throw refuse('ratePlanRequired', 'A condition must have the attribute RATEPLAN exactly once');
  return planId;
}

function toTruth(value: string): boolean {
  const word = value.toUpperCase();
  if (word !== 'TRUE' && word !== 'FALSE')
    throw refuse('invalidPublished', `PUBLISHED must be TRUE or FALSE, not [${value}]`, value);
  return word === 'TRUE';
}

function thresholdsOf(values: readonly string[]): number[] {
  if (values.length === 0)
    throw refuse('usageTargetRequired', 'A condition must have the attribute UsageTarget at least once');
  const intervals = values.map((value) => {
    const parsed = parseUsageTarget(value);
    if (typeof parsed === 'string') throw refuse('invalidUsageTarget', `The UsageTarget [${value}] ${parsed}`, value);
    return parsed;
  });
  const thresholds = unionOf(intervals);
  if (thresholds.length > maxThresholds)
    throw refuse(
      'tooManyThresholds',
      `A condition may have at most ${maxThresholds} thresholds; this one has ${thresholds.length}`,
    );
  return thresholds;
}

function webhooksOf(actions: ConditionInput['actions']): string[] {
  for (const { actionAttribute } of actions) {
    if (actionAttribute !== webhookAction)
      throw refuse(
        'unknownActionAttribute',
        `Unknown action attribute [${actionAttribute}]; the only action is ${webhookAction}`,
        actionAttribute,
      );
  }
  const webhooks = [...new Set(actions.map(({ value }) => value.toLowerCase()))];
  if (webhooks.length === 0) throw refuse('webhookRequired', 'A condition must have at least one WEBHOOK action');
  if (webhooks.length > maxWebhooks)
    throw refuse(
      'tooManyWebhooks',
      `A condition may have at most ${maxWebhooks} webhooks; this one has ${webhooks.length}`,
    );
  return webhooks;
}
