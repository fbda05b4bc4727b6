import { badRequest, forbidden, notFound } from '../../errors.ts';
import { allOrganizations, type Principal } from '../../plugin.ts';
import type { Call, Match } from '../call/target.ts';
import { isOrganizationName } from './principal.ts';

const unknownOrganization = 'There is no such organization.';

/**
 * Checks the scopes of a call and sets the organization that it acts for. Throws `FORBIDDEN`, `NOT_FOUND` or
 * `ORGANIZATION_REQUIRED`.
 */
export function authorize(call: Call, match: Match, principal: Principal): void {
  call.organization = organizationFor(call, match, principal);
}

/** Whether an authorized call would still be authorized, for the same organization, with this principal of its caller. */
export function isStillAllowed(call: Call, principal: Principal): boolean {
  try {
    return call.match !== undefined && organizationFor(call, call.match, principal) === call.organization;
  } catch {
    return false;
  }
}

function organizationFor(call: Call, match: Match, principal: Principal): string {
  const missing = match.scopes.filter((scope) => !principal.scopes.has(scope));
  if (missing.length > 0) throw forbidden(missing);
  if (match.organization === 'none') return '';
  if (match.organization === 'all') return all(principal);
  return match.organization === 'path' ? inPath(principal, match.params.org_name) : fromHeader(call, match, principal);
}

function fromHeader(call: Call, match: Match, principal: Principal): string {
  const header = call.req.headers['x-organization'];
  if (header === allOrganizations && match.organization === 'header-or-all') return all(principal);
  if (typeof header === 'string') return own(principal, Buffer.from(header, 'latin1').toString('utf8'));
  const name = principal.defaultOrganization;
  if (name === undefined && match.organization === 'optional') return '';
  if (name === undefined) {
    throw badRequest(
      'ORGANIZATION_REQUIRED',
      'The header X-Organization is required: the credentials have no default organization.',
    );
  }
  return name;
}

/** Only for credentials for all organizations: others learn of no organization but their own. */
function all(principal: Principal): string {
  if (principal.organizations === allOrganizations) return allOrganizations;
  throw notFound(unknownOrganization);
}

/** The error has the name from the path, for error bodies that tell it. */
function inPath(principal: Principal, name = ''): string {
  try {
    return own(principal, name);
  } catch {
    throw notFound(unknownOrganization, { organization: name });
  }
}

/** An organization that is not the caller's is 404, as if it did not exist: names cannot be probed. */
function own(principal: Principal, name: string | undefined): string {
  if (!isOrganizationName(name) || name === allOrganizations) throw notFound(unknownOrganization);
  if (principal.organizations === allOrganizations || principal.organizations.includes(name)) return name;
  throw notFound(unknownOrganization);
}
