import Joi from 'joi';
import { validationError } from '../../../src/errors.ts';
import { dateInput } from '../apigee/apigee-dates.ts';
import { keptMembers, maxKeptBytes } from '../apigee/apigee-kept.ts';
import { type ListQuery, listFields, partFields } from '../apigee/apigee-lists.ts';
import { idParam, idPartText, loose, nameOrEmpty, plainText } from '../apigee/apigee-names.ts';
import { briefProfileAnswer } from '../organizations/brief-profile.ts';
import { soldPackageAnswer } from '../packages/package-view.ts';
import { customAttributes } from '../usage/quantity.ts';
import type { RatePlan } from './rate-plan.ts';

/** Dates are milliseconds since 1970. */
export interface RatePlanInput {
  /** Empty or null: derived from package and name. */
  id?: string | null;
  name: string;
  displayName?: string;
  type?: string;
  published?: boolean;
  startDate?: number;
  /** Null for an open-ended plan. */
  endDate?: number | null;
  ratePlanDetails?: object[];
}

/**
 * Members of rate plans in the monetization API. `ratePlanDetails` is kept although it also determines the kind of
 * plan.
 */
export const keptOfRatePlan = keptMembers([
  ...['advance', 'childRatePlan', 'contractDuration', 'contractDurationType', 'currency', 'customPaymentTerm'],
  ...['description', 'developer', 'developerCategory', 'earlyTerminationFee'],
  ...['freemiumDuration', 'freemiumDurationType', 'freemiumUnit', 'frequencyDuration', 'frequencyDurationType'],
  ...['isPrivate', 'keepOriginalStartDate', 'paymentDueDays', 'product', 'prorate'],
  ...['ratePlanDetails', 'recurringFee', 'recurringStartUnit', 'recurringType', 'setUpFee'],
]);

const maxDetails = 100;

/** The subjects that an adjustable notification plan can count: transactions, or the attribute of this number. */
const ratingParameters = [
  'VOLUME',
  ...Array.from({ length: customAttributes }, (_, index) => `MINT_CUSTOM_ATTRIBUTE_${index + 1}`),
];

const adjustable = Joi.object({
  type: Joi.valid('USAGE_TARGET').required(),
  meteringType: Joi.valid('DEV_SPECIFIC').required(),
  duration: Joi.number().integer().min(1).max(24).required(),
  durationType: Joi.valid('MONTH').required(),
  ratingParameter: Joi.valid(...ratingParameters).required(),
}).unknown();

const adjustableDetails = Joi.object({ ratePlanDetails: Joi.array().items(adjustable).length(1) });

/** The rule of `countingOf`, for the documentation. */
const adjustableRule = {
  if: {
    contains: {
      anyOf: [
        { required: ['type'], properties: { type: { const: 'USAGE_TARGET' } } },
        { required: ['meteringType'], properties: { meteringType: { const: 'DEV_SPECIFIC' } } },
      ],
    },
  },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    maxItems: 1,
    items: {
      required: ['type', 'meteringType', 'duration', 'durationType', 'ratingParameter'],
      properties: {
        type: { const: 'USAGE_TARGET' },
        meteringType: { const: 'DEV_SPECIFIC' },
        // Also as text, as Joi converts it.
        duration: {
          anyOf: [
            { type: 'integer', minimum: 1, maximum: 24 },
            { type: 'string', pattern: '^\\s*\\+?\\d+' },
          ],
        },
        durationType: { const: 'MONTH' },
        ratingParameter: { enum: ratingParameters },
      },
    },
  },
};

const detail = Joi.object().meta({ schemaName: 'RatePlanDetail' });

const fields = {
  ...keptOfRatePlan.fields,
  displayName: plainText(190),
  type: plainText(64),
  published: loose(Joi.boolean()),
  startDate: dateInput,
  endDate: dateInput.allow(null),
  ratePlanDetails: Joi.array()
    .items(detail.meta({ maxBytes: maxKeptBytes }))
    .max(maxDetails)
    .meta({ jsonSchema: adjustableRule })
    .description(
      'A single entry of type `USAGE_TARGET` and metering type `DEV_SPECIFIC` makes the plan an adjustable notification plan.',
    ),
};

