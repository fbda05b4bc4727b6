import type { DeliveryFilter, DeliveryView } from '../../../src/plugin.ts';
import { toMilliseconds } from '../apigee/apigee-dates.ts';
import { isTest } from '../deliveries/delivery-view.ts';

export const itemStatuses = ['QUEUED', 'NOTIFICATION_SENT', 'FAILED'] as const;

export type ItemStatus = (typeof itemStatuses)[number];

const statusOf: Record<DeliveryView['status'], ItemStatus> = {
  pending: 'QUEUED',
  in_flight: 'QUEUED',
  held: 'QUEUED',
  delivered: 'NOTIFICATION_SENT',
  failed: 'FAILED',
  cancelled: 'FAILED',
};

/** Delivery states by the status of an item. */
export const statesOf: Record<ItemStatus, NonNullable<DeliveryFilter['states']>> = {
  QUEUED: ['open'],
  NOTIFICATION_SENT: ['delivered'],
  FAILED: ['failed', 'cancelled'],
};

/** Renders a delivery to a webhook in the shape of the monetization API. */
export function toItem(organization: string, delivery: DeliveryView) {
  const { nextAttemptAt, createdAt, finishedAt } = delivery;
  return {
    id: delivery.id,
    orgId: organization,
    webhook: { id: delivery.endpoint.id },
    triggerReason: delivery.type,
    test: isTest(delivery.endpoint),
    status: statusOf[delivery.status],
    deliveryStatus: delivery.status,
    attempts: delivery.attemptCount,
    responseCode: delivery.lastStatus ?? null,
    nextAttempt: nextAttemptAt === undefined ? null : toMilliseconds(nextAttemptAt),
    created: toMilliseconds(createdAt),
    updated: toMilliseconds(finishedAt ?? createdAt),
  };
}
