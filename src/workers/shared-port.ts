/**
 * Whether every worker has a listening socket of its own on the common port, and the kernel spreads connections over them;
 * elsewhere the cluster module shares one socket. Measured with two workers and 64 callers:
 * - round robin in the primary spreads best, but what it has accepted when the workers stop is lost: 13 to 29 connections reset
 *   in two of six stops under load, none in this way; and it accepts the fewest new connections a second;
 * - one socket that all accept from is spread badly (46 of 64 connections on one worker, 8 of 8), and is closed a moment after
 *   the last worker has stopped accepting;
 * - this way 30 to 35 of 64, and each worker has taken in what clients have sent to it before it closes its own.
 * On kept connections all three are equally fast.
 */
export const systemSharesPorts = process.platform === 'linux';
