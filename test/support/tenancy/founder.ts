import type { ParsedJson, Receiver } from '../../../src/testing/index.ts';

/** Names of resources, the same in every organization: a name is unique only within its organization. */
export const names = {
  node: 'e40efce4-38a3-46c4-a202-e8db95d0409c',
  eventType: 'tide.turned',
  developer: 'ntesla@wardenclyffe.example',
  spareDeveloper: 'gwesting@wardenclyffe.example',
  application: 'coil-app',
  spareApplication: 'spark-app',
  key: 'coil-key',
  spareKey: 'spark-key',
  product: 'tide-gauge',
  spareProduct: 'rain-gauge',
  attribute: 'colour',
  currency: 'xau',
  package: 'harbour',
  sparePackage: 'lagoon',
  plan: 'harbour_gold',
  draft: 'harbour_draft',
  spareDraft: 'harbour_spare_draft',
  webhook: 'harbour-master',
  spareWebhook: 'lagoon-master',
} as const;

/** The idempotency key of an organization's first POST to each path. */
export const idempotencyKey = 'the-first-of-its-path';

export interface Founder {
  readonly organization: string;
  /** A marker in all texts that the organization writes. */
  readonly mark: string;
  readonly receiver: Receiver;
  /** The thresholds of its condition. */
  readonly usageTarget: string;
  /** Whether its spare resources depend on each other and therefore cannot be deleted. */
  readonly isEntangled: boolean;
}

/** Calls as one organization. */
export interface Voice {
  founder: Founder;
  /** Posts, asserts success, and resolves to the answer's body. */
  post(path: string, body: unknown): Promise<ParsedJson>;
  put(path: string, body: unknown): Promise<ParsedJson>;
  get(path: string): Promise<ParsedJson>;
  remove(path: string): Promise<void>;
}

/** Delivery settings that show the mark: answers have the names of headers, but not their values. */
export const settingsOf = (mark: string) => ({ headers: { [`X-${mark}`]: mark } });

export const mintBase = (organization: string): string => `/v1/mint/organizations/${encodeURIComponent(organization)}`;
