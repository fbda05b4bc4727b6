import { randomInt } from 'node:crypto';

/** The token of a row without a lease. */
export const noLease = 0;

/**
 * A random token for a new lease, stored in the leased rows and checked by every later write. A number, so that a
 * lease does not change the length of a row: the server updates it in place.
 */
export const newLeaseToken = (): number => randomInt(noLease + 1, 2 ** 48);
