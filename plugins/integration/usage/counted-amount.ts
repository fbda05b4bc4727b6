import type { ApiError } from '../../../src/errors.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import { attributeName } from './quantity.ts';
import type { Covering, UsageReport } from './usage.ts';

/**
 * The amount that a report adds to the counter of a subscription: its number of transactions, multiplied by the custom
 * attribute that the plan counts, if it counts one. Undefined if the report lacks that attribute.
 */
export function amountOf(
  { ratingAttribute }: Pick<Covering, 'ratingAttribute'>,
  { batchSize, attributes }: Pick<UsageReport, 'batchSize' | 'attributes'>,
): bigint | undefined {
  if (ratingAttribute === null) return BigInt(batchSize);
  const value = attributes[ratingAttribute];
  return value === undefined ? undefined : BigInt(batchSize) * value;
}

/** `mint.customAttributeRequired` if the report lacks an attribute that one of these plans counts. */
export function missingAttribute(report: UsageReport, coverings: readonly Covering[]): ApiError | undefined {
  const lacking = coverings.find((covering) => amountOf(covering, report) === undefined);
  if (!lacking) return undefined;
  const { planId, ratingAttribute } = lacking;
  const field = attributeName(ratingAttribute ?? 0);
  return mintError(
    400,
    'customAttributeRequired',
    `RatePlan with id [${planId}], to which the developer is subscribed, counts [${field}], which the transaction does not have`,
    [
      { name: 'ratePlan', value: planId },
      { name: 'field', value: field },
    ],
  );
}
