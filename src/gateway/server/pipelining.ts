import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Tells whether a connection has more than `most` unanswered requests. Node keeps reading as long as responses are
 * small, so one connection could otherwise have any number of calls in flight. `latest` is the response to the
 * previous request.
 */
export function createPipelineLimit(
  most: number,
): (latest: ServerResponse | undefined, res: ServerResponse) => boolean {
  const unanswered = new WeakMap<Duplex, ServerResponse[]>();
  return (latest, res) => {
    if (!latest || latest.closed) return false;
    const { socket } = res.req;
    const waiting = unanswered.get(socket) ?? [latest];
    while (waiting[0]?.closed) waiting.shift();
    waiting.push(res);
    unanswered.set(socket, waiting);
    return waiting.length > most;
  };
}
