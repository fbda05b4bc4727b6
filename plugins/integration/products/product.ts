import type { Kept } from '../apigee/apigee-kept.ts';

/** What packages are made of. */
export interface Product {
  organization: string;
  /** It is also the id. */
  name: string;
  displayName: string;
  kept: Kept;
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}
