import Joi from 'joi';
import { organizationExample, packageExample, productExample } from '../examples.ts';
import { briefProfileAnswer, briefProfileExample } from '../organizations/brief-profile.ts';
import { toBriefProfile } from '../organizations/profile-view.ts';
import type { OwnedPackage } from './package.ts';

/** A package in lists and inside of rate plans, with the brief profile of its organization. */
export const toBriefPackage = ({ id, name, displayName, description, status, products, owner }: OwnedPackage) => ({
  ...{ id, name, displayName, description, status },
  organization: toBriefProfile(owner),
  product: products,
});

export const soldPackageAnswer = Joi.object({
  id: Joi.string().required(),
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  description: Joi.string().allow('').required(),
  status: Joi.string().required(),
  organization: briefProfileAnswer.required(),
  product: Joi.array()
    .items(
      Joi.object({ id: Joi.string().required(), name: Joi.string().required(), displayName: Joi.string().required() })
        .unknown()
        .meta({ schemaName: 'RatePlanProduct' }),
    )
    .required(),
}).meta({ schemaName: 'RatePlanPackage' });

/** The package of the examples. */
export const soldPackageExample = {
  ...{ id: packageExample, name: 'Location', displayName: 'Location', description: 'Geocoding and maps.' },
  status: 'ACTIVE',
  organization: briefProfileExample,
  product: [
    {
      ...{ id: productExample, name: productExample, displayName: 'Weather', status: 'CREATED' },
      organization: { id: organizationExample },
    },
  ],
};
