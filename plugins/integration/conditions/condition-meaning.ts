import type { ApiError } from '../../../src/errors.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import type { ConditionInput } from './condition-schemas.ts';
import { maxThresholds, parseUsageTarget, unionOf } from './usage-target.ts';

/** The meaning of a condition as far as it can be derived without the database. */
export interface Meaning {
  planId: string;
  /** Path of the plan's id in the body. */
  planField: string;
  mustBePublished: boolean;
  thresholds: readonly number[];
  /** Unique ids. */
  webhooks: readonly string[];
}

const maxWebhooks = 20;
const conditionAttributes = ['RATEPLAN', 'PUBLISHED', 'UsageTarget'];
const webhookAction = 'WEBHOOK';

/** `field` is the path of the wrong member in the body. */
const refuse = (code: string, message: string, field: string, value = ''): ApiError =>
  mintError(400, code, message, [{ name: field, value }]);

/** A value of a condition or an action, and its path in the body. */
interface Valued {
  value: string;
  field: string;
}

/** Parses and checks a condition. Throws 400 with a code for the first rule that it breaks. */
export function meaningOf({ notificationCondition, actions }: ConditionInput): Meaning {
  for (const [index, { attribute }] of notificationCondition.entries()) {
    if (!conditionAttributes.includes(attribute))
      throw refuse(
        'unknownConditionAttribute',
        `Unknown condition attribute [${attribute}]; the attributes are ${conditionAttributes.join(', ')}`,
        `notificationCondition.${index}.attribute`,
        attribute,
      );
  }
  const valuesOf = (name: string): Valued[] =>
    notificationCondition.flatMap(({ attribute, value }, index) =>
      attribute === name ? [{ value, field: `notificationCondition.${index}.value` }] : [],
    );
  const { value: planId, field: planField } = planOf(valuesOf('RATEPLAN'));
  return {
    planId,
    planField,
    mustBePublished: valuesOf('PUBLISHED').map(toTruth).includes(true),
    thresholds: thresholdsOf(valuesOf('UsageTarget')),
    webhooks: webhooksOf(actions),
  };
}

function planOf([plan, second]: readonly Valued[]): Valued {
  if (plan === undefined || second !== undefined)
    throw refuse(
      'ratePlanRequired',
      'A condition must have the attribute RATEPLAN exactly once',
      second?.field ?? 'notificationCondition',
      second?.value ?? 'RATEPLAN',
    );
  return plan;
}

function toTruth({ value, field }: Valued): boolean {
  const word = value.toUpperCase();
  if (word !== 'TRUE' && word !== 'FALSE')
    throw refuse('invalidPublished', `PUBLISHED must be TRUE or FALSE, not [${value}]`, field, value);
  return word === 'TRUE';
}

function thresholdsOf(values: readonly Valued[]): number[] {
  if (values.length === 0)
    throw refuse(
      'usageTargetRequired',
      'A condition must have the attribute UsageTarget at least once',
      'notificationCondition',
      'UsageTarget',
    );
  const intervals = values.map(({ value, field }) => {
    const parsed = parseUsageTarget(value);
    if (typeof parsed === 'string')
      throw refuse('invalidUsageTarget', `The UsageTarget [${value}] ${parsed}`, field, value);
    return parsed;
  });
  const thresholds = unionOf(intervals);
  if (thresholds.length > maxThresholds)
    throw refuse(
      'tooManyThresholds',
      `A condition may have at most ${maxThresholds} thresholds; this one has ${thresholds.length}`,
      'notificationCondition',
      String(thresholds.length),
    );
  return thresholds;
}

function webhooksOf(actions: ConditionInput['actions']): string[] {
  for (const [index, { actionAttribute }] of actions.entries()) {
    if (actionAttribute !== webhookAction)
      throw refuse(
        'unknownActionAttribute',
        `Unknown action attribute [${actionAttribute}]; the only action is ${webhookAction}`,
        `actions.${index}.actionAttribute`,
        actionAttribute,
      );
  }
  const webhooks = [...new Set(actions.map(({ value }) => value.toLowerCase()))];
  if (webhooks.length === 0)
    throw refuse('webhookRequired', 'A condition must have at least one WEBHOOK action', 'actions');
  if (webhooks.length > maxWebhooks)
    throw refuse(
      'tooManyWebhooks',
      `A condition may have at most ${maxWebhooks} webhooks; this one has ${webhooks.length}`,
      'actions',
      String(webhooks.length),
    );
  return webhooks;
}
