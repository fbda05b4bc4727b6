import Joi from 'joi';
import { emailText, loose, nameText, plainText, reference } from '../apigee/apigee-names.ts';
import { attributeFields, attributeNames } from './transaction-attributes.ts';

export interface UsageBody {
  developer: { id: string };
  application?: { id: string };
  product: { id: string };
  batchSize: number;
}

/** Maximum number of transactions in one report. */
export const maxBatch = 1_000_000;

/** Other members are ignored. */
export const usageInput = Joi.object<UsageBody>({
  developer: reference(emailText).required(),
  application: reference(plainText(190)).description("The application's name, for the callbacks."),
  product: reference(nameText(190)).required(),
  batchSize: loose(Joi.number().integer().min(1).max(maxBatch)).default(1).description('Number of transactions.'),
  ...attributeFields,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'UsageReportInput' });

const named = Joi.object({ id: Joi.string().required() });

export const usageAnswer = Joi.object({
  id: Joi.string().guid().required(),
  developer: named.required(),
  application: named,
  product: named.required(),
  batchSize: Joi.number().integer().required(),
  ...Object.fromEntries(attributeNames.map((name) => [name, Joi.number().description('As it was sent.')])),
}).meta({ schemaName: 'UsageReport' });
