import { definePlugin } from '../../src/plugin.ts';
import { mintErrorShapes, mintPrefixes } from './apigee/apigee-errors.ts';
import { createCatalogRoutes } from './catalog.ts';
import { createConditionRoutes, createSingleConditionRoutes } from './conditions/condition-routes.ts';
import { createConditionService } from './conditions/condition-service.ts';
import { createBacklogRoutes } from './deliveries/backlog-routes.ts';
import { createDeliveryRoutes } from './deliveries/delivery-routes.ts';
import { createRedeliveryRoutes } from './deliveries/redelivery-routes.ts';
import { createDistributorEndpoints } from './distributors/distributor-endpoints.ts';
import { createDistributorRoutes, createSingleDistributorRoutes } from './distributors/distributor-routes.ts';
import { encryptedDistributors } from './distributors/distributor-rows.ts';
import { createDistributorService } from './distributors/distributor-service.ts';
import { createEventRoutes } from './events/event-routes.ts';
import { createEventService } from './events/event-service.ts';
import { createOrganizationLimits } from './limits/organization-limits.ts';
import { createMeteredUsage } from './metering/metered-usage.ts';
import { createNotificationItemRoutes } from './notification-items/item-routes.ts';
import { createItemService } from './notification-items/item-service.ts';
import { type IntegrationSettings, readIntegrationSettings } from './settings.ts';
import { createSharedTransactions } from './shared-transactions.ts';
import { createFiringService } from './usage/firing-service.ts';
import { createMovementExpansion } from './usage/movement-expansion.ts';
import { createUsageRoutes } from './usage/usage-routes.ts';
import { createUsageService } from './usage/usage-service.ts';
import { createWebhookEndpoints } from './webhooks/webhook-endpoints.ts';
import { encryptedWebhooks } from './webhooks/webhook-repository.ts';
import { createSingleWebhookRoutes, createWebhookRoutes } from './webhooks/webhook-routes.ts';
import { createWebhookSecretRoutes } from './webhooks/webhook-secret-routes.ts';
import { createWebhookSecretService } from './webhooks/webhook-secret-service.ts';
import { createWebhookService } from './webhooks/webhook-service.ts';
import { createWebhookTestRoutes } from './webhooks/webhook-test-routes.ts';
import { createWebhookTestService } from './webhooks/webhook-test-service.ts';

/** Movements of this process are expanded at once; the interval counts for the ones that another process left. */
const expansionIntervalMs = 500;
const purgeIntervalMs = 10 * 60_000;

/** Distributors and their events; webhooks, and the rate plans and usage that notify them. */
export const integration = definePlugin<IntegrationSettings>({
  name: 'integration',
  apiVersion: 1,
  prefixes: mintPrefixes,
  errorShapes: mintErrorShapes,
  summary: 'Distributors and their events; webhooks, rate plans, usage and notifications; the log of deliveries.',

  configure: readIntegrationSettings,
  encrypted: [encryptedDistributors, encryptedWebhooks],

  setup({ settings, database, encryption, dispatcher, logger, now, formatTime, every, onMetered, onClose }) {
    const lookups = { database: database.reserved, encryption, now };
    dispatcher.registerEndpointKind(createDistributorEndpoints(lookups));
    for (const kind of createWebhookEndpoints(lookups)) dispatcher.registerEndpointKind(kind);
    const limits = createOrganizationLimits({ database, settings });
    const distributors = createDistributorService({ database, encryption, dispatcher, limits, now });
    const webhooks = createWebhookService({ database, encryption, dispatcher, limits, now });
    const webhookTests = createWebhookTestService({ database, encryption, dispatcher, now });
    const events = createEventService({ dispatcher, encryption, now, formatTime });
    const conditions = createConditionService({ database, encryption, limits, now });
    const expansion = createMovementExpansion({ database, dispatcher, encryption, logger, now });
    const usage = createUsageService({ firing: createFiringService({ database, expansion }), now });
    const metered = createMeteredUsage({ database, usage, now, logger });
    onMetered((flush) => metered.take(flush));
    every(expansionIntervalMs, expansion.expand);
    onClose(expansion.stop);
    every(purgeIntervalMs, () => metered.purge());
    return {
      // The documentation lists the routes in this order, in which its examples work: a path that deletes stands after all
      // paths that need its resource.
      routes: [
        ...createDistributorRoutes({ distributors, formatTime }),
        ...createEventRoutes({
          events,
          send: createSharedTransactions({ database, work: events.sendToDistributors }),
        }),
        ...createDeliveryRoutes({ dispatcher, formatTime }),
        ...createRedeliveryRoutes({ dispatcher, formatTime }),
        ...createBacklogRoutes({ dispatcher, formatTime }),
        ...createSingleDistributorRoutes({ distributors, formatTime }),
        ...createCatalogRoutes({ database, limits, now }),
        ...createWebhookRoutes({ webhooks }),
        ...createWebhookSecretRoutes({ secrets: createWebhookSecretService({ database, encryption, now }) }),
        ...createWebhookTestRoutes({ webhookTests }),
        ...createConditionRoutes({ conditions }),
        ...createUsageRoutes({ record: createSharedTransactions({ database, work: usage.record }) }),
        ...createNotificationItemRoutes({ items: createItemService({ dispatcher }) }),
        ...createSingleConditionRoutes({ conditions }),
        ...createSingleWebhookRoutes({ webhooks }),
      ],
    };
  },
});
