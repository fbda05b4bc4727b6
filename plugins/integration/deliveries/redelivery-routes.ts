import Joi from 'joi';
import { type Dispatcher, defineRoute, type RedeliveryJob, type Route } from '../../../src/plugin.ts';
import { uuid } from '../distributors/distributor-schemas.ts';
import { type FilterInput, filterFields, params, toFilter } from './delivery-schemas.ts';

const base = '/api/v1/integration';
const write = ['integration:write'];

interface BulkInput {
  filter: FilterInput;
  dry_run: boolean;
}

const bulk = Joi.object<BulkInput>({
  filter: Joi.object(filterFields)
    .min(1)
    .required()
    .description('Selects the deliveries; at least one condition is required.'),
  dry_run: Joi.boolean().default(false).description('Count the matching deliveries without sending them.'),
});

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
});

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
  formatTime: (micros: number) => string;
}

/** Routes for bulk redelivery: a job that survives restarts and can be cancelled. */
export function createRedeliveryRoutes({ dispatcher: { deliveries, redeliveryJobs }, formatTime }: Parts): Route[] {
  const view = ({ createdAt, updatedAt, ...rest }: RedeliveryJob) => ({
    ...rest,
    created_at: formatTime(createdAt),
    updated_at: formatTime(updatedAt),
  });
  return [
    defineRoute({
      method: 'POST',
      path: `${base}/deliveries/redeliver`,
      summary: 'Redeliver many deliveries',
      scopes: write,
      heavy: true,
      body: bulk,
      answers: {
        200: {
          description: 'Number of matching deliveries, with `dry_run`.',
          schema: Joi.object({
            count: Joi.number().integer().required(),
            more: Joi.boolean().description(
              'Present and true: there may be more. At most 10,000 are counted, and conditions other than `status` are checked on the newest 10,000 deliveries of each status.',
            ),
          }),
          example: { count: 42 },
        },
        202: { description: 'The job that redelivers them.', schema: job, example: jobExample, ids: ['/id'] },
      },
      example: (day) => {
        const filter = { status: 'failed', from: day(0) };
        return { bodies: { 'Count them': { filter, dry_run: true }, 'Send them again': { filter } } };
      },
      transact: async (req, trx) => {
        const filter = toFilter(req.organization, req.body.filter);
        if (req.body.dry_run) {
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
