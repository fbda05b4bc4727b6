import Joi from 'joi';
import { organizationExample, packageExample, productExample } from '../examples.ts';
import { briefProfileAnswer, briefProfileExample } from '../organizations/brief-profile.ts';
import type { Organization } from '../organizations/organization.ts';
import { toBriefProfile } from '../organizations/profile-view.ts';
import { toPackagedProduct } from '../products/mint-product-view.ts';
import type { Package } from './package.ts';

/** A package inside of rate plans, with the organization that owns it. */
export const toSoldPackage = (
  { id, name, displayName, description, status, products }: Package,
  owner: Organization,
) => ({
  ...{ id, name, displayName, description, status },
  organization: toBriefProfile(owner),
  product: products.map(toPackagedProduct),
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
