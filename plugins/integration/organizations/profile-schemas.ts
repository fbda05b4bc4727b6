import Joi from 'joi';
import { type Attribute, attributeAnswer } from '../apigee/apigee-attributes.ts';
import { epochAnswer } from '../apigee/apigee-dates.ts';
import { keptMembers } from '../apigee/apigee-kept.ts';
import { plainText } from '../apigee/apigee-names.ts';
import type { OrganizationSettings } from './organization.ts';

/** Members of the profile that have a meaning or a form here. */
export interface ProfileInput {
  currency?: string;
  timezone?: string;
}

export type SettingsInput = Omit<OrganizationSettings, 'properties'> & { properties?: { property: Attribute[] } };

export const keptOfProfile = keptMembers([
  ...['address', 'approveTrusted', 'approveUntrusted', 'approvedTrusted', 'approvedUntrusted', 'billingCycle'],
  ...['country', 'description', 'hasBillingAdjustment', 'hasBroker', 'hasSelfBilling', 'hasSeparateInvoiceForProduct'],
  ...['issueNettingStmt', 'logoUrl', 'name', 'netPaymentAdviceNote', 'nettingStmtPerCurrency', 'regNo'],
  ...['selfBillingAsExchOrg', 'selfBillingForAllDev', 'separateInvoiceForFees', 'status', 'supportedBillingType'],
  ...['taxEngineExternalId', 'taxModel', 'taxNexus', 'taxRegNo', 'transactionRelayURL', 'transactionalRelayURL'],
]);

/** Dates of the monetization API are in UTC here: in another zone, they would mean other moments. */
const timezone = Joi.valid('UTC', 'Etc/UTC')
  .messages({ 'any.only': '{{#label}} must be UTC: all dates of this API are in UTC' })
  .description('`UTC`: all dates are in UTC.');

const currency = Joi.string()
  .max(3)
  .pattern(/^[A-Za-z]{3}$/)
  .messages({ 'string.pattern.base': '{{#label}} must be a code of three letters, such as USD' })
  .description('Code of ISO 4217. Default `USD`.');

/** Members that the API does not document are ignored, and so is `id`. */
export const profileInput = Joi.object<ProfileInput>({ currency, timezone, ...keptOfProfile.fields })
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'OrganizationProfileInput' });

export const profileAnswer = Joi.object({
  id: Joi.string().required(),
  name: Joi.any().required(),
  address: Joi.any().required(),
  billingCycle: Joi.any().required(),
  country: Joi.any().required(),
  currency: Joi.string().required(),
  selfBillingForAllDev: Joi.any().required(),
  separateInvoiceForFees: Joi.any().required(),
  status: Joi.any().required(),
  supportedBillingType: Joi.any().required(),
  timezone: Joi.string().required(),
})
  .unknown()
  .description('Further members that the API family documents are stored and returned unchanged.')
  .meta({ schemaName: 'OrganizationProfile' });

const maxProperties = 200;
const maxNumber = 1_000_000_000_000;
const maxEnvironments = 100;
const name = plainText(190);

/** Clients send numbers and booleans as well; all are text in answers. */
const propertyValue = Joi.alternatives(
  Joi.string().max(4000).allow(''),
  Joi.number().min(-maxNumber).max(maxNumber),
  Joi.boolean(),
)
  .custom(String)
  .messages({ 'alternatives.match': '{{#label}} must be a text of at most 4000 characters' });

const properties = Joi.object({
  property: Joi.array()
    .items(Joi.object({ name: name.required(), value: propertyValue.required() }).prefs({ stripUnknown: true }))
    .max(maxProperties)
    .required(),
}).prefs({ stripUnknown: true });

export const settingsInput = Joi.object<SettingsInput>({
  displayName: name,
  type: Joi.valid('paid', 'trial'),
  environments: Joi.array().items(name).max(maxEnvironments),
  properties,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'OrganizationInput' });

export const settingsAnswer = Joi.object({
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  type: Joi.string().required(),
  environments: Joi.array().items(Joi.string()).required(),
  properties: Joi.object({ property: Joi.array().items(attributeAnswer).required() }).required(),
  createdAt: epochAnswer,
  createdBy: Joi.string().allow(''),
  lastModifiedAt: epochAnswer,
  lastModifiedBy: Joi.string().allow(''),
})
  .description('Without times and callers until something was stored about the organization.')
  .meta({ schemaName: 'OrganizationDetails' });
