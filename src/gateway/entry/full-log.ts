import type { Logger } from '../../logger.ts';

const everyMs = 60_000;

/** A limit of the process that closes connections. */
export type ClosingLimit =
  | 'connections'
  | 'connections of one network'
  | 'connections without a TLS handshake'
  | 'bytes buffered for and from clients'
  | 'bodies of callers without credentials';

/** Logs that connections were closed at a limit: for each limit, once a minute with their number. */
export function createFullLog(logger: Logger): (limit: ClosingLimit, network?: string) => void {
  const states = new Map<ClosingLimit, { closed: number; loggedAt: number }>();
  return (limit, network) => {
    const state = states.get(limit) ?? { closed: 0, loggedAt: Number.NEGATIVE_INFINITY };
    states.set(limit, state);
    state.closed += 1;
    const now = performance.now();
    if (now - state.loggedAt < everyMs) return;
    logger.warn('connections closed at a limit', { limit, closed: state.closed, ...(network ? { network } : {}) });
    state.closed = 0;
    state.loggedAt = now;
  };
}
