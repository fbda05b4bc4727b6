import { defineRoute, entityTag, type Route, requireMatch, sendTagged } from '../../../src/plugin.ts';
import { distributorExample as id, nodeExample as nodeId } from '../examples.ts';
import { signingSecretAnswer } from '../signing-secret.ts';
import type { Distributor } from './distributor.ts';
import {
  distributorAnswer,
  distributorInput,
  distributorPage,
  distributorParams,
  nodeParams,
  pageQuery,
} from './distributor-schemas.ts';
import type { DistributorService } from './distributor-service.ts';
import { toAnswer, toPage } from './distributor-view.ts';

const base = '/api/v1/integration/distributors';
const read = ['integration:read'];
const write = ['integration:write'];

const input = {
  meta: {
    host: 'https://example.com',
    path: '/webhook',
    method: 1,
    authentication: { type: 1, username: 'user', password: 'pass' },
  },
};

const answer = {
  id,
  node_id: nodeId,
  meta: { ...input.meta, method: 'GET' },
  created_at: '2025-12-24T02:16:10.419696+03:00',
  updated_at: '2025-12-24T02:16:10.419696+03:00',
};

const maskedAnswer = {
  ...answer,
  meta: { ...answer.meta, authentication: { ...input.meta.authentication, password: '********' } },
};
const page = { distributors: [maskedAnswer], total: 1, page: 1, per_page: 20 };
const notFound = { 404: { description: 'There is no such distributor.' } };

interface Parts {
  distributors: DistributorService;
  formatTime: (micros: number) => string;
}

/** Entity tags of distributors: of the answer to GET, also where another answer shows credentials. */
const createTag =
  (formatTime: Parts['formatTime']) =>
  (distributor: Distributor): string =>
    entityTag(toAnswer(distributor, formatTime));

/** Routes of distributors, except the ones of a single distributor. */
export function createDistributorRoutes({ distributors, formatTime }: Parts): Route[] {
  const tagOf = createTag(formatTime);
  return [
    defineRoute({
      method: 'POST',
      path: `${base}/nodes/:node_id`,
      operationId: 'createDistributor',
      summary: 'Create a distributor for a node',
      scopes: write,
      params: nodeParams,
      body: distributorInput,
      answers: {
        201: {
          description: 'The distributor, with the credentials as sent.',
          schema: distributorAnswer,
          example: answer,
          ids: ['/id'],
          headers: { ETag: 'State of the distributor, for `If-Match`.', Location: 'Path of the distributor.' },
        },
        409: { description: 'The organization has reached its limit of distributors.', codes: ['LIMIT_REACHED'] },
      },
      example: {
        params: { node_id: nodeId },
        body: input,
        greeting: {
          step: 1,
          title: 'Create a distributor that sends the events of a node to this endpoint',
          body: { meta: { host: 'http://127.0.0.1:9900', path: '/hook' } },
        },
      },
      prepare: (req) => distributors.checkReachable(req.body),
      withoutTransaction: true,
      transact: async (req, db) => {
        const created = await distributors.create(db, req.organization, req.params.node_id, req.body);
        return {
          status: 201,
          headers: { ETag: tagOf(created), Location: `${base}/${created.id}` },
          body: toAnswer(created, formatTime, req.body),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/nodes/:node_id`,
      operationId: 'listNodeDistributors',
      summary: "List a node's distributors, newest first",
      scopes: read,
      params: nodeParams,
      query: pageQuery,
      answers: { 200: { description: 'One page of distributors.', schema: distributorPage, example: page } },
      example: { params: { node_id: nodeId } },
      handler: async (req, res) => {
        const filter = { organization: req.organization, nodeId: req.params.node_id };
        res.json(toPage(await distributors.list(filter, req.query), req.query, formatTime));
      },
    }),
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listDistributors',
      summary: "List the organization's distributors, newest first",
      scopes: read,
      query: pageQuery,
      answers: { 200: { description: 'One page of distributors.', schema: distributorPage, example: page } },
      example: { query: { page: '1', per_page: '20' } },
      handler: async (req, res) => {
        const found = await distributors.list({ organization: req.organization }, req.query);
        res.json(toPage(found, req.query, formatTime));
      },
    }),
    ...createSecretRoutes(distributors),
  ];
}

/** Routes of a single distributor. */
export function createSingleDistributorRoutes({ distributors, formatTime }: Parts): Route[] {
  const tagOf = createTag(formatTime);
  const about = { path: `${base}/:id`, params: distributorParams, conditional: true };
  return [
    defineRoute({
      ...about,
      method: 'GET',
      operationId: 'getDistributor',
      summary: 'Read a distributor',
      scopes: read,
      answers: {
        200: {
          description: 'The distributor, with masked credentials.',
          schema: distributorAnswer,
          example: maskedAnswer,
        },
        ...notFound,
      },
      example: { params: { id } },
      handler: async (req, res) => {
        sendTagged(req, res, toAnswer(await distributors.read(req.organization, req.params.id), formatTime));
      },
    }),
    defineRoute({
      ...about,
      method: 'PUT',
      operationId: 'updateDistributor',
      summary: 'Change a distributor',
      description:
        'An omitted `meta` stays unchanged, `null` removes it, and an object replaces it as a whole. A masked secret that is sent back keeps the stored one.',
      scopes: write,
      body: distributorInput,
      answers: {
        200: {
          description: 'The distributor, with the credentials as sent.',
          schema: distributorAnswer,
          example: answer,
        },
        ...notFound,
      },
      example: { params: { id }, body: input },
      prepare: (req) => distributors.checkReachable(req.body),
      transact: async (req, trx) => {
        const own = { organization: req.organization, id: req.params.id };
        const updated = await distributors.update(trx, own, req.body, (before) =>
          requireMatch(req, () => tagOf(before)),
        );
        return { status: 200, headers: { ETag: tagOf(updated) }, body: toAnswer(updated, formatTime, req.body) };
      },
    }),
    defineRoute({
      ...about,
      method: 'DELETE',
      operationId: 'deleteDistributor',
      summary: 'Delete a distributor',
      scopes: write,
      answers: { 204: { description: 'The distributor was deleted.' }, ...notFound },
      example: { params: { id } },
      transact: async (req, trx) => {
        await distributors.delete(trx, req.organization, req.params.id, (before) =>
          requireMatch(req, () => tagOf(before)),
        );
        return { status: 204 };
      },
    }),
  ];
}

/** Routes of a distributor's signing secret. Reading it requires the write scope, because the secret allows signing. */
function createSecretRoutes(distributors: DistributorService): Route[] {
  const secret = {
    description: 'The signing secret.',
    schema: signingSecretAnswer,
    example: { secret: 'whsec_c2VjcmV0' },
  };
  return [
    defineRoute({
      method: 'GET',
      path: `${base}/:id/secret`,
      operationId: 'getDistributorSecret',
      summary: "Read a distributor's signing secret",
      scopes: write,
      params: distributorParams,
      answers: { 200: secret, ...notFound },
      example: { params: { id } },
      transact: async (req, trx) => ({
        status: 200,
        body: { secret: await distributors.secret(trx, req.organization, req.params.id) },
      }),
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/secret/rotate`,
      operationId: 'rotateDistributorSecret',
      summary: "Rotate a distributor's signing secret",
      description: 'Deliveries are signed with both the old and the new secret for 24 hours.',
      scopes: write,
      params: distributorParams,
      answers: { 200: secret, ...notFound },
      example: { params: { id } },
      transact: async (req, trx) => ({
        status: 200,
        body: { secret: await distributors.rotateSecret(trx, req.organization, req.params.id) },
      }),
    }),
  ];
}
