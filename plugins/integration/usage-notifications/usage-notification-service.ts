import type { Database, Page, PageQuery } from '../../../src/plugin.ts';
import { createFiringRepository, thresholdKey } from '../usage/firing-repository.ts';
import type { UsageNotification } from './usage-notification.ts';
import { createUsageNotificationRepository, type NotificationFilter } from './usage-notification-repository.ts';

export type UsageNotificationService = ReturnType<typeof createUsageNotificationService>;

/** Thresholds that have fired, with the webhooks that they called. */
export function createUsageNotificationService({ database }: { database: Database }) {
  return {
    /** Lists an organization's fired thresholds, newest first. */
    list: (filter: NotificationFilter, wanted: PageQuery): Promise<Page<UsageNotification>> =>
      database.read(async (db) => {
        const { items, next } = await createUsageNotificationRepository(db).list(filter, wanted);
        const called = Map.groupBy(await createFiringRepository(db).findCalled(items), thresholdKey);
        return {
          items: items.map((item) => {
            const webhooks = called.get(thresholdKey(item)) ?? [];
            const [{ webhookCount, deliveryCount } = { webhookCount: 0, deliveryCount: 0 }] = webhooks;
            return {
              ...{ ...item, webhookCount, deliveryCount },
              webhooks: webhooks.map(({ webhookId, name, deliveryId }) => ({ id: webhookId, name, deliveryId })),
            };
          }),
          next,
        };
      }),
  };
}
