import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Says whether a connection has more than `most` requests without an answer. Node reads on as long as answers are small, so
 * that one connection could have any number of calls under way at once. `latest` is the answer to the request before.
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
