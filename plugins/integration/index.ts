import { definePlugin } from '../../src/plugin.ts';
import { createAbsentCallRoutes } from './absent-subjects/absent-call-routes.ts';
import { mintAliases, mintErrorShapes, mintPrefixes } from './apigee/apigee-errors.ts';
import { asApigeeRoutes } from './apigee/apigee-routes.ts';
import { createCatalogRoutes } from './catalog.ts';
import { commands } from './commands/commands.ts';
import { createConditionRoutes, createSingleConditionRoutes } from './conditions/condition-routes.ts';
import { createConditionService } from './conditions/condition-service.ts';
import { createBacklogRoutes } from './deliveries/backlog-routes.ts';
import { createDeliveryRoutes } from './deliveries/delivery-routes.ts';
import { createEndpointNames } from './deliveries/endpoint-names.ts';
import { createRedeliveryRoutes } from './deliveries/redelivery-routes.ts';
import { createDistributorSettingsRoutes, createWebhookSettingsRoutes } from './delivery-settings/delivery-routes.ts';
import { createDistributorSettingsService } from './delivery-settings/distributor-settings-service.ts';
import { createWebhookSettingsService } from './delivery-settings/webhook-settings-service.ts';
import { encryptedAppKeys } from './developer-apps/app-key-repository.ts';
import { fillDeveloperIds } from './developers/fill-developer-ids.ts';
import { createDistributorRoutes, createSingleDistributorRoutes } from './distributors/distributor-routes.ts';
import { encryptedDistributors } from './distributors/distributor-rows.ts';
import { createDistributorService } from './distributors/distributor-service.ts';
import { endpointKinds } from './endpoint-kinds.ts';
import { createEventChecks } from './event-types/event-checks.ts';
import { createEventTypeRoutes } from './event-types/event-type-routes.ts';
import { createEventTypeService } from './event-types/event-type-service.ts';
import { createSchemaBudget } from './event-types/schema-budget.ts';
import { createSchemaLibrary } from './event-types/schema-library.ts';
import { createEventLogRoutes } from './events/event-log-routes.ts';
import { createEventRedelivery } from './events/event-redelivery.ts';
import { createEventRoutes } from './events/event-routes.ts';
import { createEventService } from './events/event-service.ts';
import { createPublisher } from './events/plugin-events.ts';
import { createTestEvents } from './events/test-events.ts';
import { createOrganizationLimits } from './limits/organization-limits.ts';
import { createMeteredUsage } from './metering/metered-usage.ts';
import { createNotificationItemRoutes } from './notification-items/item-routes.ts';
import { createItemService } from './notification-items/item-service.ts';
import { createOperationalEvents } from './operational-events/operational-events.ts';
import { createCurrencyRoutes } from './organizations/currency-routes.ts';
import { createOrganizationRoutes } from './organizations/organization-routes.ts';
import { createProfileRoutes } from './organizations/profile-routes.ts';
import { createProfileService } from './organizations/profile-service.ts';
import { createPortalLinkRoutes } from './portal-links/portal-link-routes.ts';
import { type IntegrationSettings, readIntegrationSettings } from './settings.ts';
import { createSharedTransactions } from './shared-transactions.ts';
import { createEndpointStatistics } from './statistics/endpoint-statistics.ts';
import { createStatisticsRoutes } from './statistics/statistics-routes.ts';
import { tagged, tags } from './tags.ts';
import { createActivityRoutes } from './transactions/activity-routes.ts';
import { createTransactionRoutes } from './transactions/transaction-routes.ts';
import { createTransactionService } from './transactions/transaction-service.ts';
import { createFiringService } from './usage/firing-service.ts';
import { createMovementExpansion } from './usage/movement-expansion.ts';
import { createUsageRoutes } from './usage/usage-routes.ts';
import { createUsageService } from './usage/usage-service.ts';
import { createUsageNotificationRoutes } from './usage-notifications/usage-notification-routes.ts';
import { createUsageNotificationService } from './usage-notifications/usage-notification-service.ts';
import { encryptedWebhooks } from './webhooks/webhook-repository.ts';
import { createSingleWebhookRoutes, createWebhookRoutes } from './webhooks/webhook-routes.ts';
import { createWebhookSecretRoutes } from './webhooks/webhook-secret-routes.ts';
import { createWebhookSecretService } from './webhooks/webhook-secret-service.ts';
import { createWebhookService } from './webhooks/webhook-service.ts';
import { createWebhookTestRoutes } from './webhooks/webhook-test-routes.ts';
import { createWebhookTestService } from './webhooks/webhook-test-service.ts';

/** Movements of this process are expanded at once; the interval counts for the ones that another process left. */
const expansionIntervalMs = 500;
/** Rows of older processes that serve beside this one. */
const developerIdsIntervalMs = 60_000;
const purgeIntervalMs = 10 * 60_000;

