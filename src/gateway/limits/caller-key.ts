import { hash } from 'node:crypto';
import type { Principal } from '../../plugin.ts';
import type { Call } from '../call/target.ts';
import { networkOf } from '../entry/client-address.ts';

/**
 * Keys of callers: the principal, or the client's network at a public target. The key of a principal is a hash of issuer
 * and subject, always 43 characters, so that neither memory nor Redis holds names. It is computed once per principal
 * object, which lives as long as its token stays in the cache.
 */
export function createCallerKeys(): (call: Pick<Call, 'principal' | 'clientAddress'>) => string {
  const known = new WeakMap<Principal, string>();
  return ({ principal, clientAddress }) => {
    if (!principal) return networkOf(clientAddress);
    let key = known.get(principal);
    if (key === undefined) {
      key = hash('sha256', JSON.stringify([principal.issuer, principal.subject]), 'base64url');
      known.set(principal, key);
    }
    return key;
  };
}
