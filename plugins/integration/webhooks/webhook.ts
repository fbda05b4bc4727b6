/** What the dispatcher calls webhooks. */
export const webhookKind = 'webhook';

/** The same webhooks for test calls: disabled ones are called too, and nothing is tried again. */
export const webhookTestKind = 'webhook-test';

export const webhookKinds: readonly string[] = [webhookKind, webhookTestKind];

/** Where notifications of an organization can go. */
export interface Webhook {
  id: string;
  organization: string;
  name: string;
  postUrl: string;
  /** A disabled one is not triggered, and what waits for it is held. */
  enabled: boolean;
  /** E-mail addresses; of callers without one, what they are known by. */
  createdBy: string;
  updatedBy: string;
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}
