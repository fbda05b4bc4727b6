import { toMilliseconds } from '../apigee/apigee-dates.ts';
import type { Webhook } from './webhook.ts';

/** Renders a webhook for an answer. */
export const toAnswer = (webhook: Webhook) => ({
  created: toMilliseconds(webhook.createdAt),
  createdBy: webhook.createdBy,
  enabled: webhook.enabled,
  id: webhook.id,
  name: webhook.name,
  orgId: webhook.organization,
  postUrl: webhook.postUrl,
  updated: toMilliseconds(webhook.updatedAt),
  updatedBy: webhook.updatedBy,
});
