import type { Attribute } from '../apigee/apigee-attributes.ts';
import type { Kept } from '../apigee/apigee-kept.ts';

/** The profile and the settings of an organization. Organizations without a row have the same, empty. */
export interface Organization {
  /** Also the organization's id. */
  name: string;
  /** Members of the monetization API. */
  profile: Kept;
  settings: OrganizationSettings;
  /** Absent until something was stored. */
  history: OrganizationHistory | undefined;
}

/** Members of the management API. */
export interface OrganizationSettings {
  displayName?: string;
  type?: string;
  environments?: readonly string[];
  properties?: readonly Attribute[];
}

/** Names of callers, and times in microseconds. */
export interface OrganizationHistory {
  createdBy: string;
  updatedBy: string;
  createdAt: number;
  updatedAt: number;
}