/** Distributors and their events; webhooks, and the rate plans and usage that notify them. */
export const integration = definePlugin<IntegrationSettings>({
  name: 'integration',
  apiVersion: 1,
  prefixes: mintPrefixes,
  prefixAliases: mintAliases,
  trailingSlashes: mintPrefixes,
  errorShapes: mintErrorShapes,
  summary: 'Distributors and their events; webhooks, rate plans, usage and notifications; the log of deliveries.',

  configure: readIntegrationSettings,
  encrypted: [encryptedDistributors, encryptedWebhooks, encryptedAppKeys],
  commands,

  setup(context) {
    const { settings, database, encryption, dispatcher, logger, now, formatTime, sessions } = context;
    const { every, onMetered, onClose, providePublisher } = context;
    for (const kind of endpointKinds({ database, encryption, dispatcher, now })) dispatcher.registerEndpointKind(kind);
    const endpoints = createEndpointNames(encryption);
    const limits = createOrganizationLimits({ database, settings });
    const distributors = createDistributorService({ database, encryption, dispatcher, limits, now });
    const distributorSettings = createDistributorSettingsService({ database, encryption, dispatcher });
    const webhookSettings = createWebhookSettingsService({ database, encryption, dispatcher });
    const profiles = createProfileService({ database, now });
    const webhooks = createWebhookService({ database, encryption, dispatcher, limits, now });
    const webhookTests = createWebhookTestService({ database, encryption, dispatcher, now });
    const schemas = createSchemaLibrary();
    const budget = createSchemaBudget();
    const checks = createEventChecks({ schemas, budget });
    const eventTypes = createEventTypeService({ database, limits, now, schemas, budget, checks });
    const events = createEventService({ dispatcher, encryption, now, formatTime });
    dispatcher.onEndpointChange(createOperationalEvents({ events, formatTime }));
    providePublisher(createPublisher({ events, checks }));
    const conditions = createConditionService({ database, encryption, limits, now });
    const expansion = createMovementExpansion({ database, dispatcher, encryption, logger, now });
    const usage = createUsageService({ firing: createFiringService({ database, expansion }), now });
    const metered = createMeteredUsage({ database, usage, now, logger });
    const transactions = createTransactionService({ database, now });
    onMetered((flush) => metered.take(flush));
    every(expansionIntervalMs, expansion.expand);
    onClose(expansion.stop);
    every(purgeIntervalMs, () => metered.purge());
    every(developerIdsIntervalMs, () => fillDeveloperIds(database));
    return {
      tags,
      // The documentation lists the routes in this order, in which its examples work: a path that deletes stands after all
      // paths that need its resource.
      routes: asApigeeRoutes([
        ...tagged('Distributors', [
          ...createDistributorRoutes({ distributors, formatTime }),
          ...createDistributorSettingsRoutes({ settings: distributorSettings }),
        ]),
        ...tagged('Event types', createEventTypeRoutes({ eventTypes, formatTime })),
        ...tagged(
          'Events',
          createEventRoutes({
            events,
            check: (event) => checks.check(database.read, event),
            send: createSharedTransactions({ database, work: events.sendToDistributors }),
            sendTest: createTestEvents({ dispatcher, encryption, now, formatTime }),
            formatTime,
          }),
        ),
        ...tagged(
          'Events',
          createEventLogRoutes({
            ...{ database, dispatcher, endpoints, formatTime },
            redeliver: createEventRedelivery({ dispatcher, endpoints }),
          }),
        ),
        ...tagged('Deliveries', [
          ...createDeliveryRoutes({ database, dispatcher, endpoints, formatTime }),
          ...createRedeliveryRoutes({ dispatcher, endpoints, formatTime }),
          ...createBacklogRoutes({ dispatcher, formatTime }),
        ]),
        ...tagged(
          'Statistics',
          createStatisticsRoutes({
            ...{ dispatcher, formatTime, now },
            endpointStatistics: createEndpointStatistics({ database, dispatcher, endpoints }),
          }),
        ),
        ...tagged('Organizations', [
          ...createOrganizationRoutes({ database, dispatcher }),
          ...createProfileRoutes({ database, dispatcher, profiles }),
          ...createCurrencyRoutes({ profiles }),
          ...createAbsentCallRoutes({ database }),
        ]),
        ...tagged('Portal links', createPortalLinkRoutes({ sessions, now, formatTime })),
        ...tagged('Distributors', createSingleDistributorRoutes({ distributors, formatTime })),
        ...createCatalogRoutes({ database, encryption, limits, now }),
        ...tagged('Webhooks', [
          ...createWebhookRoutes({ webhooks }),
          ...createWebhookSettingsRoutes({ settings: webhookSettings }),
          ...createWebhookSecretRoutes({ secrets: createWebhookSecretService({ database, encryption, now }) }),
          ...createWebhookTestRoutes({ webhookTests }),
        ]),
        ...tagged('Conditions', createConditionRoutes({ conditions })),
        ...tagged('Usage', createUsageRoutes({ record: createSharedTransactions({ database, work: usage.record }) })),
        ...tagged('Usage', [...createTransactionRoutes({ transactions }), ...createActivityRoutes({ transactions })]),
        ...tagged(
          'Usage',
          createUsageNotificationRoutes({ notifications: createUsageNotificationService({ database }), formatTime }),
        ),
        ...tagged('Notifications', createNotificationItemRoutes({ items: createItemService({ dispatcher }) })),
        ...tagged('Conditions', createSingleConditionRoutes({ conditions })),
        ...tagged('Webhooks', createSingleWebhookRoutes({ webhooks })),
      ]),
    };
  },
});
