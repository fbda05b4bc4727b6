import Joi from 'joi';
import { dateInput, parseDate } from '../apigee/apigee-dates.ts';
import { listAnswer, listQuery } from '../apigee/apigee-lists.ts';
import { emailParam, idParam } from '../apigee/apigee-names.ts';
import { attributeNames } from '../usage/transaction-attributes.ts';

/** The criteria that this product reads; the others of the API family are ignored. */
export interface SearchBody {
  appCriteria?: readonly { id: string }[];
  devCriteria?: readonly { id: string }[];
  prodCriteria?: readonly { id: string }[];
  productIds?: readonly string[];
  billingMonth?: string;
  billingYear?: string;
  /** Milliseconds since 1970. */
  fromDate?: number;
  toDate?: number;
  transactionTypes?: readonly string[];
  transactionStatus?: readonly string[];
}

const maxCriteria = 100;
const id = Joi.string().max(512);
const inLowerCase = (text: string): string => text.toLowerCase();
const orgId = Joi.string().max(255).description('Ignored.');
const criterion = Joi.object({ id: id.required(), orgId }).meta({ schemaName: 'TransactionCriterion' });
const criteria = Joi.array().items(criterion).max(maxCriteria);
const ids = Joi.array().items(id).max(maxCriteria);

export const searchInput = Joi.object<SearchBody>({
  appCriteria: criteria.description('Applications, as they were reported.'),
  devCriteria: Joi.array()
    .items(
      Joi.object({ id: id.required().custom(inLowerCase), orgId }).meta({
        schemaName: 'TransactionDeveloperCriterion',
      }),
    )
    .max(maxCriteria)
    .description('Developers, by e-mail address or id.'),
  prodCriteria: criteria.description('Products; as `productIds`.'),
  productIds: ids.description('Products, by name or `<organization>@@@<name>`.'),
  billingMonth: Joi.string().max(16).description('Name of a month, such as `JULY`, of `billingYear`.'),
  billingYear: Joi.alternatives(
    Joi.string()
      .max(4)
      .pattern(/^\d{4}$/),
    Joi.number().integer().min(1970).max(9999),
  ),
  fromDate: dateInput,
  toDate: dateInput,
  transactionTypes: ids.description('Every transaction has the type `CHARGE`.'),
  transactionStatus: ids.description('Every transaction has the status `SUCCESS`.'),
})
  .and('billingMonth', 'billingYear')
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'TransactionSearch' });

export const searchQuery = listQuery;

const isDate = (text: string, helpers: Joi.CustomHelpers) =>
  parseDate(text) === undefined
    ? helpers.message({ custom: '{{#label}} must be a date in the form 2026-01-31' })
    : text;

const day = Joi.string().max(32).custom(isDate).required();

export interface DaysQuery {
  START_DATE: string;
  END_DATE: string;
}

export const daysQuery = Joi.object<DaysQuery>({
  START_DATE: day.description('First day, in UTC.'),
  END_DATE: day.description('Last day, in UTC.'),
}).prefs({ stripUnknown: true });

export interface StatusQuery {
  limit: number;
  productId?: string;
  utctime?: number;
  utctme?: number;
  utctime2?: number;
  utctme2?: number;
}

const time = dateInput.description(
  'Together at most a minute. One time alone stands for 5 seconds before and after it, none for the present; two equal ones are one second.',
);

export const statusQuery = Joi.object<StatusQuery>({
  limit: Joi.number().integer().min(1).max(1000).default(1000),
  productId: id,
  utctime: time,
  utctime2: time,
  utctme: time.description('The same as `utctime`.'),
  utctme2: time.description('The same as `utctime2`.'),
}).prefs({ stripUnknown: true });

export const statusParams = Joi.object<{ org_name: string; email: string }>({ org_name: idParam, email: emailParam });

const text = Joi.string().allow('').required();
const organization = Joi.object({ id: Joi.string().required() }).required();

export const transactionAnswer = Joi.object({
  id: Joi.string().guid().required(),
  application: Joi.object({ id: Joi.string().required(), name: Joi.string() }),
  batchSize: Joi.number().integer().required(),
  ...Object.fromEntries(attributeNames.map((name) => [name, Joi.number()])),
  developer: Joi.object({ id: Joi.string().required(), email: Joi.string().required() }).required(),
  product: Joi.object({ id: Joi.string().required(), name: Joi.string().required() }).required(),
  startTime: Joi.string().required().description('Time of the report, in UTC, as in the other three times.'),
  endTime: Joi.string().required(),
  utcStartTime: Joi.string().required(),
  utcEndTime: Joi.string().required(),
  status: Joi.valid('SUCCESS').required(),
  type: Joi.valid('CHARGE').required(),
}).meta({ schemaName: 'Transaction' });

export const transactionList = listAnswer('transaction', transactionAnswer).meta({ schemaName: 'TransactionList' });

export const applicationList = listAnswer(
  'application',
  Joi.object({ id: Joi.string().required(), name: Joi.string().required(), organization }).meta({
    schemaName: 'ApplicationWithTransactions',
  }),
).meta({ schemaName: 'ApplicationsWithTransactions' });

export const developerList = listAnswer(
  'developer',
  Joi.object({ id: text, email: text, name: text, legalName: text, organization }).meta({
    schemaName: 'DeveloperWithTransactions',
  }),
).meta({ schemaName: 'DevelopersWithTransactions' });

export const productList = listAnswer(
  'product',
  Joi.object({ id: text, name: text, displayName: text, organization }).meta({ schemaName: 'ProductWithTransactions' }),
).meta({ schemaName: 'ProductsWithTransactions' });

export const packageList = listAnswer(
  'monetizationPackage',
  Joi.object({ id: text, name: text, displayName: text, description: text, status: text, organization }).meta({
    schemaName: 'PackageWithTransactions',
  }),
).meta({ schemaName: 'PackagesWithTransactions' });
