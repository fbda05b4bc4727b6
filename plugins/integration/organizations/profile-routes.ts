import Joi from 'joi';
import { type Database, type Dispatcher, defineRoute, type Route } from '../../../src/plugin.ts';
import { callerOf } from '../apigee/apigee-caller.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample } from '../examples.ts';
import { ownerExample } from './brief-profile.ts';
import { createOrganizationNames } from './organization-names.ts';
import { keptOfProfile, profileAnswer, profileInput, settingsAnswer, settingsInput } from './profile-schemas.ts';
import type { ProfileService } from './profile-service.ts';
import { toProfile, toSettings } from './profile-view.ts';

const management = '/v1/organizations';
const mint = '/v1/mint/organizations/:org_name';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const params = { org_name: organizationExample };
const property = { name: 'features.isSmbOrganization', value: 'false' };
const settings = {
  name: organizationExample,
  displayName: 'My organization',
  type: 'paid',
  environments: [],
  properties: { property: [{ name: 'features.isMonetizationEnabled', value: 'true' }, property] },
  createdAt: 1460162656342,
  createdBy: 'joe@example.com',
  lastModifiedAt: 1460162656342,
  lastModifiedBy: 'joe@example.com',
};
const profileChange = {
  address: [
    {
      ...{ id: 'head-office', isPrimary: true, address1: '1 Main Street', city: 'Springfield', state: 'IL' },
      ...{ country: 'US', zip: '62701' },
    },
  ],
  approveTrusted: true,
  billingCycle: 'CALENDAR_MONTH',
  country: 'US',
  currency: 'EUR',
  description: 'Forecasts and maps.',
  name: 'My organization',
  status: 'ACTIVE',
  supportedBillingType: 'BOTH',
  timezone: 'UTC',
};
const profile = toProfile({ ...ownerExample, profile: profileChange });
const foundProfile = { description: 'The profile.', schema: profileAnswer, example: profile };
const foundSettings = { description: 'The organization.', schema: settingsAnswer, example: settings };

interface Parts {
  database: Database;
  dispatcher: Pick<Dispatcher, 'deliveries'>;
  profiles: ProfileService;
}

/** Organizations in the forms of the management API and of the monetization API. */
export function createProfileRoutes({ database, dispatcher, profiles }: Parts): Route[] {
  const allNames = createOrganizationNames({ database, dispatcher });
  return [
    defineRoute({
      method: 'GET',
      path: management,
      operationId: 'listOrganizationNames',
      summary: 'List the organizations that the caller may act for',
      description: 'Credentials for all organizations list the ones that exist.',
      scopes: ['integration:read'],
      organization: 'none',
      query: Joi.object({}).prefs({ stripUnknown: true }),
      answers: {
        200: {
          description: 'The names, in the order of their bytes.',
          schema: Joi.array().items(Joi.string()).meta({ schemaName: 'OrganizationNames' }),
          example: [organizationExample],
        },
      },
      example: {},
      handler: async ({ principal }, res) => {
        const own = principal?.organizations ?? [];
        res.json(own === '*' ? await allNames() : [...new Set(own)].toSorted());
      },
    }),
    defineRoute({
      ...write,
      method: 'POST',
      path: `${management}/:org_name`,
      operationId: 'updateOrganization',
      summary: 'Change the settings of an organization',
      description:
        'Omitted members keep their values; `properties` are replaced. `features.isMonetizationEnabled` is always true.',
      params: organizationParams,
      body: settingsInput,
      answers: { 200: foundSettings },
      example: { params, body: { displayName: settings.displayName, properties: { property: [property] } } },
      transact: async (req, trx) => ({
        status: 200,
        body: toSettings(await profiles.updateSettings(trx, callerOf(req), req.body)),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${management}/:org_name`,
      operationId: 'getOrganization',
      summary: 'Read an organization',
      params: organizationParams,
      answers: { 200: foundSettings },
      example: { params },
      handler: async (req, res) => res.json(toSettings(await profiles.read(req.organization))),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${management}/:org_name/environments`,
      operationId: 'listEnvironments',
      summary: 'List the environments of an organization',
      description: 'The names that the settings of the organization have; nothing else is known of them.',
      params: organizationParams,
      answers: {
        200: {
          description: 'The names.',
          schema: Joi.array().items(Joi.string()).meta({ schemaName: 'EnvironmentNames' }),
          example: [],
        },
      },
      example: { params },
      handler: async (req, res) => res.json(toSettings(await profiles.read(req.organization)).environments),
    }),
    defineRoute({
      ...write,
      method: 'PUT',
      path: mint,
      operationId: 'updateOrganizationProfile',
      summary: 'Change the profile of an organization',
      description: 'Omitted members keep their values. `timezone` must be `UTC`, in which all dates are.',
      params: organizationParams,
      body: profileInput,
      verbatim: keptOfProfile.names,
      answers: { 200: foundProfile },
      example: { params, body: profileChange },
      transact: async (req, trx) => ({
        status: 200,
        body: toProfile(await profiles.updateProfile(trx, callerOf(req), keptOfProfile.withKept(req))),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: mint,
      operationId: 'getOrganizationProfile',
      summary: 'Read the profile of an organization',
      params: organizationParams,
      answers: { 200: foundProfile },
      example: { params },
      handler: async (req, res) => res.json(toProfile(await profiles.read(req.organization))),
    }),
  ];
}
