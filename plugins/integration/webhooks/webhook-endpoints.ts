import type { Clock, Database, Encryption, EndpointKind, ResolvedEndpoint } from '../../../src/plugin.ts';
import { type DeliverySettings, deliveryOf, testDeliveryOf } from '../delivery-settings/delivery-settings.ts';
import type { TurnOff } from '../delivery-settings/turn-off.ts';
import { signingAt } from '../signing-secret.ts';
import { type Webhook, webhookKind, webhookTestKind } from './webhook.ts';
import { createWebhookRepository } from './webhook-repository.ts';

type ActiveEndpoint = Extract<ResolvedEndpoint, { state: 'active' }>;

/**
 * Resolves webhooks for the dispatcher. They are looked up at each attempt: a changed address or secret takes effect at
 * once.
 */
export function createWebhookEndpoints(parts: {
  database: Database;
  encryption: Encryption;
  now: Clock;
  turnOff: TurnOff;
}): EndpointKind[] {
  const { database, encryption, now, turnOff } = parts;

  async function resolve(
    ids: readonly string[],
    isWanted: (webhook: Webhook) => boolean,
    delivery: (settings: DeliverySettings) => Pick<ActiveEndpoint, 'delivery'>,
  ): Promise<Map<string, ResolvedEndpoint>> {
    const found = await database.read((db) => createWebhookRepository(db, encryption).findMany(ids));
    const time = now();
    return new Map(
      found.map(({ webhook, stored, secrets }) => [
        webhook.id,
        isWanted(webhook)
          ? { ...toEndpoint(webhook, signingAt(secrets, time)), ...delivery(stored.settings) }
          : { state: 'disabled' },
      ]),
    );
  }

  return [
    { name: webhookKind, turnOff, resolve: (ids) => resolve(ids, ({ enabled }) => enabled, deliveryOf) },
    { name: webhookTestKind, maxRetries: 0, isTest: true, resolve: (ids) => resolve(ids, () => true, testDeliveryOf) },
  ];
}

function toEndpoint({ postUrl }: Webhook, secrets: readonly Buffer[]): ActiveEndpoint {
  return {
    state: 'active',
    url: postUrl,
    method: 'POST',
    secrets,
    confidential: secrets.map((secret) => secret.toString('base64')),
  };
}
