import { defineRoute, parseExactJson, type Route } from '../../../src/plugin.ts';
import { formatMicros } from '../apigee/apigee-dates.ts';
import { sendList } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { applicationExample, developerExample, organizationExample, productExample } from '../examples.ts';
import { attributeName } from '../usage/quantity.ts';
import type { Period, Transaction } from './transaction.ts';
import { periodOfMonth } from './transaction-periods.ts';
import {
  type SearchBody,
  searchInput,
  searchQuery,
  statusParams,
  statusQuery,
  transactionList,
} from './transaction-schemas.ts';
import type { Criteria, TransactionService } from './transaction-service.ts';

const base = '/v1/mint/organizations/:org_name';
const read = { scopes: ['integration:read'], organization: 'path', heavy: true } as const;
const org = { org_name: organizationExample };

const example = {
  id: '01a2013c-a3d4-7f19-b2c8-47e9d1053b6f',
  application: { id: applicationExample, name: applicationExample },
  batchSize: 900,
  developer: { id: developerExample, email: developerExample },
  product: { id: productExample, name: productExample },
  ...{ startTime: '2026-02-05 16:00:00', endTime: '2026-02-05 16:00:00' },
  ...{ utcStartTime: '2026-02-05 16:00:00', utcEndTime: '2026-02-05 16:00:00' },
  ...{ status: 'SUCCESS', type: 'CHARGE' },
};

export const tooMany = {
  400: {
    description: 'The period has over 100,000 transactions, or the answer would have over 10,000 items.',
    codes: ['mint.tooManyTransactions'],
  },
};

/** Routes that list stored transactions. */
export function createTransactionRoutes({ transactions }: { transactions: TransactionService }): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'POST',
      path: `${base}/transaction-search`,
      operationId: 'listTransactions',
      summary: 'Search transactions, newest first',
      description:
        'Transactions are the reports of usage, and the metered calls that a subscription covered. All criteria must match; a period is `billingMonth` of `billingYear`, or from `fromDate` to before `toDate`.',
      params: organizationParams,
      query: searchQuery,
      body: searchInput,
      answers: {
        200: {
          description: 'The requested part of the list, and the total number of records.',
          schema: transactionList,
          example: { transaction: [example], totalRecords: 1 },
        },
        ...tooMany,
      },
      example: (day) => ({
        params: org,
        query: { size: '100' },
        body: {
          devCriteria: [{ id: developerExample, orgId: organizationExample }],
          productIds: [`${organizationExample}@@@${productExample}`],
          fromDate: `${day(-7)} 00:00:00`,
          toDate: `${day(1)} 00:00:00`,
        },
      }),
      handler: async (req, res) => {
        const list = await transactions.search(req.organization, toCriteria(req.body), req.query);
        await sendList(res, 'transaction', list, toAnswer);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/transactions/developers/:email`,
      operationId: 'listDeveloperTransactions',
      summary: "List a developer's transactions of a minute at most, newest first",
      params: statusParams,
      query: statusQuery,
      answers: {
        200: {
          description: 'The transactions.',
          schema: transactionList,
          example: { transaction: [example], totalRecords: 1 },
        },
        404: { description: 'There is no such developer.', codes: ['mint.resourceDoesNotExist'] },
      },
      example: (day) => ({
        params: { ...org, email: developerExample },
        query: {
          utctime: `${day(0)} 00:55:00`,
          utctime2: `${day(0)} 00:55:05`,
          productId: productExample,
          limit: '500',
        },
      }),
      handler: async (req, res) => {
        const items = await transactions.ofDeveloper(req.organization, req.params.email, req.query);
        await sendList(res, 'transaction', { items, total: items.length }, toAnswer);
      },
    }),
  ];
}

function toCriteria(body: SearchBody): Criteria {
  const idsOf = (criteria: readonly { id: string }[] | undefined) => criteria?.map(({ id }) => id);
  const products = [...(body.productIds ?? []), ...(idsOf(body.prodCriteria) ?? [])];
  const { transactionTypes, transactionStatus } = body;
  return {
    ...periodOf(body),
    developers: whenAny(idsOf(body.devCriteria)),
    applications: whenAny(idsOf(body.appCriteria)),
    products: whenAny(products),
    isEmpty: excludes(transactionTypes, 'CHARGE') || excludes(transactionStatus, 'SUCCESS'),
  };
}

/** Clients send empty lists for criteria that they do not use. */
const whenAny = (values: readonly string[] | undefined) => (values && values.length > 0 ? values : undefined);

const excludes = (values: readonly string[] | undefined, value: string): boolean =>
  values !== undefined && values.length > 0 && !values.includes(value);

/** Throws `VALIDATION_ERROR`. */
function periodOf({ billingMonth, billingYear, fromDate, toDate }: SearchBody): Period {
  const month = billingMonth === undefined ? undefined : periodOfMonth(billingMonth, String(billingYear));
  const [from, to] = [fromDate ?? 0, toDate ?? Number.MAX_SAFE_INTEGER / 1000].map((each) => Math.floor(each * 1000));
  return { from: Math.max(month?.from ?? 0, from ?? 0), to: Math.min(month?.to ?? Infinity, to ?? Infinity) };
}

function toAnswer(transaction: Transaction) {
  const { id, developer, application, applicationName, product, batchSize, attributes, createdAt } = transaction;
  const time = formatMicros(createdAt);
  return {
    id,
    ...(application === '' ? {} : { application: { id: application, name: applicationName ?? application } }),
    batchSize,
    ...Object.fromEntries(
      Object.entries(attributes).map(([number, value]) => [attributeName(Number(number)), parseExactJson(value)]),
    ),
    developer: { id: developer, email: developer },
    product: { id: product, name: product },
    ...{ startTime: time, endTime: time, utcStartTime: time, utcEndTime: time },
    status: 'SUCCESS',
    type: 'CHARGE',
  };
}
