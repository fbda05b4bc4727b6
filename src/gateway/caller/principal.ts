import type { Principal } from '../../plugin.ts';

export interface ClaimNames {
  /** Claim with one organization (string) or several (array). If it is `org`, `orgs` is read too. */
  organization: string;
  /** Claim with the scopes: a space-separated string, or an array. */
  scope: string;
}

// Database servers ignore trailing spaces when they compare text, so "org " would equal "org" there.
const validOrganization = /^(?!\s)[^\p{Cc}]{1,100}(?<!\s)$/u;

/** Whether `name` can name an organization: 1–100 characters, no control characters, no space at either end. */
export const isOrganizationName = (name: unknown): name is string =>
  typeof name === 'string' && name.isWellFormed() && validOrganization.test(name);

const validApplication = /^[^\p{Cc}]{1,190}$/u;

const isApplicationName = (name: unknown): name is string =>
  typeof name === 'string' && name.isWellFormed() && validApplication.test(name);

/** The principal of verified claims; undefined when they name no issuer or subject. `mayHold` filters the scopes. */
export function principalFromClaims(
  claims: Readonly<Record<string, unknown>>,
  names: ClaimNames,
  mayHold: (scope: string) => boolean,
): Principal | undefined {
  const { iss, sub, email, client_id: client } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') return undefined;
  // `orgs` is read beside `org` only: an issuer with another claim name may let its users fill `orgs` as they like.
  const further = names.organization === 'org' ? claims.orgs : undefined;
  const organizations = [claims[names.organization] ?? [], further ?? []].flat().filter(isOrganizationName);
  return {
    issuer: iss,
    subject: sub,
    email: typeof email === 'string' && !isUnverified(claims) ? email.toLowerCase() : undefined,
    application: isApplicationName(client) ? client : undefined,
    organizations: organizations.includes('*') ? '*' : organizations,
    defaultOrganization: organizations.find((name) => name !== '*'),
    scopes: new Set(listOf(claims[names.scope]).filter(mayHold)),
  };
}

/** Whether the issuer says that the user has not proved the address. Some issuers write the claim as text. */
const isUnverified = ({ email_verified: verified }: Readonly<Record<string, unknown>>): boolean =>
  verified !== undefined && /^(?:false|0)$/i.test(String(verified).trim());

function listOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return Array.isArray(claim) ? claim.filter((item): item is string => typeof item === 'string') : [];
}
