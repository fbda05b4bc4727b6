import type { ParsedJson, Receiver } from '../../../src/testing/index.ts';

/** What every organization here calls its things: names are one's own, and others may use the same. */
export const names = {
  node: 'e40efce4-38a3-46c4-a202-e8db95d0409c',
  developer: 'ntesla@wardenclyffe.example',
  spareDeveloper: 'gwesting@wardenclyffe.example',
  application: 'coil-app',
  product: 'tide-gauge',
  spareProduct: 'rain-gauge',
  package: 'harbour',
  sparePackage: 'lagoon',
  plan: 'harbour_gold',
  draft: 'harbour_draft',
  webhook: 'harbour-master',
  spareWebhook: 'lagoon-master',
} as const;

/** The key of an organization's first POST to a path. */
export const idempotencyKey = 'the-first-of-its-path';

export interface Founder {
  readonly organization: string;
  /** Stands in everything that the organization says in its own words. */
  readonly mark: string;
  readonly receiver: Receiver;
  /** Which percentages its condition watches for. */
  readonly usageTarget: string;
  /** Whether its spare things depend on each other, so that they cannot be deleted. */
  readonly isEntangled: boolean;
}

/** Calls as one organization. */
export interface Voice {
  founder: Founder;
  /** Posts, checks that it went well, and gives the answer's body. */
  post(path: string, body: unknown): Promise<ParsedJson>;
  get(path: string): Promise<ParsedJson>;
  remove(path: string): Promise<void>;
}

export const mintBase = (organization: string): string => `/v1/mint/organizations/${encodeURIComponent(organization)}`;
