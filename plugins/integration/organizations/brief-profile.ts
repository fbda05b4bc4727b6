import Joi from 'joi';
import { organizationExample } from '../examples.ts';
import type { Organization } from './organization.ts';
import { toBriefProfile } from './profile-view.ts';

/** An answer of `toBriefProfile`. Clients convert dates by `timezone`. */
export const briefProfileAnswer = Joi.object({ id: Joi.string().required(), timezone: Joi.string().required() })
  .unknown()
  .description('Members of the profile that are texts of at most 200 characters or booleans.')
  .meta({ schemaName: 'OrganizationBrief' });

/** The organization of the examples, without a profile of its own. */
export const ownerExample: Organization = {
  name: organizationExample,
  profile: {},
  settings: {},
  history: undefined,
};

export const briefProfileExample = toBriefProfile(ownerExample);
