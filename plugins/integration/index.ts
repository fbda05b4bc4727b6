import { definePlugin } from '../../src/plugin.ts';
import { createBacklogRoutes } from './deliveries/backlog-routes.ts';
import { createDeliveryRoutes } from './deliveries/delivery-routes.ts';
import { createRedeliveryRoutes } from './deliveries/redelivery-routes.ts';
import { createDistributorEndpoints } from './distributors/distributor-endpoints.ts';
import { createDistributorRoutes } from './distributors/distributor-routes.ts';
import { createDistributorService } from './distributors/distributor-service.ts';
import { createEventRoutes } from './events/event-routes.ts';
import { createEventService } from './events/event-service.ts';
import { mintErrorShapes, mintPrefixes } from './mint/mint-errors.ts';
import { createWebhookEndpoints } from './webhooks/webhook-endpoints.ts';
import { createWebhookRoutes } from './webhooks/webhook-routes.ts';
import { createWebhookService } from './webhooks/webhook-service.ts';

/** Distributors, and the events that are delivered to them. */
export const integration = definePlugin({
  name: 'integration',
  apiVersion: 1,
  prefixes: mintPrefixes,
  errorShapes: mintErrorShapes,
  summary: "Distributors: where a node's events go, and what was sent there.",

  setup({ database, encryption, dispatcher, now, formatTime }) {
    dispatcher.registerEndpointKind(createDistributorEndpoints({ database, encryption, now }));
    dispatcher.registerEndpointKind(createWebhookEndpoints({ database, encryption, now }));
    const distributors = createDistributorService({ database, encryption, dispatcher, now });
    const webhooks = createWebhookService({ database, encryption, dispatcher, now });
    const events = createEventService({ dispatcher, encryption, now, formatTime });
    return {
      routes: [
        ...createDistributorRoutes({ distributors, formatTime }),
        ...createEventRoutes({ events }),
        ...createDeliveryRoutes({ dispatcher, formatTime }),
        ...createRedeliveryRoutes({ dispatcher, formatTime }),
        ...createBacklogRoutes({ dispatcher, formatTime }),
        ...createWebhookRoutes({ webhooks }),
      ],
    };
  },
});
