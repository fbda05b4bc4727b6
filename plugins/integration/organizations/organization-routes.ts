import Joi from 'joi';
import { type Database, type Dispatcher, defineRoute, type Route } from '../../../src/plugin.ts';
import { matchingText } from '../text-schemas.ts';
import { createOrganizationPages } from './organization-names.ts';

interface ListQuery {
  limit: number;
  cursor?: string;
}

const query = Joi.object<ListQuery>({
  limit: Joi.number().integer().min(1).max(100).default(20),
  cursor: matchingText(/^[^\u0000-\u001f\u007f]+$/, 'must be a `next_cursor`')
    .max(100)
    .description('The `next_cursor` of the previous page.'),
});

const page = Joi.object({
  organizations: Joi.array()
    .items(Joi.object({ name: Joi.string().required() }).meta({ schemaName: 'Organization' }))
    .required(),
  next_cursor: Joi.string().allow(null).required(),
}).meta({ schemaName: 'OrganizationPage' });

interface Parts {
  database: Database;
  dispatcher: Dispatcher;
}

/** The organizations that exist, for callers who may act for all of them. */
export function createOrganizationRoutes({ database, dispatcher }: Parts): Route[] {
  const namesAfter = createOrganizationPages({ database, dispatcher });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/integration/organizations',
      operationId: 'listOrganizations',
      summary: 'List the organizations that exist',
      description:
        'Organizations with distributors, event types, webhooks, developers, products, packages, a profile or deliveries, in the order of their names. Only with credentials for all organizations; with others 404.',
      scopes: ['integration:read'],
      organization: 'all',
      heavy: true,
      query,
      answers: {
        200: {
          description: 'One page of organizations; `next_cursor` is null on the last page.',
          schema: page,
          example: { organizations: [{ name: 'myorg' }], next_cursor: null },
        },
        404: { description: 'The credentials do not cover all organizations.' },
      },
      example: { query: { limit: '100' } },
      handler: async (req, res) => {
        const { limit, cursor = '' } = req.query;
        const names = await namesAfter(limit + 1, cursor);
        const shown = names.slice(0, limit);
        res.json({
          organizations: shown.map((name) => ({ name })),
          next_cursor: names.length > limit ? shown.at(-1) : null,
        });
      },
    }),
  ];
}
