import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type BufferBudget, createBufferBudget, defaultBufferLimits } from './buffer-budget.ts';
import { ClientConnection, type ConnectionParts } from './client-connection.ts';
import { createClientErrors, refuseAfter } from './client-errors.ts';
import { createConnectionRoom, type RoomLimits } from './connection-room.ts';
import { mostConnections } from './most-connections.ts';
import { createSlowClientCheck, createSlowestSearch } from './slow-clients.ts';
import { stopServer } from './stop-server.ts';
import { createTurns } from './turns.ts';
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
  /**
   * Milliseconds that an idle connection is kept: longer than balancers keep theirs, 600 s at some, because a balancer loses
   * the request that it sends while the other side closes. Responses announce it, and Node keeps the connection a second longer.
   */
  keepAliveTimeout: 620_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 2000,
};
/** Unanswered requests of one connection; a client that sends more is disconnected. */
const mostUnanswered = 100;

export type ServerLimits = typeof defaultLimits & { maxConnections: number };

/** `networkOf` and `onFull`: see `RoomLimits`. By default, no peer belongs to a network. */
export interface ServerParts extends Partial<Pick<RoomLimits, 'networkOf' | 'onFull'>> {
  budget?: BufferBudget;
}

/**
 * The HTTP server with its limits; requests that do not parse are answered in the usual error format. Without
 * `upgrade`, requests for an upgrade are served as plain requests.
 */
export function createGatewayServer(
  listener: RequestListener,
  limits: Partial<ServerLimits> = {},
  upgrade?: UpgradeListener,
  {
    networkOf = () => undefined,
    onFull = () => undefined,
    budget = createBufferBudget(defaultBufferLimits, () => undefined),
  }: ServerParts = {},
): GatewayServer {
  let stopping = false;
  let sharesPort = false;
  const connections = new Map<Duplex, ClientConnection>();
  const ended = new WeakSet<Duplex>();
  const serve: RequestListener = (req, res) => {
    const { socket } = req;
    if (ended.has(socket) || socket.destroyed) return;
    // When an offer to upgrade is declined, Node drops the bytes that came with the request and would continue to
    // parse in the middle of the next one.
    const isLast = req.headers.upgrade !== undefined;
    if (isLast) ended.add(socket);
    if (stopping || isLast) refuseMore(res);
    connections.get(socket)?.take(res);
  };
  // Node itself would refuse a missing Host or an unknown Expect with an empty response.
  const { requestTimeout, maxConnections, ...options } = {
    ...defaultLimits,
    maxConnections: mostConnections(),
    ...limits,
  };
  const perNetwork = Math.max(1, Math.floor(maxConnections / 10));
  const findSlowest = createSlowestSearch(connections);
  const room = createConnectionRoom({ connections: maxConnections, perNetwork, networkOf, findSlowest, onFull });
  const answerClientError = createClientErrors();
  const refusing = (error: Error) => (res: ServerResponse) =>
    answerClientError(error, res.req.socket, connections.get(res.req.socket));
  const parts: ConnectionParts = {
    budget,
    listener,
    mostUnanswered,
    onWork: room.work,
    onRest: room.rest,
    inTurn: createTurns(),
    refuse: refusing(tooMuch),
  };
  const shouldUpgradeCallback = upgrade ? isUpgrade : () => false;
  const server = createServer(
    { ...options, requestTimeout: 0, requireHostHeader: false, shouldUpgradeCallback },
    serve,
  );
  server.on('checkExpectation', serve);
  // Node itself would send "100 Continue" before the request has been checked.
  server.on('checkContinue', serve);
  const checkClients = createSlowClientCheck(requestTimeout, refusing(tooLate));
  const checking = setInterval(() => checkClients(connections.values()), options.connectionsCheckingInterval).unref();
  server.maxHeadersCount = 0;
  // Node's own `maxConnections` would drop the newest connections.
  server.on('connection', (socket) => {
    room.enter(socket);
    if (socket.destroyed) return;
    connections.set(socket, new ClientConnection(socket, parts));
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error, socket) => answerClientError(error, socket, connections.get(socket)));
  const upgraded = createUpgradedSockets();
  server.on('connect', (_req, socket) => {
    room.work(socket as Socket);
    upgraded.track(socket);
    refuseAfter(connections.get(socket)?.latest, socket, 'METHOD_NOT_ALLOWED', 'The method CONNECT is not supported.');
  });
  server.on('upgrade', (req, socket, head) => {
    room.work(socket as Socket);
    const hold = upgraded.track(socket);
    const before = connections.get(socket)?.latest;
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
        for (const { latest } of connections.values()) if (latest) refuseMore(latest);
        upgraded.goAway();
      };
      await stopServer(server, { timeoutMs, sharesPort, refuse, cutOff: () => upgraded.cutOff() });
      clearInterval(checking);
    },
  };
}

const tooLate = Object.assign(new Error('request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
const tooMuch = Object.assign(new Error('too many bytes are buffered'), { code: 'ERR_OVERLOADED' });

/** Adds `Connection: close`: a client that kept using the connection would lose a request when it is closed. */
function refuseMore(res: ServerResponse): void {
  res.shouldKeepAlive = false;
}
