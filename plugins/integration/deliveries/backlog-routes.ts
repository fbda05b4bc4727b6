import Joi from 'joi';
import { type Dispatcher, defineRoute, type Route } from '../../../src/plugin.ts';
import { distributorExample } from '../examples.ts';
import { endpointRef, organizationOfItem } from './delivery-schemas.ts';
import { organizationOf, shownEndpoint } from './delivery-view.ts';

const endpoint = Joi.object({
  organization: organizationOfItem,
  endpoint: endpointRef.required(),
  waiting: Joi.number().integer().required().description('Number of unsettled deliveries: pending, held or in flight.'),
  oldest_created_at: Joi.string().isoDate().required(),
}).meta({ schemaName: 'BacklogEntry' });

const example = {
  endpoint: { kind: 'distributor', id: distributorExample },
  waiting: 12,
  oldest_created_at: '2026-01-01T00:00:00.000000Z',
};

interface Parts {
  dispatcher: Dispatcher;
  formatTime: (micros: number) => string;
}

/** Shows the endpoints with unsettled deliveries: the place to look when deliveries lag. */
export function createBacklogRoutes({ dispatcher: { deliveries }, formatTime }: Parts): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/integration/backlog',
      operationId: 'getBacklog',
      summary: 'List endpoints by number of unsettled deliveries',
      scopes: ['integration:read'],
      organization: 'header-or-all',
      heavy: true,
      answers: {
        200: {
          description: 'At most 1000 endpoints, the largest backlog first.',
          schema: Joi.object({
            endpoints: Joi.array().items(endpoint).required(),
            more: Joi.boolean().description(
              'Present and true: more than 50,000 deliveries are unsettled, and only the oldest 50,000 are counted.',
            ),
          }).meta({ schemaName: 'Backlog' }),
          example: { endpoints: [example] },
        },
      },
      example: {},
      handler: async (req, res) => {
        const { endpoints, more } = await deliveries.backlog(req.organization);
        res.json({
          endpoints: endpoints.map((entry) => ({
            ...organizationOf(req.organization, entry),
            endpoint: shownEndpoint(entry.endpoint),
            waiting: entry.waiting,
            oldest_created_at: formatTime(entry.oldestCreatedAt),
          })),
          ...(more ? { more } : {}),
        });
      },
    }),
  ];
}
