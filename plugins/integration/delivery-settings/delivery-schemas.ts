import Joi from 'joi';
import { headerRefusal } from '../../../src/plugin.ts';
import { eventTypesSchema, everyType } from '../event-subscriptions/event-pattern.ts';
import { mask, maxHeaderBytes, maxHeaders } from './delivery-headers.ts';

/** Settings as callers send them. */
export interface SettingsInput {
  headers: Readonly<Record<string, string>>;
  retry_schedule: readonly number[] | null;
  timeout_ms: number | null;
  rate_limit: { per_second: number } | null;
  ordered: boolean;
  disable_after_s: number | null;
}

export interface DistributorSettingsInput extends SettingsInput {
  enabled: boolean;
  event_types: readonly string[];
}

/** Some of the settings. Null is the default, and the null of a header removes it. */
export type SettingsChange<Input extends SettingsInput = SettingsInput> = {
  readonly [Name in keyof Omit<Input, 'headers'>]?: Input[Name] | null;
} & { readonly headers?: Readonly<Record<string, string | null>> | null };

/** The settings of a new endpoint. */
export const defaultInput: Readonly<DistributorSettingsInput> = {
  enabled: true,
  event_types: [everyType],
  headers: {},
  retry_schedule: null,
  timeout_ms: null,
  rate_limit: null,
  ordered: false,
  disable_after_s: null,
};

const maxHeaderName = 100;
const maxHeaderValue = 4096;
const maxRetries = 20;
const weekS = 7 * 24 * 3600;
const yearS = 365 * 24 * 3600;

/** Whether `authorization` may be set depends on the endpoint, which its service knows. */
const settable: Joi.CustomValidator<string> = (value, helpers) => {
  const name = String(helpers.state.path?.at(-1));
  // A value that is too long is named by the schema's own rule.
  const isTaken = value === mask || value.length > maxHeaderValue;
  const refusal = headerRefusal(name, isTaken ? '' : value, { hasAuthorization: false });
  return refusal === undefined ? value : helpers.message({ custom: `{{#label}} ${refusal}` });
};

/** Unknown members of a setting are refused where the ones beside the settings are ignored. */
const refusing = { stripUnknown: false } as const;

