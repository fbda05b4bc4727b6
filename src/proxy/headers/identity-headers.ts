import type { Principal } from '../../plugin.ts';

const encodable = /[^\x21-\x24\x26-\x7e]/gu;

/** Percent-encodes as UTF-8: any name that an issuer assigns stays a single line of ASCII. */
const toAscii = (text: string): string => text.toWellFormed().replace(encodable, encodeURIComponent);

/**
 * Tells a backend the caller's identity: `X-User-Id`, `X-User-Email`, `X-User-Org`, `X-User-Scope`, as alternating
 * names and values. The principal's headers are built once for each principal.
 */
export function createIdentityHeaders(): (principal: Principal, organization: string) => readonly string[] {
  const known = new WeakMap<Principal, string[]>();
  return (principal, organization) => {
    let headers = known.get(principal);
    if (!headers) {
      headers = describe(principal);
      known.set(principal, headers);
    }
    return organization === '' ? headers : [...headers, 'X-User-Org', toAscii(organization)];
  };
}

function describe({ subject, email, scopes }: Principal): string[] {
  const headers = ['X-User-Id', toAscii(subject)];
  if (email !== undefined) headers.push('X-User-Email', toAscii(email));
  if (scopes.size > 0) headers.push('X-User-Scope', [...scopes].map(toAscii).join(' '));
  return headers;
}
