import type { Attribute } from '../apigee/apigee-attributes.ts';
import type { Kept } from '../apigee/apigee-kept.ts';

/** An API product; packages are made of products. */
export interface Product {
  organization: string;
  /** Also the product's id. */
  name: string;
  displayName: string;
  attributes: readonly Attribute[];
  kept: Kept;
  /** Names of callers; empty for changes by versions that did not store them. */
  createdBy: string;
  updatedBy: string;
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}
