/**
 * Whether each worker opens its own listening socket on the common port (SO_REUSEPORT) and the kernel balances
 * connections; elsewhere the cluster module shares one socket. Measured with two workers and 64 callers (on kept-alive
 * connections all three ways are equally fast):
 * - Round robin in the primary balances best, but connections that it has accepted when the workers stop are lost: 13
 *   to 29 resets in two of six stops under load, none with SO_REUSEPORT. It also accepts the fewest new connections per
 *   second.
 * - One shared socket balances badly (46 of 64 connections on one worker, 8 of 8), and closes a moment after the last
 *   worker has stopped accepting.
 * - SO_REUSEPORT gives one worker 30 to 35 of 64, and each worker accepts its pending connections before it closes its
 *   socket.
 */
export const systemSharesPorts = process.platform === 'linux';
