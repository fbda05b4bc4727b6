import { isApiError } from '../../../src/errors.ts';
import type { DeliveryView, Dispatcher, Knex } from '../../../src/plugin.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import { webhookKinds } from '../webhooks/webhook.ts';
import { type ItemStatus, statesOf } from './item-view.ts';

/** Times are milliseconds since 1970: accepted at or after `startdate` and before `enddate`. */
export interface ItemFilter {
  startdate?: number;
  enddate?: number;
  status?: ItemStatus;
}

const maxItems = 1000;

export type ItemService = ReturnType<typeof createItemService>;

/** The log of deliveries to webhooks. Deliveries to other kinds of endpoints are not visible here. */
export function createItemService({ dispatcher: { deliveries } }: { dispatcher: Dispatcher }) {
  /** Throws `mint.resourceDoesNotExist`. */
  async function read(organization: string, id: string): Promise<DeliveryView & { payload: string }> {
    const delivery = await deliveries.read(organization, id).catch((error: unknown) => {
      if (isApiError(error) && error.status === 404) return undefined;
      throw error;
    });
    // MySQL and MariaDB ignore trailing spaces in comparisons: the delivery may have a shorter id.
    if (delivery?.id !== id || !webhookKinds.includes(delivery.endpoint.kind))
      throw doesNotExist('NotificationServiceItem', id);
    return delivery;
  }

  return {
    /** Resolves to the newest items, and whether there are more. Throws `mint.endDateEarlierThanStart`. */
    async list(
      organization: string,
      { startdate, enddate, status }: ItemFilter,
    ): Promise<{ deliveries: DeliveryView[]; hasMore: boolean }> {
      if (startdate !== undefined && enddate !== undefined && enddate < startdate)
        throw mintError(400, 'endDateEarlierThanStart', 'The end date must not be earlier than the start date');
      const filter = {
        organization,
        endpointKinds: webhookKinds,
        states: status && statesOf[status],
        from: startdate === undefined ? undefined : startdate * 1000,
        to: enddate === undefined ? undefined : enddate * 1000,
      };
      const found: DeliveryView[] = [];
      let next: string | undefined;
      // Pages of few items may be followed by others, and this API has no cursor.
      do {
        const page = await deliveries.list(filter, maxItems - found.length, next);
        found.push(...page.deliveries);
        next = page.next;
      } while (next !== undefined && found.length < maxItems);
      return { deliveries: found, hasMore: next !== undefined };
    },

    read,

    /**
     * Throws `mint.resourceDoesNotExist`, or `mint.endpointGone` when the webhook has been deleted. Do not call it in a
     * transaction.
     */
    async requireReprocessable(organization: string, id: string): Promise<void> {
      await read(organization, id);
      await deliveries.requireEndpoint(organization, id);
    },

    /** Queues the delivery again, due at once; retries start anew. Throws `mint.deliveryInFlight` or `mint.deliveryHeld`. */
    reprocess: (trx: Knex.Transaction, organization: string, id: string): Promise<DeliveryView> =>
      deliveries.redeliver(trx, organization, id),
  };
}