// Shorter than other names: the plan's id is the package's id and the name.
const name = idPartText(120);

const id = nameOrEmpty(190).allow(null);

export const ratePlanInput = Joi.object<RatePlanInput>({
  id: id.description('Without it, null or empty: `<package id>_<name>`, in lower case and with `_` for spaces.'),
  name: name.required(),
  ...fields,
})
  .prefs({
    stripUnknown: true,
  })
  .meta({ schemaName: 'RatePlanInput' });

/** Omitted members are those of the parent, except the end. */
export type RevisionInput = Omit<RatePlanInput, 'name'> & Partial<Pick<RatePlanInput, 'name'>>;

export const revisionInput = Joi.object<RevisionInput>({
  id: id.description(
    "Without it, null, empty or the parent's: `<parent id>_<number>`, with the first free number from 2.",
  ),
  name,
  ...fields,
  startDate: dateInput.required(),
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'RatePlanRevisionInput' });

export const ratePlanChange = Joi.object<Partial<RatePlanInput>>({ name, ...fields })
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'RatePlanChange' });

const saysAdjustable = (detail: object): boolean =>
  ('type' in detail && detail.type === 'USAGE_TARGET') ||
  ('meteringType' in detail && detail.meteringType === 'DEV_SPECIFIC');

/**
 * Billing cycle and counted attribute of an adjustable notification plan, both undefined for any other plan. Throws
 * `VALIDATION_ERROR` when the details resemble an adjustable notification plan but are not valid for one.
 */
export function countingOf(ratePlanDetails: readonly object[]): Pick<RatePlan, 'durationMonths' | 'ratingAttribute'> {
  if (!ratePlanDetails.some(saysAdjustable)) return { durationMonths: undefined, ratingAttribute: undefined };
  const { error, value } = adjustableDetails.validate(
    { ratePlanDetails },
    { abortEarly: false, errors: { wrap: { label: false } } },
  );
  if (error)
    throw validationError(error.details.map(({ path, message }) => ({ path: path.join('.'), message, in: 'body' })));
  const { duration, ratingParameter } = value.ratePlanDetails[0];
  const attribute = ratingParameters.indexOf(ratingParameter);
  return { durationMonths: duration, ratingAttribute: attribute === 0 ? undefined : attribute };
}

export const ratePlanParams = Joi.object<{ org_name: string; package_id: string; plan_id: string }>({
  org_name: idParam,
  package_id: idParam,
  plan_id: idParam,
});

export interface PlanListQuery extends ListQuery {
  current: boolean;
}

const current = Joi.boolean()
  .sensitive()
  .description('Only plans that are published and not over (`true`), or drafts and expired plans too (`false`).');

export const planListQuery = Joi.object<PlanListQuery>({ current: current.default(false), ...listFields }).prefs({
  stripUnknown: true,
});

/** A list of one package has only current plans, unless drafts and expired plans are asked for. */
export const packagePlanListQuery = Joi.object<Partial<ListQuery> & { current: boolean }>({
  current: current.default(true),
  ...partFields,
}).prefs({ stripUnknown: true });

const kept = Joi.any().description('`false` unless another value was sent.');

export const organizationPlanParams = Joi.object<{ org_name: string; plan_id: string }>({
  org_name: idParam,
  plan_id: idParam,
});

export const ratePlanAnswer = Joi.object({
  id: Joi.string().required(),
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  type: Joi.string().required(),
  published: Joi.boolean().required(),
  startDate: Joi.string().required(),
  endDate: Joi.string().description('Absent while the plan is open-ended.'),
  ratePlanDetails: Joi.array().items(detail).required(),
  parentRatePlan: Joi.object().unknown().description('The plan of which this is a revision, without its own parent.'),
  monetizationPackage: soldPackageAnswer.required(),
  organization: briefProfileAnswer.required(),
  currency: Joi.any().required().description('The currency of the organization unless another one was sent.'),
  advance: kept.required(),
  isPrivate: kept.required(),
  keepOriginalStartDate: kept.required(),
  prorate: kept.required(),
})
  .unknown()
  .description('Further members that the API family documents are stored and returned unchanged.')
  .meta({ schemaName: 'RatePlan' });
