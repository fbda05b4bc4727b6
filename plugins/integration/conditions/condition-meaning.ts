import type { ApiError } from '../../../src/errors.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import type { ConditionInput } from './condition-schemas.ts';
import { maxThresholds, parseUsageTarget, unionOf } from './usage-target.ts';

/** What a condition says, as far as that can be told without a look at the database. */
export interface Meaning {
  planId: string;
  mustBePublished: boolean;
  thresholds: readonly number[];
  /** Ids, none twice. */
  webhooks: readonly string[];
}

const maxWebhooks = 20;
const conditionAttributes = ['RATEPLAN', 'PUBLISHED', 'UsageTarget'];
const webhookAction = 'WEBHOOK';

const refuse = (code: string, message: string, value?: string): ApiError =>
  mintError(400, code, message, value === undefined ? [] : [{ name: 'value', value }]);

/** Throws 400 with a code for the first rule that is broken. */
export function meaningOf({ notificationCondition, actions }: ConditionInput): Meaning {
  for (const { attribute } of notificationCondition) {
    if (!conditionAttributes.includes(attribute))
      throw refuse(
        'unknownConditionAttribute',
        `A condition has the attributes ${conditionAttributes.join(', ')} and not [${attribute}]`,
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
    throw refuse('ratePlanRequired', 'A condition has the attribute RATEPLAN exactly once');
  return planId;
}

function toTruth(value: string): boolean {
  const word = value.toUpperCase();
  if (word !== 'TRUE' && word !== 'FALSE')
    throw refuse('invalidPublished', `PUBLISHED is TRUE or FALSE and not [${value}]`, value);
  return word === 'TRUE';
}

function thresholdsOf(values: readonly string[]): number[] {
  if (values.length === 0)
    throw refuse('usageTargetRequired', 'A condition has the attribute UsageTarget at least once');
  const intervals = values.map((value) => {
    const parsed = parseUsageTarget(value);
    if (typeof parsed === 'string') throw refuse('invalidUsageTarget', `The UsageTarget [${value}] ${parsed}`, value);
    return parsed;
  });
  const thresholds = unionOf(intervals);
  if (thresholds.length > maxThresholds)
    throw refuse(
      'tooManyThresholds',
      `A condition has ${maxThresholds} thresholds at most, and not ${thresholds.length}`,
    );
  return thresholds;
}

function webhooksOf(actions: ConditionInput['actions']): string[] {
  for (const { actionAttribute } of actions) {
    if (actionAttribute !== webhookAction)
      throw refuse(
        'unknownActionAttribute',
        `The only action is ${webhookAction}, and not [${actionAttribute}]`,
        actionAttribute,
      );
  }
  const webhooks = [...new Set(actions.map(({ value }) => value.toLowerCase()))];
  if (webhooks.length === 0) throw refuse('webhookRequired', 'A condition has one WEBHOOK action at least');
  if (webhooks.length > maxWebhooks)
    throw refuse('tooManyWebhooks', `A condition has ${maxWebhooks} webhooks at most, and not ${webhooks.length}`);
  return webhooks;
}
