import Joi from 'joi';
import { attributeAnswer } from '../apigee/apigee-attributes.ts';
import { withTypes } from '../apigee/apigee-types.ts';
import { developerExample, developerIdExample, organizationExample } from '../examples.ts';
import { briefProfileAnswer, ownerExample } from '../organizations/brief-profile.ts';
import type { Organization } from '../organizations/organization.ts';
import { toBriefProfile } from '../organizations/profile-view.ts';
import type { Developer } from './developer.ts';
import { monetizationMembers } from './developer-schemas.ts';

/** Attributes by which the management API sets members of the monetization API. */
const attributes = {
  approxTaxRate: 'MINT_APPROX_TAX_RATE',
  billingType: 'MINT_BILLING_TYPE',
  broker: 'MINT_IS_BROKER',
  hasSelfBilling: 'MINT_HAS_SELF_BILLING',
  legalName: 'MINT_DEVELOPER_LEGAL_NAME',
  phone: 'MINT_DEVELOPER_PHONE',
  registrationId: 'MINT_REGISTRATION_ID',
  taxExemptAuthNo: 'MINT_TAX_EXEMPT_AUTH_NO',
  type: 'MINT_DEVELOPER_TYPE',
};

const members = new Set(monetizationMembers);

const defaults = { billingType: 'PREPAID', broker: false, hasSelfBilling: false, type: 'UNTRUSTED' };

/** A developer in the form of the monetization API, alone and inside of other resources. */
export const toMintDeveloper = (developer: Developer, owner: Organization) => ({
  ...defaults,
  name: `${developer.firstName} ${developer.lastName}`,
  ...membersInAttributes(developer),
  ...Object.fromEntries(Object.entries(developer.kept).filter(([name]) => members.has(name))),
  id: developer.email,
  email: developer.email,
  firstName: developer.firstName,
  lastName: developer.lastName,
  companyName: developer.companyName,
  customAttributes: developer.attributes,
  isCompany: false,
  status: developer.status.toUpperCase(),
  organization: toBriefProfile(owner),
});

function membersInAttributes(developer: Developer): Record<string, unknown> {
  const given = new Map(developer.attributes.map(({ name, value }) => [name, value]));
  const found = Object.entries(attributes).filter(([, attribute]) => given.has(attribute));
  return Object.fromEntries(found.map(([member, attribute]) => [member, withTypes(member, given.get(attribute))]));
}

export const mintDeveloperAnswer = Joi.object({
  id: Joi.string().required().description('The e-mail address.'),
  email: Joi.string().required(),
  name: Joi.any().required(),
  firstName: Joi.string().required(),
  lastName: Joi.string().required(),
  companyName: Joi.string().allow('').required(),
  billingType: Joi.any().required(),
  broker: Joi.any().required(),
  hasSelfBilling: Joi.any().required(),
  type: Joi.any().required(),
  customAttributes: Joi.array().items(attributeAnswer).required(),
  isCompany: Joi.boolean().required(),
  status: Joi.string().required(),
  organization: briefProfileAnswer.required(),
})
  .unknown()
  .meta({ schemaName: 'MintDeveloper' });

/** The developer of the examples. */
export const mintDeveloperExample = toMintDeveloper(
  {
    ...{ organization: organizationExample, email: developerExample, id: developerIdExample, status: 'active' },
    ...{ firstName: 'Nikola', lastName: 'Tesla', userName: 'theramin', companyName: 'Example', apps: [] },
    ...{ kept: {}, createdBy: '', updatedBy: '', createdAt: 0, updatedAt: 0 },
    attributes: [{ name: 'region', value: 'north' }],
  },
  ownerExample,
);
