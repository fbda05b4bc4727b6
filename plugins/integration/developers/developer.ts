import type { Attribute } from '../apigee/apigee-attributes.ts';
import type { Kept } from '../apigee/apigee-kept.ts';

export type DeveloperStatus = 'active' | 'inactive';

/** A developer who uses an organization's products. */
export interface Developer {
  organization: string;
  /** In lower case; names the developer in other rows. */
  email: string;
  /** A UUID; accepted in paths in place of the e-mail address. */
  id: string;
  firstName: string;
  lastName: string;
  userName: string;
  /** Empty when there is none. */
  companyName: string;
  status: DeveloperStatus;
  attributes: readonly Attribute[];
  /** Names of applications that were given with the developer. */
  apps: readonly string[];
  kept: Kept;
  /** Names of callers; empty for changes by versions that did not store them. */
  createdBy: string;
  updatedBy: string;
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}
