import Joi from 'joi';
import { idParam, idPartText, longText, plainText, reference } from '../apigee/apigee-names.ts';

export interface PackageInput {
  name: string;
  displayName?: string;
  description?: string;
  product: { id: string }[];
  status: 'CREATED' | 'ACTIVE' | 'INACTIVE';
}

const maxProducts = 100;
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

export const packageAnswer = Joi.object({
  id: Joi.string().required(),
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  description: Joi.string().allow('').required(),
  status: status.required(),
  organization: reference().required(),
  product: Joi.array()
    .items(
      Joi.object({
        id: Joi.string().required(),
        name: Joi.string().required(),
        displayName: Joi.string().required(),
      }).meta({ schemaName: 'PackageProduct' }),
    )
    .required(),
}).meta({ schemaName: 'Package' });