/** The rules of `headerRefusal` for the documentation, without the reserved names. */
const headerName = { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" };
const headerValue = { pattern: '^[!-~\u00a1-\u00ff](?:[ -~\u00a0-\u00ff]*[!-~\u00a1-\u00ff])?$' };

const name = Joi.string().max(maxHeaderName).meta({ jsonSchema: headerName });
const value = Joi.string().max(maxHeaderValue).custom(settable).meta({ jsonSchema: headerValue });

const headers = Joi.object()
  .pattern(name, value)
  .max(maxHeaders)
  .prefs(refusing)
  .meta({ maxBytes: maxHeaderBytes })
  .description(
    `Sent with every attempt. Values are encrypted and answered as \`${mask}\`, which stands for the stored value when it is sent back.`,
  );

/** As many as there can be, removed and replaced by as many others. */
const changedHeaders = Joi.object()
  .pattern(name, value.allow(null))
  .max(2 * maxHeaders)
  .prefs(refusing)
  .meta({ maxBytes: maxHeaderBytes })
  .description(
    'Headers to set, and with null the ones to remove; others stay. Null in place of the object removes all.',
  );

/** In the order of the answers of distributors. */
const fields = {
  headers,
  retry_schedule: Joi.array()
    .items(Joi.number().integer().min(1).max(weekS))
    .max(maxRetries)
    .allow(null)
    .description(
      'Seconds from the end of an attempt to the next one; an empty list is a single attempt. Null: the retries of the gateway.',
    ),
  timeout_ms: Joi.number()
    .integer()
    .min(100)
    .max(10_000)
    .allow(null)
    .description('Milliseconds to wait for an answer. Null: the time of the gateway.'),
  rate_limit: Joi.object({
    per_second: Joi.number().min(0.1).max(1000).required().description('Attempts per second.'),
  })
    .prefs(refusing)
    .meta({ schemaName: 'DeliveryRateLimit' })
    .allow(null),
  ordered: Joi.boolean().description(
    'Deliver one at a time, in the order of acceptance; while one waits for its retry, all later ones wait.',
  ),
  disable_after_s: Joi.number()
    .integer()
    .min(1)
    .max(yearS)
    .allow(null)
    .description(
      'Turn the endpoint off when nothing has been delivered for so many seconds since the first failure, with 10 attempts or more.',
    ),
};

const fieldsOfDistributors = {
  enabled: Joi.boolean().description('false holds the deliveries of the distributor, true releases them.'),
  event_types: eventTypesSchema,
  ...fields,
};

type Fields = Readonly<Record<string, Joi.Schema>>;

/** An omitted field has its default. */
const replacing = (all: Fields): Fields =>
  Object.fromEntries(
    Object.entries(all).map(([field, schema]) => [field, schema.default(Reflect.get(defaultInput, field))]),
  );

/** An omitted field stays, and null is the default. */
const changing = (all: Fields): Fields =>
  Object.fromEntries(
    Object.entries({ ...all, headers: changedHeaders }).map(([field, schema]) => [field, schema.allow(null)]),
  );

/** Without a body, the call would reset every setting. */
export const distributorSettingsInput = Joi.object<DistributorSettingsInput>(replacing(fieldsOfDistributors))
  .required()
  .meta({ schemaName: 'DistributorDeliveryInput' });

export const distributorSettingsChange = Joi.object<SettingsChange<DistributorSettingsInput>>(
  changing(fieldsOfDistributors),
)
  .required()
  .meta({ schemaName: 'DistributorDeliveryChange' });

const elsewhere = (problem: string): Joi.Schema =>
  Joi.any()
    .forbidden()
    .messages({ 'any.unknown': `{{#label}} ${problem}` })
    .meta({ jsonSchema: { not: {} } });

/**
 * Other members are ignored, as everywhere in this API family, except the ones that a caller could take for a setting: a PUT that
 * ignored them would reset the setting.
 */
const misleading = {
  enabled: elsewhere('is a field of the webhook itself'),
  event_types: elsewhere('is no setting of a webhook'),
  eventTypes: elsewhere('is no setting of a webhook'),
  retrySchedule: elsewhere('is spelt retry_schedule'),
  timeoutMs: elsewhere('is spelt timeout_ms'),
  rateLimit: elsewhere('is spelt rate_limit'),
  disableAfterS: elsewhere('is spelt disable_after_s'),
};

export const webhookSettingsInput = Joi.object<SettingsInput & Record<string, never>>({
  ...replacing(fields),
  ...misleading,
})
  .prefs({ stripUnknown: true })
  .required()
  .meta({ schemaName: 'WebhookDeliveryInput' });

export const webhookSettingsChange = Joi.object<SettingsChange & Record<string, never>>({
  ...changing(fields),
  ...misleading,
})
  .prefs({ stripUnknown: true })
  .required()
  .meta({ schemaName: 'WebhookDeliveryChange' });

const answers = {
  headers: Joi.object()
    .pattern(Joi.string(), Joi.string().valid(mask))
    .required()
    .description('The names, with masked values.'),
  retry_schedule: Joi.array().items(Joi.number().integer()).allow(null).required(),
  timeout_ms: Joi.number().integer().allow(null).required(),
  rate_limit: Joi.object({ per_second: Joi.number().required() })
    .meta({ schemaName: 'DeliveryRateLimit' })
    .allow(null)
    .required(),
  ordered: Joi.boolean().required(),
  disable_after_s: Joi.number().integer().allow(null).required(),
};

export const distributorSettingsAnswer = Joi.object({
  enabled: Joi.boolean().required(),
  event_types: Joi.array().items(Joi.string()).required(),
  ...answers,
}).meta({ schemaName: 'DistributorDelivery' });

export const webhookSettingsAnswer = Joi.object(
  Object.fromEntries(Object.entries(answers).sort(([one], [other]) => (one < other ? -1 : 1))),
).meta({ schemaName: 'WebhookDelivery' });
