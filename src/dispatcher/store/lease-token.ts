import { randomInt } from 'node:crypto';

/** The token of a row without a lease. Tokens below it are of rows that only wait under their lease. */
export const noLease = 0;

/** The token of a row that waits under the lease with this token: no attempt has begun. */
export const waitingToken = (token: number): number => -token;

/** Whether an attempt may have begun under the lease with this token. */
export const mayHaveBegun = (token: number): boolean => token > noLease;

interface LeaseColumns {
  lease_token: number | null;
  lease_until: number | null;
}

/** Whether an attempt may be under way at a time in microseconds. A row that waits under its lease is not in flight. */
export const isInFlight = ({ lease_token: token, lease_until: until }: LeaseColumns, time: number): boolean =>
  mayHaveBegun(token ?? noLease) && (until ?? 0) > time;

/** The same in SQL, for the opposite; the binding is the time. */
export const notInFlight = (prefix = ''): string => `(${prefix}lease_until <= ? or ${prefix}lease_token <= ${noLease})`;

/** Whether two tokens are of one lease. The process does not know that an attempt began if the response to the commit was lost. */
export const isSameLease = (one: number, other: number | undefined): boolean =>
  other !== undefined && Math.abs(one) === Math.abs(other);

/**
 * A random token for a new lease, stored in the leased rows and checked by every later write. A number, so that a
 * lease does not change the length of a row: the server updates it in place.
 */
export const newLeaseToken = (): number => randomInt(noLease + 1, 2 ** 48);
