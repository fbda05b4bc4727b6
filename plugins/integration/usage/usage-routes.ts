import { defineRoute, type Route } from '../../../src/plugin.ts';
import { notSupported } from '../apigee/apigee-errors.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { applicationExample, developerExample, organizationExample, productExample } from '../examples.ts';
import { productNameOf } from '../products/product-reference.ts';
import type { SharedTransactions } from '../shared-transactions.ts';
import { attributeName, quantityScale, toJsonNumber } from './quantity.ts';
import { attributeNames, attributesOf } from './transaction-attributes.ts';
import type { UsageReport } from './usage.ts';
import type { StoredReport } from './usage-repository.ts';
import { type UsageBody, unsupportedTypes, usageAnswer, usageInput } from './usage-schemas.ts';

const example = {
  developer: { id: developerExample },
  application: { id: applicationExample },
  product: { id: productExample },
  batchSize: 900,
};

/** Routes of usage reports. `record` stores and counts a report. */
export function createUsageRoutes({ record }: { record: SharedTransactions<UsageReport, StoredReport> }): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/mint/organizations/:org_name/transactions',
      operationId: 'reportUsage',
      summary: 'Report usage',
      description:
        'Counts for every active subscription of the developer whose package contains the product, or for none: `batchSize`, or, for plans that are rated by a custom attribute, `batchSize` times that attribute. Crossed thresholds call their webhooks. Usage above the quota target is never refused.',
      scopes: ['integration:write'],
      organization: 'path',
      params: organizationParams,
      body: usageInput,
      verbatim: attributeNames,
      answers: {
        201: {
          description: 'The report was stored and counted.',
          schema: usageAnswer,
          example: { id: '01a2013c-a3d4-7f19-b2c8-47e9d1053b6f', ...example },
        },
        400: {
          description: 'The plan of a subscription counts a custom attribute that the report lacks.',
          codes: ['mint.customAttributeRequired'],
        },
        404: { description: 'The developer or the product does not exist.', codes: ['mint.resourceDoesNotExist'] },
        501: { description: 'The transaction is a payment or a fee.', codes: ['mint.notSupported'] },
      },
      example: { params: { org_name: organizationExample }, body: example },
      withoutTransaction: true,
      transact: async (req, db) => ({
        status: 201,
        body: toAnswer(
          await record(db, { ...toReport(req.organization, req.body, req.verbatim), traceparent: req.traceparent }),
        ),
      }),
    }),
  ];
}

const toReport = (
  organization: string,
  { developer, application, product, type = '', batchSize }: UsageBody,
  verbatim: Readonly<Record<string, string>>,
): UsageReport => {
  if (!product || unsupportedTypes.includes(type))
    throw notSupported(`Transactions of type [${type}] are not supported: there are no payments and fees here`, [
      { name: 'type', value: type },
    ]);
  return {
    organization,
    developer: developer?.id ?? '',
    application: application?.id ?? '',
    product: productNameOf(organization, product.id),
    batchSize,
    attributes: attributesOf(verbatim, batchSize),
  };
};

const toAnswer = ({ id, developer, application, product, batchSize, attributes }: StoredReport) => ({
  id,
  developer: { id: developer },
  ...(application === '' ? {} : { application: { id: application } }),
  product: { id: product },
  batchSize,
  ...Object.fromEntries(
    Object.entries(attributes).map(([number, value]) => [
      attributeName(Number(number)),
      toJsonNumber(value ?? 0n, quantityScale),
    ]),
  ),
});
