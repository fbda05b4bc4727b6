import Joi from 'joi';
import { briefProfileAnswer } from '../organizations/brief-profile.ts';
import type { Organization } from '../organizations/organization.ts';
import { toBriefProfile } from '../organizations/profile-view.ts';
import type { Product } from './product.ts';

// Attributes by which the management API sets members of the monetization API.
const criteria = {
  transactionSuccessCriteria: 'MINT_TRANSACTION_SUCCESS_CRITERIA',
  refundSuccessCriteria: 'MINT_REFUND_SUCCESS_CRITERIA',
};

/** A product in the form of the monetization API. */
export const mintProductAnswer = Joi.object({
  id: Joi.string().required(),
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  organization: briefProfileAnswer.required(),
  status: Joi.any().required(),
  description: Joi.any(),
  pricePoints: Joi.any(),
  refundSuccessCriteria: Joi.any(),
  transactionSuccessCriteria: Joi.any(),
}).meta({ schemaName: 'MintProduct' });

/** A product with its organization. */
export const toMintProduct = (product: Product, organization: Organization) => ({
  ...membersOf(product),
  ...given({ pricePoints: product.kept.pricePoints }),
  organization: toBriefProfile(organization),
});

const maxText = 500;

/** A product inside of packages, as it is answered. */
export type PackagedProduct = ReturnType<typeof toPackagedProduct>;

/** A product inside of packages, which a list repeats: without long texts. */
export const toPackagedProduct = (product: Product) => ({
  ...Object.fromEntries(
    Object.entries(membersOf(product)).filter(
      ([name, value]) => name === 'id' || (typeof value === 'string' && value.length <= maxText),
    ),
  ),
  organization: { id: product.organization },
});

function membersOf({ name, displayName, attributes, kept }: Product) {
  const { description, status = 'CREATED' } = kept;
  const expressions = Object.entries(criteria).map(([member, attribute]) => [
    member,
    kept[member] ?? attributes.find((each) => each.name === attribute)?.value,
  ]);
  return { id: name, name, displayName, status, ...given({ description, ...Object.fromEntries(expressions) }) };
}

/** The members that have a value. */
const given = (members: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
