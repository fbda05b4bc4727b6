import Joi from 'joi';
import { type Attribute, attributeAnswer, attributesInput } from '../apigee/apigee-attributes.ts';
import { epochAnswer } from '../apigee/apigee-dates.ts';
import { emailParam, idParam, loose, nameText, plainText, uuidParam } from '../apigee/apigee-names.ts';
import { matchingText } from '../text-schemas.ts';

export interface AppChange {
  apiProducts?: string[];
  attributes?: Attribute[];
  callbackUrl?: string | null;
  appFamily?: string;
  /** Milliseconds; -1: never. */
  keyExpiresIn?: number;
  scopes?: string[];
}

export type AppInput = AppChange & { name: string };

export interface NewKey {
  consumerKey?: string;
  consumerSecret?: string;
}

export interface KeyChange {
  apiProducts?: string[];
  attributes?: Attribute[];
  scopes?: string[];
}

export type Action = 'approve' | 'revoke';

const maxItems = 1000;
const hundredYearsMs = 3_155_760_000_000;

const names = Joi.array().items(plainText(190)).max(maxItems);
const changeable = {
  apiProducts: names.description('Names of products. A new key for them is issued.'),
  attributes: attributesInput,
  callbackUrl: plainText(2048).allow('', null),
  appFamily: nameText(190),
  keyExpiresIn: loose(Joi.number().integer().min(-1).max(hundredYearsMs).invalid(0))
    .meta({ jsonSchema: { not: { enum: [0, '0'] } } })
    .description('Milliseconds until the new key expires; -1: never.'),
  scopes: names,
};

/** Other members are ignored, such as the ones of answers. */
export const appInput = Joi.object<AppInput>({ name: nameText(190).required(), ...changeable })
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'DeveloperAppInput' });

export const appChange = Joi.object<AppChange>(changeable)
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'DeveloperAppChange' });

/** `POST …/keys/create` is a call of its own, so no key has this name. */
const reserved = 'create';
const credential = (length: number) =>
  matchingText(/^[A-Za-z0-9_-]+$/, 'must consist of letters, digits, underscores and dashes').max(length);

export const newKey = Joi.object<NewKey>({
  consumerKey: credential(500).invalid(reserved),
  consumerSecret: credential(2048),
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'AppKeyInput' });

export const keyChange = Joi.object<KeyChange>({
  apiProducts: names.description('Names of products, which are added to those of the key.'),
  attributes: attributesInput,
  scopes: names,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'AppKeyChange' });

const action = Joi.valid('approve', 'revoke').description('Sets the status; the call needs no body.');

/** An action alone, or none for a change by the body. */
export const optionalAction = Joi.object<{ action?: Action }>({ action }).prefs({ stripUnknown: true });
export const requiredAction = Joi.object<{ action: Action }>({ action: action.required() }).prefs({
  stripUnknown: true,
});

const owner = { org_name: idParam, email: emailParam };
export interface OwnerParams {
  org_name: string;
  email: string;
}
export type AppParams = OwnerParams & { app_name: string };
export type KeyParams = AppParams & { consumer_key: string };

export const ownerParams = Joi.object<OwnerParams>(owner);
export const appParams = Joi.object<AppParams>({ ...owner, app_name: idParam });
export const keyParams = Joi.object<KeyParams>({ ...owner, app_name: idParam, consumer_key: idParam });
export const keyProductParams = Joi.object<KeyParams & { product: string }>({
  ...{ ...owner, app_name: idParam, consumer_key: idParam, product: idParam },
});
export const appIdParams = Joi.object<{ org_name: string; app_id: string }>({ org_name: idParam, app_id: uuidParam });

const count = Joi.number().integer().min(1).max(1000).default(1000).description('Number of apps from `startKey` on.');

export interface AppListQuery {
  expand: boolean;
  shallowExpand: boolean;
  count: number;
  startKey: string;
}

const expand = Joi.boolean().sensitive().default(false).description('Return whole apps.');
const startKey = idParam.optional().allow('').default('');

export const appListQuery = Joi.object<AppListQuery>({
  expand,
  shallowExpand: Joi.boolean().sensitive().default(false).description('Return apps without their keys.'),
  count,
  startKey: startKey.description('The name to begin with.'),
}).prefs({ stripUnknown: true });

export interface AllAppsQuery {
  expand: boolean;
  includeCred: boolean;
  count: number;
  rows?: number;
  startKey: string;
  status?: string;
  apptype?: string;
  appfamily?: string;
}

export const allAppsQuery = Joi.object<AllAppsQuery>({
  expand,
  includeCred: Joi.boolean().sensitive().default(true).description('With `expand`: return the keys as well.'),
  count,
  rows: Joi.number().integer().min(1).max(1000).description('The same as `count`.'),
  startKey: startKey.description('The id to begin with.'),
  status: Joi.string().max(100).description('`approved` or `revoked`.'),
  apptype: Joi.string().max(100).description('All apps are of the type `developer`.'),
  appfamily: Joi.string().max(190).description('The family of the apps.'),
}).prefs({ stripUnknown: true });

const approval = Joi.valid('approved', 'revoked').required();
const texts = Joi.array().items(Joi.string().allow('')).required();
const attributes = Joi.array().items(attributeAnswer).required();

export const keyAnswer = Joi.object({
  apiProducts: Joi.array()
    .items(Joi.object({ apiproduct: Joi.string().required(), status: approval }).meta({ schemaName: 'AppKeyProduct' }))
    .required(),
  attributes,
  consumerKey: Joi.string().required(),
  consumerSecret: Joi.string().required().description('`********` for callers without `integration:write`.'),
  expiresAt: Joi.number()
    .integer()
    .meta({ jsonSchema: { format: 'int64' } })
    .required()
    .description('Milliseconds since 1970; -1: never.'),
  issuedAt: epochAnswer.required(),
  scopes: texts,
  status: approval,
}).meta({ schemaName: 'AppKey' });

export const appAnswer = Joi.object({
  appFamily: Joi.string().required(),
  appId: Joi.string().guid().required(),
  attributes,
  callbackUrl: Joi.string().allow('').required(),
  createdAt: epochAnswer.required(),
  createdBy: Joi.string().allow('').required(),
  credentials: Joi.array().items(keyAnswer).description('The keys, newest first; absent in lists without keys.'),
  developerId: Joi.string().required(),
  lastModifiedAt: epochAnswer.required(),
  lastModifiedBy: Joi.string().allow('').required(),
  name: Joi.string().required(),
  scopes: texts,
  status: approval,
}).meta({ schemaName: 'DeveloperApp' });

/** The two forms of a list: names or ids, or whole apps. */
export const appListAnswer = Joi.alternatives(
  Joi.array().items(Joi.string()),
  Joi.object({ app: Joi.array().items(appAnswer).required() }).meta({ schemaName: 'DeveloperAppList' }),
).meta({ schemaName: 'DeveloperAppAnswers' });

/** Errors of lists of whole apps. */
export const tooManyKeys = {
  400: {
    description: 'The apps have over 10,000 keys, or over 32 MiB of them: ask for fewer apps by `count`.',
    codes: ['mint.tooManyKeys'],
  },
};
