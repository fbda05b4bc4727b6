import { ApiError } from '../../../src/errors.ts';
import { defineRoute, isTransaction, type Knex, type Route } from '../../../src/plugin.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import type { UsageReport } from './usage.ts';
import type { UsageBatches } from './usage-batches.ts';
import type { StoredReport } from './usage-repository.ts';
import { type UsageBody, usageAnswer, usageInput } from './usage-schemas.ts';
import type { UsageService } from './usage-service.ts';

const example = {
  developer: { id: 'dev@mycompany.com' },
  application: { id: 'my-app' },
  product: { id: 'payment' },
  batchSize: 1,
};

/** Routes of usage reports. */
export function createUsageRoutes({ usage, batches }: { usage: UsageService; batches: UsageBatches }): Route[] {
  /** A call with an `Idempotency-Key` already has a transaction and uses it; the others share transactions. */
  const record = (db: Knex, report: UsageReport): Promise<StoredReport> =>
    isTransaction(db) ? recordAlone(db, report) : batches.record(report);

  async function recordAlone(trx: Knex.Transaction, report: UsageReport): Promise<StoredReport> {
    const [result] = await usage.record(trx, [report]);
    if (result === undefined || result instanceof ApiError) throw result;
    return result;
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/mint/organizations/:org_name/transactions',
      summary: 'Report usage',
      description:
        'Counts for every active subscription of the developer whose package contains the product, or for none. Crossed thresholds call their webhooks. Usage above the quota target is never refused.',
      scopes: ['integration:write'],
      organization: 'path',
      params: organizationParams,
      body: usageInput,
      answers: {
        201: {
          description: 'The report was stored and counted.',
          schema: usageAnswer,
          example: { id: '01a1ff64-1fef-712c-a665-f77e057a638e', ...example },
        },
        404: { description: '`mint.resourceDoesNotExist`: the developer or the product does not exist.' },
      },
      example: { params: { org_name: 'myorg' }, body: example },
      withoutTransaction: true,
      transact: async (req, db) => ({
        status: 201,
        body: toAnswer(await record(db, toReport(req.organization, req.body))),
      }),
    }),
  ];
}

const toReport = (organization: string, { developer, application, product, batchSize }: UsageBody): UsageReport => ({
  organization,
  developer: developer.id,
  application: application?.id ?? '',
  product: product.id,
  batchSize,
});

const toAnswer = ({ id, developer, application, product, batchSize }: StoredReport) => ({
  id,
  developer: { id: developer },
  ...(application === '' ? {} : { application: { id: application } }),
  product: { id: product },
  batchSize,
});
