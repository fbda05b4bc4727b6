import type { Clock, Database, Encryption, EndpointKind, ResolvedEndpoint } from '../../../src/plugin.ts';
import { type SigningSecrets, signingAt } from '../signing-secret.ts';
import { type Webhook, webhookKind } from './webhook.ts';
import { createWebhookRepository } from './webhook-repository.ts';

/** Webhooks as the dispatcher sees them: looked up at each attempt, so that a changed address or secret counts at once. */
export function createWebhookEndpoints(parts: {
  database: Database;
  encryption: Encryption;
  now: Clock;
}): EndpointKind {
  const { database, encryption, now } = parts;
  return {
    name: webhookKind,
    async resolve(ids) {
      const found = await database.read((db) => createWebhookRepository(db, encryption).findMany(ids));
      const time = now();
      return new Map(found.map(({ webhook, secrets }) => [webhook.id, toEndpoint(webhook, secrets, time)]));
    },
  };
}

function toEndpoint({ postUrl, enabled }: Webhook, secrets: SigningSecrets, now: number): ResolvedEndpoint {
  if (!enabled) return { state: 'disabled' };
  const signing = signingAt(secrets, now);
  return {
    state: 'active',
    url: postUrl,
    method: 'POST',
    secrets: signing,
    confidential: signing.map((secret) => secret.toString('base64')),
  };
}
