import type { Kept } from '../apigee/apigee-kept.ts';

/** An API product; packages are made of products. */
export interface Product {
  organization: string;
  /** Also the product's id. */
  name: string;
  displayName: string;
  kept: Kept;
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}
