import type { Webhook } from './webhook.ts';

const milliseconds = (micros: number): number => Math.floor(micros / 1000);

/** Renders a webhook for an answer. */
export const toAnswer = (webhook: Webhook) => ({
  created: milliseconds(webhook.createdAt),
  createdBy: webhook.createdBy,
  enabled: webhook.enabled,
  id: webhook.id,
  name: webhook.name,
  orgId: webhook.organization,
  postUrl: webhook.postUrl,
  updated: milliseconds(webhook.updatedAt),
  updatedBy: webhook.updatedBy,
});
