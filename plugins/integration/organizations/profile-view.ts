import type { Attribute } from '../apigee/apigee-attributes.ts';
import { toHistoryAnswer } from '../apigee/apigee-history.ts';
import type { Organization } from './organization.ts';

const defaults = {
  address: [],
  approveTrusted: false,
  approveUntrusted: false,
  billingCycle: 'CALENDAR_MONTH',
  country: 'US',
  currency: 'USD',
  hasBillingAdjustment: false,
  hasBroker: false,
  hasSelfBilling: false,
  hasSeparateInvoiceForProduct: false,
  issueNettingStmt: false,
  nettingStmtPerCurrency: false,
  selfBillingAsExchOrg: false,
  selfBillingForAllDev: false,
  separateInvoiceForFees: false,
  status: 'ACTIVE',
  supportedBillingType: 'BOTH',
  timezone: 'UTC',
};

/** The profile in the form of the monetization API. */
export const toProfile = ({ name, profile }: Organization) => ({ ...defaults, name, ...profile, id: name });

/** The currency of the organization, in capitals. */
export const currencyOf = ({ profile }: Organization): string =>
  String(profile.currency ?? defaults.currency).toUpperCase();

const maxText = 200;

/**
 * The organization inside of other resources, which a list repeats: members of the profile that are no objects and no long texts.
 */
export const toBriefProfile = (organization: Organization) =>
  Object.fromEntries(
    Object.entries(toProfile(organization)).filter(
      ([name, value]) => typeof value === 'boolean' || (typeof value === 'string' && isShort(name, value)),
    ),
  );

const isShort = (name: string, value: string): boolean => name === 'id' || value.length <= maxText;

export const monetization: Attribute = { name: 'features.isMonetizationEnabled', value: 'true' };

/** The organization in the form of the management API. */
export function toSettings({ name, settings, history }: Organization) {
  const { displayName = name, type = 'paid', environments = [], properties = [] } = settings;
  return {
    name,
    displayName,
    type,
    environments,
    properties: { property: [monetization, ...properties] },
    ...(history && toHistoryAnswer(history)),
  };
}
