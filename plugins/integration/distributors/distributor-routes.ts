import Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { distributorExample as id, nodeExample as nodeId } from '../examples.ts';
import {
  distributorAnswer,
  distributorInput,
  distributorPage,
  distributorParams,
  nodeParams,
  pageQuery,
} from './distributor-schemas.ts';
import type { DistributorService } from './distributor-service.ts';
import { toAnswer } from './distributor-view.ts';

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

/** Routes of distributors, except the ones of a single distributor. */
export function createDistributorRoutes({ distributors, formatTime }: Parts): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: `${base}/nodes/:node_id`,
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
        },
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
          headers: { Location: `${base}/${created.id}` },
          body: toAnswer(created, formatTime, req.body),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/nodes/:node_id`,
      summary: "List a node's distributors, newest first",
      scopes: read,
      params: nodeParams,
      query: pageQuery,
      answers: { 200: { description: 'One page of distributors.', schema: distributorPage, example: page } },
      example: { params: { node_id: nodeId } },
      handler: async (req, res) => {
        const { distributors: items, total } = await distributors.list(
          { organization: req.organization, nodeId: req.params.node_id },
          req.query,
        );
        res.json({ distributors: items.map((item) => toAnswer(item, formatTime)), total, ...req.query });
      },
    }),
    defineRoute({
      method: 'GET',
      path: base,
      summary: "List the organization's distributors, newest first",
      scopes: read,
      query: pageQuery,
      answers: { 200: { description: 'One page of distributors.', schema: distributorPage, example: page } },
      example: { query: { page: '1', per_page: '20' } },
      handler: async (req, res) => {
        const { distributors: items, total } = await distributors.list({ organization: req.organization }, req.query);
        res.json({ distributors: items.map((item) => toAnswer(item, formatTime)), total, ...req.query });
      },
    }),
    ...createSecretRoutes(distributors),
  ];
}

/** Routes of a single distributor. */
export function createSingleDistributorRoutes({ distributors, formatTime }: Parts): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: `${base}/:id`,
      summary: 'Read a distributor',
      scopes: read,
      params: distributorParams,
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
        res.json(toAnswer(await distributors.read(req.organization, req.params.id), formatTime));
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${base}/:id`,
      summary: 'Change a distributor',
      description:
        'An omitted `meta` stays unchanged, `null` removes it, and an object replaces it as a whole. A masked secret that is sent back keeps the stored one.',
      scopes: write,
      params: distributorParams,
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
        const updated = await distributors.update(trx, req.organization, req.params.id, req.body);
        return { status: 200, body: toAnswer(updated, formatTime, req.body) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${base}/:id`,
      summary: 'Delete a distributor',
      scopes: write,
      params: distributorParams,
      answers: { 204: { description: 'The distributor was deleted.' }, ...notFound },
      example: { params: { id } },
      transact: async (req, trx) => {
        await distributors.delete(trx, req.organization, req.params.id);
        return { status: 204 };
      },
    }),
  ];
}

/** Routes of a distributor's signing secret. Reading it requires the write scope, because the secret allows signing. */
function createSecretRoutes(distributors: DistributorService): Route[] {
  const secret = {
    description: 'The signing secret.',
    schema: Joi.object({ secret: Joi.string().required() }),
    example: { secret: 'whsec_c2VjcmV0' },
  };
  return [
    defineRoute({
      method: 'GET',
      path: `${base}/:id/secret`,
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
