import Joi from 'joi';
import { type Dispatcher, defineRoute, type RedeliveryJob, type Route, uuid } from '../../../src/plugin.ts';
import { toFilter } from './delivery-filter.ts';
import { countAnswer, type FilterInput, filterFields, params } from './delivery-schemas.ts';
import type { EndpointNames } from './endpoint-names.ts';

const base = '/api/v1/integration';
const write = ['integration:write'];

interface BulkInput {
  filter: FilterInput;
  dry_run: boolean;
}

const bulk = Joi.object<BulkInput>({
  filter: Joi.object(filterFields)
    .meta({ schemaName: 'DeliveryFilter' })
    .min(1)
    .required()
    .description('Selects the deliveries; at least one condition is required.'),
  dry_run: Joi.boolean().default(false).description('Count the matching deliveries without sending them.'),
}).meta({ schemaName: 'RedeliveryInput' });

const job = Joi.object({
  id: uuid.required(),
  state: Joi.valid('running', 'done', 'cancelled').required(),
  redelivered: Joi.number().integer().required(),
  skipped: Joi.number()
    .integer()
    .required()
    .description(
      'Deliveries that could not be sent again, because they were in flight or held, or their endpoint no longer existed.',
    ),
  created_at: Joi.string().isoDate().required(),
  updated_at: Joi.string().isoDate().required(),
}).meta({ schemaName: 'RedeliveryJob' });

const id = '01a2013c-9a51-7e08-8d37-2c64f0b91e75';
const jobExample = {
  id,
  state: 'running',
  redelivered: 100,
  skipped: 0,
  created_at: '2026-01-01T00:00:00.000000Z',
  updated_at: '2026-01-01T00:00:01.000000Z',
};

const notFound = { 404: { description: 'There is no such job.' } };

interface Parts {
  dispatcher: Dispatcher;
  endpoints: EndpointNames;
  formatTime: (micros: number) => string;
}

/** Routes for bulk redelivery: a job that survives restarts and can be cancelled. */
export function createRedeliveryRoutes({ dispatcher, endpoints, formatTime }: Parts): Route[] {
  const { deliveries, redeliveryJobs } = dispatcher;
  const view = ({ createdAt, updatedAt, ...rest }: RedeliveryJob) => ({
    ...rest,
    created_at: formatTime(createdAt),
    updated_at: formatTime(updatedAt),
  });
  return [
    defineRoute({
      method: 'POST',
      path: `${base}/deliveries/redeliver`,
      operationId: 'createRedeliveryJob',
      summary: 'Redeliver many deliveries',
      scopes: write,
      heavy: true,
      body: bulk,
      answers: {
        200: {
          description: 'Number of matching deliveries, with `dry_run`.',
          schema: countAnswer.meta({ schemaName: 'RedeliveryCount' }),
          example: { count: 42 },
        },
        202: {
          description: 'The job that redelivers them.',
          schema: job,
          example: jobExample,
          ids: ['/id'],
          headers: { Location: 'Path of the job.' },
        },
      },
      example: (day) => {
        const filter = { status: 'failed', from: day(0) };
        return { bodies: { 'Count them': { filter, dry_run: true }, 'Send them again': { filter } } };
      },
      transact: async (req, trx) => {
        const { organization, body } = req;
        const filter = await toFilter(trx, endpoints, { organization, input: body.filter, place: 'body' });
        if (body.dry_run) {
          const { count, more } = await deliveries.count(trx, filter);
          return { status: 200, body: more ? { count, more } : { count } };
        }
        const created = await redeliveryJobs.create(trx, filter);
        return { status: 202, headers: { Location: `${base}/redelivery-jobs/${created.id}` }, body: view(created) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/redelivery-jobs/:id`,
      operationId: 'getRedeliveryJob',
      summary: 'Read the progress of a redelivery job',
      scopes: ['integration:read'],
      params,
      answers: { 200: { description: 'The job.', schema: job, example: jobExample }, ...notFound },
      example: { params: { id } },
      handler: async (req, res) => {
        res.json(view(await redeliveryJobs.read(req.organization, req.params.id)));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${base}/redelivery-jobs/:id`,
      operationId: 'cancelRedeliveryJob',
      summary: 'Cancel a redelivery job',
      description: 'Deliveries that the job has already queued are still sent.',
      scopes: write,
      params,
      answers: { 204: { description: 'The job was cancelled.' }, ...notFound },
      example: { params: { id } },
      transact: async (req, trx) => {
        await redeliveryJobs.cancel(trx, req.organization, req.params.id);
        return { status: 204 };
      },
    }),
  ];
}
