import type { RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { http } from '../../packages/node-http.ts';
import { type BufferBudget, createBufferBudget, defaultBufferLimits } from './buffer-budget.ts';
import { ClientConnection, type ConnectionParts } from './client-connection.ts';
import { createClientErrors, refuseAfter } from './client-errors.ts';
import { type ConnectionRoom, createConnectionRoom, type RoomLimits } from './connection-room.ts';
import { mostConnections } from './most-connections.ts';
import { createSecureEntry } from './secure-entry.ts';
import { createSlowClientCheck, createSlowestSearch } from './slow-clients.ts';
import { stopServer } from './stop-server.ts';
import { createTurns } from './turns.ts';
import { isUpgrade } from './upgrade-protocol.ts';
import { createUpgradedSockets, type UpgradedSockets, type UpgradeListener } from './upgraded-sockets.ts';

export interface GatewayServer {
  /** Resolves to the address once the server listens. `reusePort`: other processes may listen on the same port. */
  listen(port: number, host: string, options?: { reusePort: boolean }): Promise<AddressInfo>;
  /**
   * Stops accepting connections, lets requests in flight finish and closes WebSockets; after `timeoutMs` the remaining
   * connections are destroyed. Resolves when the last connection is gone.
   */
  stop(timeoutMs: number): Promise<void>;
  /** Serves new connections with another certificate; `ServerParts.tls` was given. */
  exchangeTls(tls: SecureContextOptions): void;
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
/** Connections that may be without a finished TLS handshake: a share of all, and at least so many. */
const unfinishedShare = 0.25;
const fewestUnfinished = 16;

export type ServerLimits = typeof defaultLimits & { maxConnections: number };

/** `networkOf` and `onFull`: see `RoomLimits`. By default, no peer belongs to a network. */
export interface ServerParts extends Partial<Pick<RoomLimits, 'networkOf' | 'onFull'>> {
  budget?: BufferBudget;
  /** Certificate and settings of TLS; undefined: plain HTTP. */
  tls?: SecureContextOptions | undefined;
  /** A connection was closed because there are too many unfinished handshakes. */
  onUnfinished?(): void;
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
    onUnfinished = () => undefined,
    tls,
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
  const server = openServer({ ...options, requestTimeout: 0, requireHostHeader: false, shouldUpgradeCallback }, tls);
  server.on('request', serve);
  server.on('checkExpectation', serve);
  // Node itself would send "100 Continue" before the request has been checked.
  server.on('checkContinue', serve);
  const checkClients = createSlowClientCheck(requestTimeout, refusing(tooLate));
  server.maxHeadersCount = 0;
  const take = (socket: Socket, raw?: Socket): void => {
    if (raw) room.replace(raw, socket);
    if (socket.destroyed) return;
    connections.set(socket, new ClientConnection(socket, parts));
    socket.once('close', () => connections.delete(socket));
  };
  const mostUnfinished = Math.max(fewestUnfinished, Math.floor(maxConnections * unfinishedShare));
  const handshakes = { handshakeTimeout: options.headersTimeout, mostUnfinished, onFull: onUnfinished, onSecure: take };
  const entry = tls && createSecureEntry(server, handshakes);
  // Node's own `maxConnections` would drop the newest connections.
  server.on('connection', (socket) => {
    room.enter(socket);
    if (!entry) take(socket);
  });
  const checking = setInterval(() => {
    checkClients(connections.values());
    entry?.check();
  }, options.connectionsCheckingInterval).unref();
  server.on('clientError', (error, socket) => answerClientError(error, socket, connections.get(socket)));
  const upgraded = createUpgradedSockets();
  acceptUpgrades(server, { room, connections, upgraded, upgrade });

  return {
    listen: (port, host, listening) => {
      sharesPort = listening?.reusePort ?? false;
      return listen(server, { port, host, backlog: 1024, ...listening });
    },
    async stop(timeoutMs) {
      const refuse = (): void => {
        stopping = true;
        for (const { latest } of connections.values()) if (latest) refuseMore(latest);
        upgraded.goAway();
      };
      const cutOff = (): void => {
        upgraded.cutOff();
        entry?.cutOff();
      };
      await stopServer(server, { timeoutMs, sharesPort, refuse, cutOff });
      clearInterval(checking);
    },
    exchangeTls: (next) => (server as SecureServer).setSecureContext(next),
  };
}

function acceptUpgrades(
  server: Server,
  parts: {
    room: ConnectionRoom;
    connections: ReadonlyMap<Duplex, ClientConnection>;
    upgraded: UpgradedSockets;
    upgrade: UpgradeListener | undefined;
  },
): void {
  const { room, connections, upgraded, upgrade } = parts;
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
}

function listen(server: Server, options: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Only HTTP/1.1 is offered to clients. Half-open connections as in Node's plain server: a client may end its side first. */
const openServer = (options: ServerOptions, tls: SecureContextOptions | undefined): Server =>
  tls ? createSecureServer({ ...options, ...tls, allowHalfOpen: true }) : http.createServer(options);

const tooLate = Object.assign(new Error('request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
const tooMuch = Object.assign(new Error('too many bytes are buffered'), { code: 'ERR_OVERLOADED' });

/** Adds `Connection: close`: a client that kept using the connection would lose a request when it is closed. */
function refuseMore(res: ServerResponse): void {
  res.shouldKeepAlive = false;
}
