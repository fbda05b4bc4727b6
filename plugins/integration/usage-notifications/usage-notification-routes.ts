import Joi from 'joi';
import {
  defineRoute,
  type PageQuery,
  pageFields,
  pageSchema,
  type Route,
  type TimeFormat,
  toPage,
  uuid,
} from '../../../src/plugin.ts';
import { filterFields, toMicros } from '../deliveries/delivery-schemas.ts';
import { developerExample, itemExample, planExample, webhookExample } from '../examples.ts';
import type { UsageNotification } from './usage-notification.ts';
import type { UsageNotificationService } from './usage-notification-service.ts';

const { from, to } = filterFields;
const query = Joi.object<PageQuery & { from?: string; to?: string }>({ from, to, ...pageFields });

const webhook = Joi.object({
  id: uuid.required(),
  name: Joi.string().allow(null).required().description('Null if the webhook has been deleted.'),
  delivery_id: uuid.allow(null).required().description('Null if the webhook was disabled and not called.'),
}).meta({ schemaName: 'CalledWebhook' });

const notification = Joi.object({
  id: uuid.required(),
  fired_at: Joi.string().isoDate().required(),
  percentage: Joi.number().integer().required().description('The threshold, in percent of the quota target.'),
  developer: Joi.object({
    email: Joi.string().required(),
    first_name: Joi.string().required(),
    last_name: Joi.string().required(),
  }).required(),
  plan: Joi.object({ id: Joi.string().required(), name: Joi.string().required() }).required(),
  subscription_id: uuid.required(),
  webhook_count: Joi.number().integer().required().description('Webhooks of the conditions, disabled ones included.'),
  delivery_count: Joi.number().integer().required().description('Callbacks to webhooks that were enabled.'),
  webhooks: Joi.array().items(webhook).required().description('At most 20 of them.'),
}).meta({ schemaName: 'UsageNotification' });

const example = {
  id: '019b7a3c-4d10-7050-9f4e-6a1c0e5d7b22',
  fired_at: '2026-01-01T00:00:00.000000Z',
  percentage: 80,
  developer: { email: developerExample, first_name: 'Nikola', last_name: 'Tesla' },
  plan: { id: planExample, name: 'Adjustable plan' },
  subscription_id: '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11',
  webhook_count: 1,
  delivery_count: 1,
  webhooks: [{ id: webhookExample, name: 'Usage', delivery_id: itemExample }],
};

interface Parts {
  notifications: UsageNotificationService;
  formatTime: TimeFormat;
}

/** The list of fired thresholds. */
export function createUsageNotificationRoutes({ notifications, formatTime }: Parts): Route[] {
  const toAnswer = (item: UsageNotification) => ({
    id: item.id,
    fired_at: formatTime(item.firedAt),
    percentage: item.threshold,
    developer: {
      email: item.developer.email,
      first_name: item.developer.firstName,
      last_name: item.developer.lastName,
    },
    plan: item.plan,
    subscription_id: item.subscriptionId,
    webhook_count: item.webhookCount,
    delivery_count: item.deliveryCount,
    webhooks: item.webhooks.map(({ id, name, deliveryId }) => ({ id, name, delivery_id: deliveryId })),
  });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/integration/usage-notifications',
      operationId: 'listUsageNotifications',
      summary: 'List thresholds of usage that have fired, newest first',
      description:
        'One entry for each subscription, billing cycle and percentage. `from` and `to` are times of firing.',
      scopes: ['integration:read'],
      heavy: true,
      query,
      answers: {
        200: {
          description: 'One page of fired thresholds; `next_cursor` is null on the last page.',
          schema: pageSchema('data', notification).meta({ schemaName: 'UsageNotificationPage' }),
          example: { data: [example], next_cursor: null },
        },
      },
      example: { query: { limit: '20' } },
      handler: async (req, res) => {
        const { from, to, ...wanted } = req.query;
        const filter = { organization: req.organization, from: toMicros(from), to: toMicros(to) };
        res.json(toPage('data', await notifications.list(filter, wanted), toAnswer));
      },
    }),
  ];
}
