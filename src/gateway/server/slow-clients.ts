import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClientConnection, RequestMarks } from './client-connection.ts';
import { flushedBytes } from './flushed-bytes.ts';

/**
 * Checks connections, to be called repeatedly: passes the response to a request that takes longer than `limitMs` to arrive to
 * `onLate`, and closes connections whose client has not read for as long.
 */
export function createSlowClientCheck(
  limitMs: number,
  onLate: (res: ServerResponse) => void,
): (connections: Iterable<ClientConnection>) => void {
  const isLate = createLateness(limitMs);
  const isStuck = createStuckness(limitMs);
  return (connections) => {
    for (const { socket, current, latest } of connections) {
      const res = current ?? latest;
      if (!res) continue;
      if (isLate(res)) onLate(res);
      else if (isStuck(res)) socket.destroy();
    }
  };
}

const searchEveryMs = 250;
/** A client that keeps a request waiting for a shorter time is not slow yet. */
const youngMs = 1000;

/** Finds the connection whose client has kept a request waiting longest. The connections are sorted four times a second at most. */
export function createSlowestSearch(
  connections: ReadonlyMap<Duplex, ClientConnection>,
): (accepts: (socket: Socket) => boolean) => Socket | undefined {
  let slowest: ClientConnection[] = [];
  let searchedAt = Number.NEGATIVE_INFINITY;
  return (accepts) => {
    const now = performance.now();
    const isSlow = (connection: ClientConnection): boolean => (connection.waitedMs(now) ?? 0) >= youngMs;
    if (now - searchedAt >= searchEveryMs) {
      searchedAt = now;
      slowest = [...connections.values()].filter(isSlow);
      slowest.sort((one, other) => (other.waitedMs(now) ?? 0) - (one.waitedMs(now) ?? 0));
    }
    const index = slowest.findIndex((connection) => accepts(connection.socket) && isSlow(connection));
    return index === -1 ? undefined : slowest.splice(index, 1)[0]?.socket;
  };
}

/** Replaces Node's `requestTimeout`, which allows no exceptions. The time of a request starts at its first check. */
function createLateness(limitMs: number): (res: ServerResponse) => boolean {
  const firstSeen = new WeakMap<ServerResponse, number>();
  return (res) => {
    const req: IncomingMessage & RequestMarks = res.req;
    if (req.complete || req.unsentBytes || req.socket.destroyed) return false;
    const now = performance.now();
    const since = firstSeen.get(res) ?? now;
    firstSeen.set(res, since);
    return now - since >= limitMs;
  };
}

/** A response of which the client has not read a byte for `limitMs`. The reader of a forwarded one has its own timeouts. */
function createStuckness(limitMs: number): (res: ServerResponse) => boolean {
  const lastMoved = new WeakMap<ServerResponse, { flushed: number; at: number }>();
  return (res) => {
    const { isForwarded }: RequestMarks = res.req as IncomingMessage & RequestMarks;
    if (res.writableFinished || res.req.socket.writableLength === 0 || (isForwarded && !res.writableEnded))
      return false;
    const flushed = flushedBytes(res.req.socket);
    const last = lastMoved.get(res);
    const now = performance.now();
    if (last?.flushed === flushed) return now - last.at >= limitMs;
    lastMoved.set(res, { flushed, at: now });
    return false;
  };
}
