import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createClientErrors, isQueued, refuseAfter } from './client-errors.ts';
import { createConnectionRoom, type RoomLimits } from './connection-room.ts';
import { mostConnections } from './most-connections.ts';
import { createPipelineLimit } from './pipelining.ts';
import { stopServer } from './stop-server.ts';
import { isUpgrade } from './upgrade-protocol.ts';
import { createUpgradedSockets, type UpgradeListener } from './upgraded-sockets.ts';

export interface GatewayServer {
  /** Resolves to the address once the server listens. `reusePort`: other processes may listen on the same port. */
  listen(port: number, host: string, options?: { reusePort: boolean }): Promise<AddressInfo>;
  /**
   * Stops accepting connections, lets requests in flight finish and closes WebSockets; after `timeoutMs` the remaining
   * connections are destroyed. Resolves when the last connection is gone.
   */
  stop(timeoutMs: number): Promise<void>;
}

const defaultLimits = {
  /** Milliseconds for all headers to arrive. */
  headersTimeout: 10_000,
  /** Milliseconds for the whole request to arrive. */
  requestTimeout: 60_000,
  /** Longer than the 60 s after which load balancers close idle connections, so that the balancer closes first. */
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 2000,
};
/** Unanswered requests of one connection; a client that sends more is disconnected. */
const maxPipelined = 100;

export type ServerLimits = typeof defaultLimits & { maxConnections: number };

/** `networkOf` and `onFull`: see `RoomLimits`. By default, no peer belongs to a network. */
export type ServerParts = Partial<Pick<RoomLimits, 'networkOf' | 'onFull'>>;

/**
 * The HTTP server with its limits; requests that do not parse are answered in the usual error format. Without
 * `upgrade`, requests for an upgrade are served as plain requests.
 */
export function createGatewayServer(
  listener: RequestListener,
  limits: Partial<ServerLimits> = {},
  upgrade?: UpgradeListener,
  { networkOf = () => undefined, onFull = () => undefined }: ServerParts = {},
): GatewayServer {
  let stopping = false;
  let sharesPort = false;
  /** The response to the latest request of each connection. */
  const latest = new Map<Duplex, ServerResponse>();
  const ended = new WeakSet<Duplex>();
  const isTooMuch = createPipelineLimit(maxPipelined);
  const serve: RequestListener = (req, res) => {
    const { socket } = req;
    if (ended.has(socket)) return;
    if (socket.destroyed || isTooMuch(latest.get(socket), res)) {
      socket.destroy();
      return;
    }
    // When an offer to upgrade is declined, Node drops the bytes that came with the request and would continue to
    // parse in the middle of the next one.
    const isLast = req.headers.upgrade !== undefined;
    if (isLast) ended.add(socket);
    if (stopping || isLast) refuseMore(res);
    if (!latest.has(socket)) socket.once('close', () => latest.delete(socket));
    latest.set(socket, res);
    room.work(socket);
    res.on('close', () => {
      if (latest.get(socket) === res) room.rest(socket);
    });
    listener(req, res);
  };
  // Node itself would refuse a missing Host or an unknown Expect with an empty response.
  const { requestTimeout, maxConnections, ...options } = {
    ...defaultLimits,
    maxConnections: mostConnections(),
    ...limits,
  };
  const perNetwork = Math.max(1, Math.floor(maxConnections / 10));
  const room = createConnectionRoom({ connections: maxConnections, perNetwork, networkOf, onFull });
  const shouldUpgradeCallback = upgrade ? isUpgrade : () => false;
  const server = createServer(
    { ...options, requestTimeout: 0, requireHostHeader: false, shouldUpgradeCallback },
    serve,
  );
  server.on('checkExpectation', serve);
  // Node itself would send "100 Continue" before the request has been checked.
  server.on('checkContinue', serve);
  const answerClientError = createClientErrors();
  const isLate = createLateness(requestTimeout);
  const isStuck = createStuckness(requestTimeout);
  const checking = setInterval(() => {
    for (const [socket, res] of latest) {
      if (isLate(res)) answerClientError(tooLate, socket, res);
      else if (isStuck(res)) socket.destroy();
    }
  }, options.connectionsCheckingInterval).unref();
  server.maxHeadersCount = 0;
  // Node's own `maxConnections` would drop the newest connections.
  server.on('connection', (socket) => room.enter(socket));
  server.on('clientError', (error, socket) => answerClientError(error, socket, latest.get(socket)));
  const upgraded = createUpgradedSockets();
  server.on('connect', (_req, socket) => {
    room.work(socket as Socket);
    upgraded.track(socket);
    refuseAfter(latest.get(socket), socket, 'METHOD_NOT_ALLOWED', 'The method CONNECT is not supported.');
  });
  server.on('upgrade', (req, socket, head) => {
    room.work(socket as Socket);
    const hold = upgraded.track(socket);
    const before = latest.get(socket);
    if (before && !before.closed)
      refuseAfter(before, socket, 'BAD_REQUEST', 'Wait for the responses to earlier requests before an upgrade.');
    else upgrade?.(req, socket as Socket, head, hold);
  });

  return {
    listen: (port, host, options) =>
      new Promise((resolve, reject) => {
        sharesPort = options?.reusePort ?? false;
        server.once('error', reject);
        server.listen({ port, host, backlog: 1024, ...options }, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    async stop(timeoutMs) {
      const refuse = (): void => {
        stopping = true;
        for (const res of latest.values()) refuseMore(res);
        upgraded.goAway();
      };
      await stopServer(server, { timeoutMs, sharesPort, refuse, cutOff: () => upgraded.cutOff() });
      clearInterval(checking);
    },
  };
}

/** A request whose body has no time limit while it makes progress: its reader enforces the timeout. */
export interface Unhurried {
  isUnhurried?: boolean;
}

const tooLate = Object.assign(new Error('request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/** Replaces Node's `requestTimeout`, which allows no exceptions. The time of a request starts at its first check. */
function createLateness(limitMs: number): (res: ServerResponse) => boolean {
  const firstSeen = new WeakMap<ServerResponse, number>();
  return (res) => {
    const req: IncomingMessage & Unhurried = res.req;
    if (req.complete || req.isUnhurried || req.socket.destroyed) return false;
    const now = performance.now();
    const since = firstSeen.get(res) ?? now;
    firstSeen.set(res, since);
    return now - since >= limitMs && !isQueued(res);
  };
}

/** A response that is complete on this side, and of which the client has not read a byte for `limitMs`. */
function createStuckness(limitMs: number): (res: ServerResponse) => boolean {
  const lastMoved = new WeakMap<ServerResponse, { left: number; at: number }>();
  return (res) => {
    if (!res.writableEnded || res.writableFinished) return false;
    const left = res.req.socket.writableLength;
    const last = lastMoved.get(res);
    const now = performance.now();
    if (last?.left === left) return now - last.at >= limitMs;
    lastMoved.set(res, { left, at: now });
    return false;
  };
}

/** Adds `Connection: close`: a client that kept using the connection would lose a request when it is closed. */
function refuseMore(res: ServerResponse): void {
  res.shouldKeepAlive = false;
}
