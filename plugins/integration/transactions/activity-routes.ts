import type Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { sendList } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import {
  applicationExample,
  developerExample,
  organizationExample,
  packageExample,
  productExample,
} from '../examples.ts';
import type { Period } from './transaction.ts';
import { periodOfDays } from './transaction-periods.ts';
import { tooMany } from './transaction-routes.ts';
import { applicationList, daysQuery, developerList, packageList, productList } from './transaction-schemas.ts';
import type { TransactionService } from './transaction-service.ts';

const organization = { id: organizationExample };

interface Activity {
  /** The beginning of the path. */
  subject: string;
  operationId: string;
  summary: string;
  description?: string;
  /** Name of the list in the answer. */
  list: string;
  schema: Joi.ObjectSchema;
  example: object;
  /** Items of the answer, without their organization. */
  read(organization: string, period: Period): Promise<object[]>;
}

/** Routes that list who had transactions in a period. */
export function createActivityRoutes({ transactions }: { transactions: TransactionService }): Route[] {
  const activities: Activity[] = [
    {
      ...{ subject: 'applications', operationId: 'listApplicationsWithTransactions', list: 'application' },
      summary: 'List applications with transactions in a period',
      schema: applicationList,
      example: { id: applicationExample, name: applicationExample, organization },
      read: transactions.applications,
    },
    {
      ...{ subject: 'developers', operationId: 'listDevelopersWithTransactions', list: 'developer' },
      summary: 'List developers with transactions in a period',
      schema: developerList,
      example: {
        ...{ id: developerExample, email: developerExample, name: 'Nikola Tesla', legalName: '', organization },
      },
      read: async (...wanted) =>
        (await transactions.developers(...wanted)).map(({ email, firstName, lastName, companyName }) => ({
          ...{ id: email, email, name: `${firstName} ${lastName}`, legalName: companyName },
        })),
    },
    {
      ...{ subject: 'products', operationId: 'listProductsWithTransactions', list: 'product' },
      summary: 'List products with transactions in a period',
      schema: productList,
      example: { id: productExample, name: productExample, displayName: 'Weather', organization },
      read: async (...wanted) =>
        (await transactions.products(...wanted)).map(({ name, displayName }) => ({ id: name, name, displayName })),
    },
    {
      ...{ subject: 'packages', operationId: 'listPackagesWithTransactions', list: 'monetizationPackage' },
      summary: 'List packages with transactions in a period',
      description:
        'A package has the transactions of its products by developers with a subscription to one of its plans.',
      schema: packageList,
      example: {
        ...{ id: packageExample, name: 'Location', displayName: 'Location', description: '', status: 'CREATED' },
        organization,
      },
      read: transactions.packages,
    },
  ];
  return activities.map(toRoute);
}

const toRoute = ({ subject, list, schema, example, read, ...described }: Activity): Route =>
  defineRoute({
    ...described,
    method: 'GET',
    path: `/v1/mint/organizations/:org_name/${subject}-with-transactions`,
    scopes: ['integration:read'],
    organization: 'path',
    heavy: true,
    params: organizationParams,
    query: daysQuery,
    answers: {
      200: {
        description: 'The list, sorted by id.',
        schema,
        example: { [list]: [example], totalRecords: 1 },
      },
      ...tooMany,
    },
    example: (day) => ({
      params: { org_name: organizationExample },
      query: { START_DATE: day(-30), END_DATE: day(0) },
    }),
    handler: async (req, res) => {
      const { START_DATE: first, END_DATE: last } = req.query;
      const items = await read(req.organization, periodOfDays(first, last));
      const organization = { id: req.organization };
      await sendList(res, list, { items, total: items.length }, (item) => ({ ...item, organization }));
    },
  });
