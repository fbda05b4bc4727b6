import type { Attribute } from '../apigee/apigee-attributes.ts';
import type { History } from '../apigee/apigee-history.ts';
import type { Kept } from '../apigee/apigee-kept.ts';

/** The profile and the settings of an organization. Organizations without a row have the same, empty. */
export interface Organization {
  /** Also the organization's id. */
  name: string;
  /** Members of the monetization API. */
  profile: Kept;
  settings: OrganizationSettings;
  /** Absent until something was stored. */
  history: History | undefined;
}

/** Members of the management API. */
export interface OrganizationSettings {
  displayName?: string;
  type?: string;
  environments?: readonly string[];
  properties?: readonly Attribute[];
}
