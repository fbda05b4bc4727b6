import type { Kept } from '../apigee/apigee-kept.ts';

export interface Attribute {
  name: string;
  value: string;
}

/** Somebody who uses an organization's products. */
export interface Developer {
  organization: string;
  /** In lower case; it is also the id. */
  email: string;
  firstName: string;
  lastName: string;
  userName: string;
  /** Empty when there is none. */
  companyName: string;
  attributes: readonly Attribute[];
  /** Names. */
  apps: readonly string[];
  kept: Kept;
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}
