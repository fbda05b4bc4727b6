import type { Attribute } from '../apigee/apigee-attributes.ts';

export type Approval = 'approved' | 'revoked';

/** An app of a developer. */
export interface App {
  /** A UUID. */
  id: string;
  organization: string;
  developerEmail: string;
  /** Unique among the apps of the developer. */
  name: string;
  status: Approval;
  appFamily: string;
  /** Empty when there is none. */
  callbackUrl: string;
  attributes: readonly Attribute[];
  scopes: readonly string[];
  /** Microseconds. */
  createdAt: number;
  createdBy: string;
  updatedAt: number;
  updatedBy: string;
}

/** A product that a key may use. */
export interface KeyProduct {
  apiproduct: string;
  status: Approval;
}

/** A consumer key of an app, and its secret. The gateway authenticates no call by it. */
export interface AppKey {
  /** A UUID, which callers do not see. */
  id: string;
  organization: string;
  appId: string;
  /** Unique in the organization. */
  consumerKey: string;
  /** Decrypted when it is asked for. */
  readSecret(): string;
  status: Approval;
  apiProducts: readonly KeyProduct[];
  attributes: readonly Attribute[];
  scopes: readonly string[];
  /** Microseconds. */
  issuedAt: number;
  /** Microseconds; undefined: never. */
  expiresAt: number | undefined;
}

/** An app as callers see it: with the id of its developer and its keys, newest first. */
export interface WholeApp {
  app: App;
  developerId: string;
  keys: readonly AppKey[];
}
