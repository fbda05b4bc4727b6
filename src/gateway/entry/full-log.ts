import type { Logger } from '../../logger.ts';

const everyMs = 60_000;

/**
 * Logs that connections were closed or refused for lack of room, once a minute with their number. `network`: the network that has used up its share; undefined if the whole process is full.
 */
export function createFullLog(logger: Logger): (network: string | undefined) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  let closed = 0;
  return (network) => {
    closed += 1;
    const now = performance.now();
    if (now - loggedAt < everyMs) return;
    logger.warn('connections closed at a limit', {
      closed,
      ...(network === undefined
        ? { limit: 'connections of the process' }
        : { limit: 'connections of one network; TRUSTED_PROXIES names proxies that carry many clients', network }),
    });
    loggedAt = now;
    closed = 0;
  };
}
