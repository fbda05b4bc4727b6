import { defineRoute, type Route } from '../../../src/plugin.ts';
import { createAttributeRoutes } from '../apigee/apigee-attribute-routes.ts';
import { callerOf } from '../apigee/apigee-caller.ts';
import { toHistoryAnswer } from '../apigee/apigee-history.ts';
import { keyListAnswer } from '../apigee/apigee-keys.ts';
import { sendList } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import {
  applicationExample,
  developerExample,
  developerIdExample,
  organizationExample as org_name,
} from '../examples.ts';
import type { Developer } from './developer.ts';
import {
  developerAction,
  developerAnswer,
  developerChange,
  developerInput,
  developerListQuery,
  developerParams,
  keptOfDeveloper,
} from './developer-schemas.ts';
import type { DeveloperService } from './developer-service.ts';

const path = '/v1/organizations/:org_name/developers';
const onePath = `${path}/:email`;
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const input = {
  email: developerExample,
  firstName: 'Nikola',
  lastName: 'Tesla',
  userName: 'theramin',
  companyName: 'Example',
  attributes: [{ name: 'region', value: 'north' }],
  apps: [applicationExample],
};
const answer = {
  ...input,
  organizationName: org_name,
  developerId: developerIdExample,
  status: 'active',
  createdAt: 1460162656342,
  createdBy: 'joe@example.com',
  lastModifiedAt: 1460162656342,
  lastModifiedBy: 'joe@example.com',
};
const other = { email: 'mcurie@example.com', firstName: 'Marie', lastName: 'Curie', userName: 'polonium' };
const org = { org_name };
const one = { ...org, email: input.email };
const notFound = { 404: { description: 'There is no such developer.', codes: ['mint.resourceDoesNotExist'] } };
const found = { description: 'The developer.', schema: developerAnswer, example: answer };

/** Routes of developers. */
export function createDeveloperRoutes({ developers }: { developers: DeveloperService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: 'createDeveloper',
      summary: 'Create a developer',
      params: organizationParams,
      body: developerInput,
      verbatim: keptOfDeveloper.names,
      answers: {
        201: found,
        409: {
          description: 'The e-mail address is in use, or the organization has reached its limit of developers.',
          codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
        },
      },
      example: { params: org, bodies: { 'A developer': input, 'A developer to delete': other } },
      withoutTransaction: true,
      transact: async (req, db) => ({
        status: 201,
        body: toAnswer(await developers.create(db, callerOf(req), keptOfDeveloper.withKept(req))),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listDevelopers',
      summary: 'List developers by e-mail address',
      description:
        'Returns the e-mail addresses, or with `expand=true` whole developers and the number of all: everything, unless a part is asked for.',
      params: organizationParams,
      query: developerListQuery,
      answers: {
        200: {
          description: 'The addresses; with `expand=true` the developers, and the total number of records.',
          schema: keyListAnswer('developer', developerAnswer, 'DeveloperList'),
          example: { developer: [answer], totalRecords: 1 },
        },
      },
      example: { params: org, query: { expand: 'true' } },
      handler: async (req, res) => {
        const { expand, app = '' } = req.query;
        const isWhole = expand || app !== '';
        if (!isWhole) return res.json(await developers.emails(req.organization, req.query));
        return sendList(res, 'developer', await developers.list(req.organization, req.query), toAnswer);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: onePath,
      operationId: 'getDeveloper',
      summary: 'Read a developer',
      params: developerParams,
      answers: { 200: found, ...notFound },
      example: { params: one },
      handler: async (req, res) => res.json(toAnswer(await developers.read(req.organization, req.params.email))),
    }),
    ...createChangeRoutes({ developers }),
    ...createAttributeRoutes(
      { name: 'Developer', title: 'developer', path: onePath, params: developerParams, example: one },
      developers.attributes,
    ),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: onePath,
      operationId: 'deleteDeveloper',
      summary: 'Delete a developer',
      params: developerParams,
      answers: {
        200: { ...found, description: 'The deleted developer.' },
        ...notFound,
        409: { description: 'The developer has or had a subscription.', codes: ['mint.developerHasRatePlans'] },
      },
      example: { params: { ...org, email: other.email } },
      transact: async (req, trx) => {
        const deleted = await developers.delete(trx, req.organization, req.params.email);
        return { status: 200, body: toAnswer(deleted) };
      },
    }),
  ];
}

function createChangeRoutes({ developers }: { developers: DeveloperService }): Route[] {
  const description = 'Omitted fields keep their values. The e-mail address cannot be changed.';
  const about = {
    ...write,
    path: onePath,
    params: developerParams,
    body: developerChange,
    verbatim: keptOfDeveloper.names,
  };
  const faults = {
    400: { description: 'The e-mail address cannot be changed.', codes: ['mint.idCannotBeChanged'] },
    ...notFound,
  };
  return [
    defineRoute({
      ...about,
      method: 'PUT',
      operationId: 'updateDeveloper',
      summary: 'Change a developer',
      description,
      answers: { 200: found, ...faults },
      example: { params: one, body: input },
      transact: async (req, trx) => {
        const change = keptOfDeveloper.withKept(req);
        return { status: 200, body: toAnswer(await developers.update(trx, callerOf(req), req.params.email, change)) };
      },
    }),
    defineRoute({
      ...about,
      method: 'POST',
      operationId: 'updateDeveloperByPost',
      summary: 'Activate, deactivate or change a developer',
      description: `With \`action\` the body is ignored. ${description}`,
      query: developerAction,
      answers: { 200: found, 204: { description: 'The status was set by `action`.' }, ...faults },
      example: { params: one, body: { companyName: input.companyName } },
      transact: async (req, trx) => {
        const { action } = req.query;
        if (action !== undefined) {
          await developers.setStatus(trx, callerOf(req), req.params.email, action);
          return { status: 204 };
        }
        const change = keptOfDeveloper.withKept(req);
        return { status: 200, body: toAnswer(await developers.update(trx, callerOf(req), req.params.email, change)) };
      },
    }),
  ];
}

const toAnswer = (developer: Developer) => ({
  email: developer.email,
  firstName: developer.firstName,
  lastName: developer.lastName,
  userName: developer.userName,
  companyName: developer.companyName,
  attributes: developer.attributes,
  apps: developer.apps,
  organizationName: developer.organization,
  developerId: developer.id,
  status: developer.status,
  ...developer.kept,
  ...toHistoryAnswer(developer),
});
