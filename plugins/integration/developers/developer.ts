import type { Kept } from '../apigee/apigee-kept.ts';

export interface Attribute {
  name: string;
  value: string;
}

/** A developer who uses an organization's products. */
export interface Developer {
  organization: string;
  /** In lower case; also the developer's id. */
  email: string;
  firstName: string;
  lastName: string;
  userName: string;
  /** Empty when there is none. */
  companyName: string;
  attributes: readonly Attribute[];
  /** Names of applications. */
  apps: readonly string[];
  kept: Kept;
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}
