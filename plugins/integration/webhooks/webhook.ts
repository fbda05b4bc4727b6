/** The dispatcher's endpoint kind for webhooks. */
export const webhookKind = 'webhook';

/** The endpoint kind for test calls: sent to disabled webhooks too, and never retried. */
export const webhookTestKind = 'webhook-test';

export const webhookKinds: readonly string[] = [webhookKind, webhookTestKind];

/** Scheme, host and port of a webhook: the headers of its deliveries are bound to it. */
export const originOf = ({ postUrl }: Pick<Webhook, 'postUrl'>): string => new URL(postUrl).origin;

/** A target for an organization's notifications. */
export interface Webhook {
  id: string;
  organization: string;
  name: string;
  postUrl: string;
  /** A disabled webhook is not triggered, and its pending deliveries are held. */
  enabled: boolean;
  /** The caller's e-mail address, or its subject if it has none. */
  createdBy: string;
  updatedBy: string;
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}
