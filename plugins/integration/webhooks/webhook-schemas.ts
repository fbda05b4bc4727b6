import Joi from 'joi';
import { epochAnswer } from '../apigee/apigee-dates.ts';
import { idParam } from '../apigee/apigee-names.ts';
import { matchingText } from '../text-schemas.ts';
import type { WebhookOrder } from './webhook-repository.ts';

/** A webhook as callers send it; clients use both spellings of the address. */
export interface WebhookBody {
  name?: string;
  postURL?: string;
  postUrl?: string;
  enabled?: boolean;
}

export interface WebhookListQuery {
  all?: boolean;
  size?: number;
  page?: number;
  sort: WebhookOrder;
  name?: string;
}

const maxName = 190;
const maxUrl = 2048;

// MySQL and MariaDB ignore trailing spaces in comparisons: "a " and "a" would be the same name.
const name = matchingText(/^[^\x00-\x1f\x7f-\x9f]*$/u, 'must not contain control characters')
  .trim()
  .max(maxName)
  .meta({
    jsonSchema: {
      pattern: '^[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$',
    },
  })
  .description('Unique within the organization.');

const postUrl = matchingText(
  /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\\/?#@\x00-\x1f\x7f-\x9f]+(?:[/?][^\s\\#\x00-\x1f\x7f-\x9f]*)?$/u,
  'must be an http or https URL such as https://example.com/hook, without user info or fragment',
  URL.canParse,
)
  .max(maxUrl)
  .description('URL to which notifications are sent: http or https, without user info or fragment.');

const enabled = Joi.alternatives(Joi.boolean(), Joi.string().valid('true', 'false').insensitive())
  .custom((value: boolean | string) => String(value).toLowerCase() === 'true')
  .messages({
    'alternatives.match': '{{#label}} must be true or false',
    'alternatives.types': '{{#label}} must be true or false',
  })
  .description('true or false, also as text.');

/** Other members are ignored. */
export const newWebhook = Joi.object<WebhookBody>({
  name: name.required(),
  postURL: postUrl.when('postUrl', { is: Joi.exist(), otherwise: Joi.required() }),
  postUrl,
  enabled,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'WebhookInput' });

export const changedWebhook = Joi.object<WebhookBody>({ name, postURL: postUrl, postUrl, enabled })
  .prefs({
    stripUnknown: true,
  })
  .meta({ schemaName: 'WebhookChange' });

/** An id in a path: converted to lower case, its syntax not checked. */
export const resourceId = idParam.custom((text: string) => text.toLowerCase());

export const webhookParams = Joi.object<{ org_name: string; id: string }>({ org_name: idParam, id: resourceId });

const sortable = /^(created|updated|name)(?::(asc|desc))?$/;
const anyCase =
  '^(?:[Cc][Rr][Ee][Aa][Tt][Ee][Dd]|[Uu][Pp][Dd][Aa][Tt][Ee][Dd]|[Nn][Aa][Mm][Ee])(?::(?:[Aa][Ss][Cc]|[Dd][Ee][Ss][Cc]))?$';

const sort = Joi.string()
  .max(32)
  .custom((text: string, helpers): WebhookOrder | Joi.ErrorReport => {
    const [, by, direction = 'asc'] = sortable.exec(text.toLowerCase()) ?? [];
    if (by === undefined)
      return helpers.message({ custom: '{{#label}} must be created, updated or name, with :asc or :desc' });
    return { by, direction } as WebhookOrder;
  })
  .default({ by: 'created', direction: 'desc' } satisfies WebhookOrder)
  .meta({ jsonSchema: { pattern: anyCase, default: 'created:desc' } })
  .description('`created`, `updated` or `name`, with `:asc` (the default) or `:desc`.');

/** Without `size` and `page` all webhooks are returned. */
export const webhookList = Joi.object<WebhookListQuery>({
  all: Joi.boolean().sensitive().description('Return all records; `size` and `page` are ignored.'),
  size: Joi.number().integer().min(1).max(1000).description('Records per page.'),
  page: Joi.number().integer().min(1).max(1_000_000).description('Page number, starting at 1.'),
  sort,
  name: Joi.string().max(maxName).description('Substring of the name.'),
}).prefs({ stripUnknown: true });

export const webhookDeletion = Joi.object<{ forceDelete: boolean }>({
  forceDelete: Joi.boolean()
    .sensitive()
    .default(true)
    .description(
      'true: cancel pending and held deliveries. false: refuse to delete the webhook while deliveries are pending, held or in flight.',
    ),
}).prefs({ stripUnknown: true });

const epoch = epochAnswer.required();

export const webhookAnswer = Joi.object({
  created: epoch,
  createdBy: Joi.string().required(),
  enabled: Joi.boolean().required(),
  id: Joi.string().guid().required(),
  name: Joi.string().required(),
  orgId: Joi.string().required(),
  postUrl: Joi.string().required(),
  updated: epoch,
  updatedBy: Joi.string().required(),
}).meta({ schemaName: 'Webhook' });

export const webhookListAnswer = Joi.object({
  totalRecords: Joi.number().integer().required(),
  webhooks: Joi.array().items(webhookAnswer).required(),
}).meta({ schemaName: 'WebhookList' });
