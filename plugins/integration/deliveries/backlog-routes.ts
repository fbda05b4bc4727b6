import Joi from 'joi';
import { type Dispatcher, defineRoute, type Route } from '../../../src/plugin.ts';

const endpoint = Joi.object({
  endpoint: Joi.object({ kind: Joi.string().required(), id: Joi.string().required() }).required(),
  waiting: Joi.number()
    .integer()
    .required()
    .description('Deliveries that are not settled: pending, held or in flight.'),
  oldest_created_at: Joi.string().isoDate().required(),
});

const example = {
  endpoint: { kind: 'distributor', id: '39e8003c-6342-4fd3-97a1-3f2a7b437d0a' },
  waiting: 12,
  oldest_created_at: '2026-01-01T00:00:00.000000Z',
};

interface Parts {
  dispatcher: Dispatcher;
  formatTime: (micros: number) => string;
}

/** Which endpoints have something waiting: where to look when deliveries lag. */
export function createBacklogRoutes({ dispatcher: { deliveries }, formatTime }: Parts): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/integration/backlog',
      summary: 'See what waits for each endpoint, the fullest first',
      scopes: ['integration:read'],
      answers: {
        200: {
          description: 'At most 1000 endpoints.',
          schema: Joi.object({ endpoints: Joi.array().items(endpoint).required() }),
          example: { endpoints: [example] },
        },
      },
      example: {},
      handler: async (req, res) => {
        const backlog = await deliveries.backlog(req.organization);
        res.json({
          endpoints: backlog.map(({ oldestCreatedAt, ...entry }) => ({
            ...entry,
            oldest_created_at: formatTime(oldestCreatedAt),
          })),
        });
      },
    }),
  ];
}
