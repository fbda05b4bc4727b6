import { randomInt } from 'node:crypto';

/** The token of a row that nobody has leased. */
export const noLease = 0;

/**
 * Who leases rows writes this into them, and every later write asks for it. A number, so that rows are as long with it as without:
 * the server changes them in place then.
 */
export const newLeaseToken = (): number => randomInt(noLease + 1, 2 ** 48);
