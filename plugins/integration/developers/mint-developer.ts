import Joi from 'joi';
import { attributeAnswer } from '../apigee/apigee-attributes.ts';
import { developerExample } from '../examples.ts';
import { briefProfileAnswer, briefProfileExample } from '../organizations/brief-profile.ts';
import type { Organization } from '../organizations/organization.ts';
import { toBriefProfile } from '../organizations/profile-view.ts';
import type { Developer } from './developer.ts';

/** Kept members that developers have in the monetization API. */
const members = new Set([
  ...['address', 'approxTaxRate', 'billingProfile', 'billingType', 'broker', 'developerCategory', 'developerRole'],
  ...['hasSelfBilling', 'legalName', 'name', 'registrationId', 'taxExemptAuthNo', 'type'],
]);

/** A developer as the monetization API shows it inside other resources. */
export const toMintDeveloper = (developer: Developer, owner: Organization) => ({
  name: `${developer.firstName} ${developer.lastName}`,
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

export const mintDeveloperAnswer = Joi.object({
  id: Joi.string().required().description('The e-mail address.'),
  email: Joi.string().required(),
  name: Joi.any().required(),
  firstName: Joi.string().required(),
  lastName: Joi.string().required(),
  companyName: Joi.string().allow('').required(),
  customAttributes: Joi.array().items(attributeAnswer).required(),
  isCompany: Joi.boolean().required(),
  status: Joi.string().required(),
  organization: briefProfileAnswer.required(),
})
  .unknown()
  .meta({ schemaName: 'MintDeveloper' });

/** The developer of the examples. */
export const mintDeveloperExample = {
  id: developerExample,
  email: developerExample,
  name: 'Nikola Tesla',
  firstName: 'Nikola',
  lastName: 'Tesla',
  companyName: 'Example',
  customAttributes: [{ name: 'region', value: 'north' }],
  isCompany: false,
  status: 'ACTIVE',
  organization: briefProfileExample,
};
