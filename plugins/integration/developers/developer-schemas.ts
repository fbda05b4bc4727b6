import Joi from 'joi';
import { type Attribute, attributeAnswer, attributesInput } from '../apigee/apigee-attributes.ts';
import { epochAnswer } from '../apigee/apigee-dates.ts';
import { keptMembers } from '../apigee/apigee-kept.ts';
import { type KeyListQuery, keyListFields } from '../apigee/apigee-keys.ts';
import { emailParam, emailText, idParam, plainText } from '../apigee/apigee-names.ts';
import type { DeveloperStatus } from './developer.ts';

export interface DeveloperInput {
  email: string;
  firstName: string;
  lastName: string;
  userName: string;
  companyName?: string;
  attributes?: Attribute[];
  apps?: string[];
}

/** Kept members that developers have in the monetization API. */
export const monetizationMembers = [
  ...['address', 'approxTaxRate', 'billingProfile', 'billingType', 'broker', 'developerCategory', 'developerRole'],
  ...['hasSelfBilling', 'legalName', 'name', 'registrationId', 'taxExemptAuthNo', 'type'],
];

/** Members of developers in the management API, then those of the monetization API. */
export const keptOfDeveloper = keptMembers(['accessType', 'appFamily', 'companies', ...monetizationMembers]);

const maxItems = 1000;

const name = plainText(190);

const optional = {
  companyName: name.allow(''),
  attributes: attributesInput,
  apps: Joi.array().items(name).max(maxItems),
};

export const developerInput = Joi.object<DeveloperInput>({
  email: emailText.required(),
  firstName: name.required(),
  lastName: name.required(),
  userName: name.required(),
  ...optional,
  ...keptOfDeveloper.fields,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'DeveloperInput' });

export const developerChange = Joi.object<Partial<DeveloperInput>>({
  email: emailText,
  firstName: name,
  lastName: name,
  userName: name,
  ...optional,
  ...keptOfDeveloper.fields,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'DeveloperChange' });

export interface DeveloperListQuery extends KeyListQuery {
  /** The name of an app. */
  app?: string;
}

export const developerListQuery = Joi.object<DeveloperListQuery>({
  ...keyListFields,
  app: Joi.string().max(190).allow('').description('Developers with an app of this name, whole.'),
}).prefs({ stripUnknown: true });

const action = Joi.valid('active', 'inactive').description('Sets the status; the call needs no body.');

export const developerAction = Joi.object<{ action?: DeveloperStatus }>({ action }).prefs({ stripUnknown: true });

export const developerParams = Joi.object<{ org_name: string; email: string }>({
  org_name: idParam,
  email: emailParam,
});

export const developerAnswer = Joi.object({
  email: Joi.string().required(),
  firstName: Joi.string().required(),
  lastName: Joi.string().required(),
  userName: Joi.string().required(),
  companyName: Joi.string().allow('').required(),
  attributes: Joi.array().items(attributeAnswer).required(),
  apps: Joi.array().items(Joi.string().allow('')).required(),
  organizationName: Joi.string().required(),
  developerId: Joi.string().required().description('A UUID, which paths take in place of the e-mail address.'),
  status: Joi.valid('active', 'inactive').required(),
  createdBy: Joi.string().allow('').required(),
  lastModifiedBy: Joi.string().allow('').required(),
  createdAt: epochAnswer.required(),
  lastModifiedAt: epochAnswer.required(),
})
  .unknown()
  .description('Further members that the API family documents are stored and returned unchanged.')
  .meta({ schemaName: 'Developer' });
