import Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import { listAnswer, sendList } from '../apigee/apigee-lists.ts';
import { idParam, organizationParams, reference } from '../apigee/apigee-names.ts';
import { organizationExample } from '../examples.ts';
import { ownerExample } from './brief-profile.ts';
import type { Organization } from './organization.ts';
import type { ProfileService } from './profile-service.ts';
import { currencyOf } from './profile-view.ts';

const path = '/v1/mint/organizations/:org_name/supported-currencies';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const org = { org_name: organizationExample };
const currencyParams = Joi.object<{ org_name: string; currency: string }>({ org_name: idParam, currency: idParam });

const currencyAnswer = Joi.object({
  id: Joi.string().required().description('The code in lower case.'),
  name: Joi.string().required().description('Code of ISO 4217.'),
  displayName: Joi.string().required(),
  description: Joi.string().required(),
  organization: reference().required(),
  status: Joi.string().required(),
  virtualCurrency: Joi.boolean().required(),
}).meta({ schemaName: 'SupportedCurrency' });

const example = toCurrency({ ...ownerExample, profile: { currency: 'EUR' } });

/** Routes of the one currency of an organization, which its profile has. */
export function createCurrencyRoutes({ profiles }: { profiles: ProfileService }): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listSupportedCurrencies',
      summary: 'List the currency of the organization',
      description: 'An organization has one currency, that of its profile.',
      params: organizationParams,
      answers: {
        200: {
          description: 'The currency.',
          schema: listAnswer('supportedCurrency', currencyAnswer).meta({ schemaName: 'SupportedCurrencyList' }),
          example: { supportedCurrency: [example], totalRecords: 1 },
        },
      },
      example: { params: org },
      handler: async (req, res) => {
        const items = [await profiles.read(req.organization)];
        await sendList(res, 'supportedCurrency', { items, total: 1 }, toCurrency);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:currency`,
      operationId: 'getSupportedCurrency',
      summary: 'Read the currency of the organization',
      params: currencyParams,
      answers: {
        200: { description: 'The currency.', schema: currencyAnswer, example },
        404: { description: 'The organization has another currency.', codes: ['mint.resourceDoesNotExist'] },
      },
      example: { params: { ...org, currency: example.id } },
      handler: async (req, res) => {
        const currency = toCurrency(await profiles.read(req.organization));
        if (currency.id !== req.params.currency) throw doesNotExist('SupportedCurrency', req.params.currency);
        res.json(currency);
      },
    }),
  ];
}

function toCurrency(organization: Organization) {
  const code = currencyOf(organization);
  return {
    id: code.toLowerCase(),
    name: code,
    displayName: code,
    description: code,
    organization: { id: organization.name },
    status: 'ACTIVE',
    virtualCurrency: false,
  };
}
