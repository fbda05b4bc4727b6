import Joi from 'joi';
import { maxKeptBytes } from '../apigee/apigee-kept.ts';
import { type ListQuery, listFields, partFields } from '../apigee/apigee-lists.ts';
import { idParam, idPartText, longText, plainText, reference } from '../apigee/apigee-names.ts';

export interface PackageInput {
  name: string;
  displayName?: string;
  description?: string;
  product: { id: string }[];
  status: 'CREATED' | 'ACTIVE' | 'INACTIVE';
}

export const maxProducts = 100;
const maxDescription = 10_000;
const statuses: readonly PackageInput['status'][] = ['CREATED', 'ACTIVE', 'INACTIVE'];

const status = Joi.valid(...statuses).meta({ schemaName: 'PackageStatus' });

export const packageInput = Joi.object<PackageInput>({
  // Shorter than other names: ids of rate plans begin with it.
  name: idPartText(120).required(),
  displayName: plainText(190),
  description: longText(maxDescription).allow(''),
  product: Joi.array().items(reference()).max(maxProducts).default([]),
  status: status.default('CREATED'),
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'PackageInput' });

export const packageParams = Joi.object<{ org_name: string; package_id: string }>({
  org_name: idParam,
  package_id: idParam,
});

export const packageProductParams = Joi.object<{ org_name: string; package_id: string; product_id: string }>({
  org_name: idParam,
  package_id: idParam,
  product_id: idParam,
});

/** Clients send `{}`, or a rate plan of the product alone, which does not exist here: no member is stored. */
export const packageProductInput = Joi.object<Record<string, unknown>>({})
  .unknown()
  .prefs({ stripUnknown: false })
  .meta({ schemaName: 'PackageProductInput', maxBytes: maxKeptBytes });

const monetized = Joi.boolean().sensitive().default(false).description('Only packages with a published rate plan.');

export interface PackageListQuery extends ListQuery {
  monetized: boolean;
}

export const packageListQuery = Joi.object<PackageListQuery>({ ...listFields, monetized }).prefs({
  stripUnknown: true,
});

export interface DeveloperPackagesQuery extends Partial<ListQuery> {
  current: boolean;
  allAvailable: boolean;
}

export const developerPackagesQuery = Joi.object<DeveloperPackagesQuery>({
  ...partFields,
  current: Joi.boolean()
    .sensitive()
    .default(false)
    .description('Only packages of subscriptions that run, and of plans that are in effect.'),
  allAvailable: Joi.boolean()
    .sensitive()
    .default(true)
    .description('Also packages with a published plan to which the developer has not subscribed.'),
}).prefs({ stripUnknown: true });

export const packageAnswer = Joi.object({
  id: Joi.string().required(),
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  description: Joi.string().allow('').required(),
  status: status.required(),
  organization: reference().unknown().required(),
  product: Joi.array()
    .items(
      Joi.object({
        id: Joi.string().required(),
        name: Joi.string().required(),
        displayName: Joi.string().required(),
        organization: reference().required(),
        description: Joi.string().allow(''),
        status: Joi.string().allow(''),
        refundSuccessCriteria: Joi.string().allow(''),
        transactionSuccessCriteria: Joi.string().allow(''),
      })
        .description('Texts of more than 500 characters are left out.')
        .meta({ schemaName: 'PackageProduct' }),
    )
    .required(),
}).meta({ schemaName: 'Package' });
