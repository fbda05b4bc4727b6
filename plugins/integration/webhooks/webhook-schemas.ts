import Joi from 'joi';
import { idParam } from '../apigee/apigee-names.ts';
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

const noControls = (text: string): boolean => !/\p{Cc}/u.test(text) && text.isWellFormed();

// MySQL and MariaDB ignore trailing spaces in comparisons: "a " and "a" would be the same name.
const name = Joi.string()
  .trim()
  .max(maxName)
  .custom((text: string, helpers) =>
    noControls(text) ? text : helpers.message({ custom: '{{#label}} must not contain control characters' }),
  )
  .description('Unique within the organization.');

const isWebUrl = (text: string): boolean =>
  /^https?:\/\/[^\s\\/?#@]+(?:[/?][^\s\\#]*)?$/i.test(text) && noControls(text) && URL.canParse(text);

const postUrl = Joi.string()
  .max(maxUrl)
  .custom((text: string, helpers) =>
    isWebUrl(text)
      ? text
      : helpers.message({
          custom:
            '{{#label}} must be an http or https URL such as https://example.com/hook, without user info or fragment',
        }),
  )
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
}).prefs({ stripUnknown: true });

export const changedWebhook = Joi.object<WebhookBody>({ name, postURL: postUrl, postUrl, enabled }).prefs({
  stripUnknown: true,
});

/** An id in a path: converted to lower case, its syntax not checked. */
export const resourceId = idParam.custom((text: string) => text.toLowerCase());

export const webhookParams = Joi.object<{ org_name: string; id: string }>({ org_name: idParam, id: resourceId });

const sortable = /^(created|updated|name)(?::(asc|desc))?$/i;

const sort = Joi.string()
  .max(32)
  .custom((text: string, helpers): WebhookOrder | Joi.ErrorReport => {
    const [, by, direction = 'asc'] = sortable.exec(text.toLowerCase()) ?? [];
    if (by === undefined)
      return helpers.message({ custom: '{{#label}} must be created, updated or name, with :asc or :desc' });
    return { by, direction } as WebhookOrder;
  })
  .default({ by: 'created', direction: 'desc' } satisfies WebhookOrder)
  .description('`created`, `updated` or `name`, with `:asc` (the default) or `:desc`.');

/** Without `size` and `page` all webhooks are returned. */
export const webhookList = Joi.object<WebhookListQuery>({
  all: Joi.boolean().description('Return all records; `size` and `page` are ignored.'),
  size: Joi.number().integer().min(1).max(1000).description('Records per page.'),
  page: Joi.number().integer().min(1).max(1_000_000).description('Page number, starting at 1.'),
  sort,
  name: Joi.string().max(maxName).description('Substring of the name.'),
}).prefs({ stripUnknown: true });

/** Clients of this API family send parameters on every call; they are ignored. */
export const ignoredQuery = Joi.object({}).prefs({ stripUnknown: true });

export const webhookDeletion = Joi.object<{ forceDelete: boolean }>({
  forceDelete: Joi.boolean()
    .default(true)
    .description(
      'true: cancel pending and held deliveries. false: refuse to delete the webhook while deliveries are pending, held or in flight.',
    ),
}).prefs({ stripUnknown: true });

const epoch = Joi.number().integer().required().description('Milliseconds since 1970.');

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
});

export const webhookListAnswer = Joi.object({
  totalRecords: Joi.number().integer().required(),
  webhooks: Joi.array().items(webhookAnswer).required(),
});
