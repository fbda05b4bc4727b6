import type { Clock, Database, Encryption, EndpointKind, ResolvedEndpoint } from '../../../src/plugin.ts';
import { type SigningSecrets, signingAt } from '../signing-secret.ts';
import { type Webhook, webhookKind, webhookTestKind } from './webhook.ts';
import { createWebhookRepository } from './webhook-repository.ts';

/**
 * Resolves webhooks for the dispatcher. They are looked up at each attempt: a changed address or secret takes effect at
 * once.
 */
export function createWebhookEndpoints(parts: {
  database: Database;
  encryption: Encryption;
  now: Clock;
}): EndpointKind[] {
  const { database, encryption, now } = parts;

  async function resolve(
    ids: readonly string[],
    isWanted: (webhook: Webhook) => boolean,
  ): Promise<Map<string, ResolvedEndpoint>> {
    const found = await database.read((db) => createWebhookRepository(db, encryption).findMany(ids));
    const time = now();
    return new Map(
      found.map(({ webhook, secrets }) => [
        webhook.id,
        isWanted(webhook) ? toEndpoint(webhook, secrets, time) : { state: 'disabled' },
      ]),
    );
  }

  return [
    { name: webhookKind, resolve: (ids) => resolve(ids, ({ enabled }) => enabled) },
    { name: webhookTestKind, maxRetries: 0, resolve: (ids) => resolve(ids, () => true) },
  ];
}

function toEndpoint({ postUrl }: Webhook, secrets: SigningSecrets, now: number): ResolvedEndpoint {
  const signing = signingAt(secrets, now);
  return {
    state: 'active',
    url: postUrl,
    method: 'POST',
    secrets: signing,
    confidential: signing.map((secret) => secret.toString('base64')),
  };
}
