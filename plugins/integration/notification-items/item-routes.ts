import { defineRoute, parseExactJson, type Route } from '../../../src/plugin.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { itemExample as id, organizationExample as org_name, webhookExample } from '../examples.ts';
import { itemAnswer, itemFilter, itemListAnswer, itemParams, itemWithNotification } from './item-schemas.ts';
import type { ItemService } from './item-service.ts';
import { toItem } from './item-view.ts';

const base = '/v1/mint/organizations/:org_name/notification-service-items';
const organization = 'path' as const;

const params = { org_name, id };

const example = {
  id,
  orgId: org_name,
  webhook: { id: webhookExample },
  triggerReason: 'RATEPLANQUOTAUSAGE',
  test: false,
  status: 'NOTIFICATION_SENT',
  deliveryStatus: 'delivered',
  attempts: 1,
  responseCode: 200,
  nextAttempt: null,
  created: 1460385534555,
  updated: 1460385534601,
};

const notFound = { 404: { description: 'There is no such item.', codes: ['mint.resourceDoesNotExist'] } };

/** The log of deliveries to webhooks, in the shape of the monetization API. */
export function createNotificationItemRoutes({ items }: { items: ItemService }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listNotificationItems',
      summary: 'List notifications sent to webhooks, newest first',
      description: 'Returns at most 1000 items. If `hasMoreItems` is true, use `enddate` to read older items.',
      scopes: ['integration:read'],
      heavy: true,
      organization,
      params: organizationParams,
      query: itemFilter,
      answers: {
        200: {
          description: 'The newest items.',
          schema: itemListAnswer,
          example: { hasMoreItems: false, notificationServiceItems: [example] },
        },
        400: { description: 'The end date is earlier than the start date.', codes: ['mint.endDateEarlierThanStart'] },
      },
      example: (day) => ({ params: { org_name }, query: { startdate: day(-7), enddate: day(1), status: 'FAILED' } }),
      handler: async (req, res) => {
        const { deliveries, hasMore } = await items.list(req.organization, req.query);
        res.json({
          hasMoreItems: hasMore,
          notificationServiceItems: deliveries.map((delivery) => toItem(req.organization, delivery)),
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/:id`,
      operationId: 'getNotificationItem',
      summary: 'Read a notification sent to a webhook',
      scopes: ['integration:read'],
      organization,
      params: itemParams,
      answers: {
        200: {
          description: "The item, with the notification's body.",
          schema: itemWithNotification,
          example: { ...example, notification: { orgName: org_name, quotaPercentUsed: 80 } },
        },
        ...notFound,
      },
      example: { params },
      handler: async (req, res) => {
        const delivery = await items.read(req.organization, req.params.id);
        res.json({ ...toItem(req.organization, delivery), notification: parseExactJson(delivery.payload) });
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/reprocess`,
      operationId: 'reprocessNotificationItem',
      summary: 'Send a notification again',
      description: 'Sends it again now, under the same id. Retries start anew.',
      scopes: ['integration:write'],
      organization,
      params: itemParams,
      answers: {
        201: {
          description: 'The notification was queued again.',
          schema: itemAnswer,
          example: { ...example, status: 'QUEUED', deliveryStatus: 'pending' },
        },
        ...notFound,
        409: {
          description: 'The notification is in flight or held, or its webhook no longer exists.',
          codes: ['mint.deliveryInFlight', 'mint.deliveryHeld', 'mint.endpointGone'],
        },
      },
      example: { params },
      prepare: (req) => items.requireReprocessable(req.organization, req.params.id),
      transact: async (req, trx) => ({
        status: 201,
        body: toItem(req.organization, await items.reprocess(trx, req.organization, req.params.id)),
      }),
    }),
  ];
}
