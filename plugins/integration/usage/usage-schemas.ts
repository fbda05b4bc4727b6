import Joi from 'joi';
import { developerReference, loose, nameText, plainText, reference } from '../apigee/apigee-names.ts';
import { attributeFields, attributeNames } from './transaction-attributes.ts';

export interface UsageBody {
  /** Only transactions of an app may come without. */
  developer?: { id: string };
  application?: { id: string };
  /** Only transactions of a type that is not supported may come without. */
  product?: { id: string };
  type?: string;
  batchSize: number;
}

/** Maximum number of transactions in one report. */
export const maxBatch = 1_000_000;

/** Types of transactions of this API family that record no usage: payments and fees, which do not exist here. */
export const unsupportedTypes = [
  ...['ADJUSTMENT', 'BALANCE', 'CREDIT', 'PURCHASE', 'REFUND'],
  ...['RECURRINGFEES', 'SETUPFEES', 'TERMINATIONFEES'],
];

const appReference = Joi.object({ id: Joi.string().guid({ separator: '-', wrapper: false }).required() })
  .unknown()
  .required();

/** A name of 190 characters after an organization of 100. */
const maxProductId = 293;

/** Other members are ignored. */
export const usageInput = Joi.object<UsageBody>({
  developer: reference(developerReference)
    .when('application', { is: appReference, otherwise: Joi.required() })
    .description('By e-mail address or id. May be left out if `application` is the `appId` of an app.'),
  application: reference(plainText(190)).description(
    "The application's name, or the `appId` of an app, for the callbacks.",
  ),
  product: reference(nameText(maxProductId))
    .when('type', { is: Joi.valid(...unsupportedTypes).required(), otherwise: Joi.required() })
    .description('The name, also as `<organization>@@@<name>`.'),
  type: Joi.string()
    .valid('CHARGE', ...unsupportedTypes)
    .description('`CHARGE` records usage, as a report without a type does; the other types are answered with 501.'),
  batchSize: loose(Joi.number().integer().min(1).max(maxBatch)).default(1).description('Number of transactions.'),
  ...attributeFields,
})
  .prefs({ stripUnknown: true })
  // Only types that are not supported may come without a product, and they are refused.
  .meta({ schemaName: 'UsageReportInput', jsonSchema: { required: ['product'] } });

const named = Joi.object({ id: Joi.string().required() });

export const usageAnswer = Joi.object({
  id: Joi.string().guid().required(),
  developer: named.required(),
  application: named,
  product: named.required(),
  batchSize: Joi.number().integer().required(),
  ...Object.fromEntries(attributeNames.map((name) => [name, Joi.number().description('As it was sent.')])),
}).meta({ schemaName: 'UsageReport' });
