import Joi from 'joi';
import { uuid } from '../../../src/plugin.ts';
import { endpointRef, time } from '../deliveries/delivery-schemas.ts';
import { distributorExample, nodeExample } from '../examples.ts';
import { matchingText } from '../text-schemas.ts';

export const steps = { '5m': 5 * 60, '1h': 3600, '1d': 24 * 3600 } as const;

export type Step = keyof typeof steps;

export interface StatisticsQuery {
  from?: string;
  to?: string;
  step: Step;
  endpoint?: string;
}

export const statisticsQuery = Joi.object<StatisticsQuery>({
  from: time,
  to: time,
  step: Joi.valid(...(Object.keys(steps) as Step[]))
    .meta({ schemaName: 'StatisticsStep' })
    .default('1h'),
  endpoint: uuid.description('Id of a distributor or webhook.'),
});

const count = Joi.number().integer().required();

const point = Joi.object({
  at: Joi.string().isoDate().required().description('Begin of the step.'),
  accepted: count.description(
    'Deliveries by the time of their acceptance, counted with the outcome of their first attempt or their cancellation.',
  ),
  delivered: count,
  failed: count,
  retried: count.description('Attempts that were followed by a retry.'),
  cancelled: count,
}).meta({ schemaName: 'StatisticsPoint' });

export const statisticsAnswer = Joi.object({
  from: Joi.string().isoDate().required(),
  to: Joi.string().isoDate().required(),
  step: Joi.valid(...Object.keys(steps))
    .meta({ schemaName: 'StatisticsStep' })
    .required(),
  points: Joi.array().items(point).required(),
}).meta({ schemaName: 'Statistics' });

export const statisticsExample = {
  from: '2026-01-01T00:00:00.000000Z',
  to: '2026-01-01T01:00:00.000000Z',
  step: '1h',
  points: [{ at: '2026-01-01T00:00:00.000000Z', accepted: 120, delivered: 118, failed: 1, retried: 4, cancelled: 0 }],
};

export const kinds = ['webhook', 'distributor'] as const;

export interface EndpointQuery {
  from?: string;
  to?: string;
  kind?: (typeof kinds)[number];
  /** Ids, separated by commas. */
  endpoints?: string;
  state?: 'failing' | 'disabled';
  failing: boolean;
  limit: number;
  cursor?: string;
}

const hex = '[\\da-fA-F]';
const id = `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`;

export const endpointQuery = Joi.object<EndpointQuery>({
  from: time,
  to: time,
  kind: Joi.valid(...kinds).meta({ schemaName: 'StatisticsEndpointKind' }),
  endpoints: matchingText(new RegExp(`^${id}(?:,${id}){0,99}$`), 'must be up to 100 UUIDs, separated by commas')
    .max(3699)
    .lowercase(),
  state: Joi.valid('failing', 'disabled')
    .meta({ schemaName: 'FailingEndpointState' })
    .description('Only endpoints with this `state`, the one that fails for the longest time first.'),
  failing: Joi.boolean().sensitive().default(false).description('Short for `state=failing`.'),
  limit: Joi.number().integer().min(1).max(100).default(20),
  cursor: matchingText(new RegExp(`^(?:\\d{1,16}\\.)?${id}$`), 'must be a `next_cursor`')
    .max(53)
    .description('The `next_cursor` of the previous page.'),
});

const timeOrNull = Joi.string().isoDate().allow(null).required();

const endpointStatistics = Joi.object({
  endpoint: endpointRef.required(),
  endpoint_name: Joi.string()
    .allow(null)
    .required()
    .description('Name of the webhook, or node of the distributor; null when it has been deleted.'),
  enabled: Joi.boolean()
    .allow(null)
    .required()
    .description('Whether deliveries are sent, and not held; null when it has been deleted.'),
  delivered: count,
  failed: count,
  retried: count,
  success_rate: Joi.number()
    .min(0)
    .max(1)
    .allow(null)
    .required()
    .description('Delivered, of the attempts that ended: delivered, failed and retried. Null without any.'),
  last_delivery_at: timeOrNull.description('End of the last attempt that delivered.'),
  last_attempt_at: timeOrNull,
  last_status: Joi.number().integer().allow(null).required(),
  last_error: Joi.string().allow(null).required(),
  state: Joi.valid('ok', 'failing', 'disabled')
    .required()
    .meta({ schemaName: 'EndpointState' })
    .description(
      '`failing`: nothing was delivered for 5 minutes after a failure, or after 10 failures in a row; `disabled`: turned off since it failed for longer than its `disable_after_s`.',
    ),
  failing_since: timeOrNull.description('First failed attempt since the last delivery.'),
  failures: count.description('Failed attempts since the last delivery.'),
  waiting: count.description('Unsettled deliveries: pending, held or in flight; 10,000 at most.'),
  oldest_created_at: timeOrNull.description('Acceptance of the oldest of them.'),
}).meta({ schemaName: 'EndpointStatistics' });

export const endpointStatisticsAnswer = Joi.object({
  data: Joi.array().items(endpointStatistics).required(),
  next_cursor: Joi.string().allow(null).required(),
}).meta({ schemaName: 'EndpointStatisticsPage' });

export const endpointStatisticsExample = {
  data: [
    {
      endpoint: { kind: 'distributor', id: distributorExample },
      endpoint_name: nodeExample,
      enabled: true,
      delivered: 118,
      failed: 1,
      retried: 4,
      success_rate: 0.959,
      last_delivery_at: '2026-01-01T00:59:00.000000Z',
      last_attempt_at: '2026-01-01T00:59:00.000000Z',
      last_status: 200,
      last_error: null,
      state: 'ok',
      failing_since: null,
      failures: 0,
      waiting: 1,
      oldest_created_at: '2026-01-01T00:58:00.000000Z',
    },
  ],
  next_cursor: null,
};
