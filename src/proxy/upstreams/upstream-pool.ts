import { isIP, type Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { HeadFilter } from '../../outgoing/head-filter.ts';
import { RequestProgress } from '../../outgoing/request-progress.ts';
import { buildConnector, Client, Pool } from '../../packages/undici.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { maxCalls } from './admission.ts';
import { createSharedLookup } from './shared-lookup.ts';
import { readBeforeFailing, reportResets } from './upstream-socket.ts';

/** The further ones are for health checks, which must not wait for calls, and for connections that are being closed. */
const maxConnections = maxCalls + 16;
const maxHeadBytes = 32 * 1024;
/** Status line and separators, which undici does not count. */
const furtherHeadBytes = 8 * 1024;
/** Shorter than the keep-alive timeout of common servers, so that few requests meet a connection that is closing. */
const keepAliveMs = 4000;
/**
 * A backend that announces its keep-alive timeout gets no request in the last second of it. The rest is for the way of
 * the response that announced it.
 */
const closingMs = 1250;
/** The name of an upstream may change its addresses: no call begins on a connection that is older. */
const trustedMs = 30_000;

/** A handler that wants to know the connection of its request. Called again if the request moves to another one. */
export interface UpstreamHandler extends Dispatcher.DispatchHandler {
  onConnection?(connection: UpstreamConnection): void;
}

/** One connection of an upstream, which carries one request at a time. */
export class UpstreamConnection extends RequestProgress {
  readonly #heads = new HeadFilter({ maxBytes: maxHeadBytes + furtherHeadBytes, removed: 'continue' });
  #connectedAt = performance.now();
  #socket: Socket | undefined;

  /** Milliseconds since it was connected. */
  get age(): number {
    return performance.now() - this.#connectedAt;
  }

  /** Whether a byte of the response to the latest request has arrived. */
  get isAnswered(): boolean {
    return this.#heads.hasBegun;
  }

  /** Whether it has failed, also if undici has not reported that yet. */
  get isBroken(): boolean {
    return (this.#socket?.errored ?? null) !== null;
  }

  override attach(socket: Socket): void {
    this.#connectedAt = performance.now();
    this.#socket = socket;
    super.attach(socket);
    this.#heads.attach(socket);
    readBeforeFailing(socket);
    reportResets(socket);
  }

  override begin(onBody?: () => void): void {
    super.begin(onBody);
    this.#heads.expect();
  }
}

export type RequestOptions = Dispatcher.DispatchOptions & { readonly servername: string };

/** The connections of an upstream. */
export interface UpstreamPool {
  /** Sends a request on a kept connection or a new one. Throws for a request that cannot be sent. */
  dispatch(options: RequestOptions, handler: UpstreamHandler): void;
  /** Sends a request on a new connection that carries no other. Throws for a request that cannot be sent. */
  dispatchAlone(options: RequestOptions, handler: UpstreamHandler): void;
  /** Opens a connection that the caller owns, with TLS for an https origin. Rejects with the error of the connector. */
  connect(): Promise<Socket>;
  /** Closes all connections of requests at once. */
  destroy(): Promise<void>;
}

type ClientOptions = ConstructorParameters<typeof Client>[1];

/** undici's side of a connection. */
class UpstreamClient extends Client {
  readonly #connection: UpstreamConnection;

  constructor(origin: string | URL, options: ClientOptions, connect: Connect) {
    const connection = new UpstreamConnection();
    super(origin, { ...options, connect: connect(connection) });
    this.#connection = connection;
  }

  /** The time of connecting, which the pool compares with the wall clock. */
  get ttl(): number {
    return Date.now() - this.#connection.age;
  }

  /** The pool's own record, which would be wrong after the clock is set. */
  set ttl(_time: number) {}

  override dispatch(options: Dispatcher.DispatchOptions, handler: UpstreamHandler): boolean {
    handler.onConnection?.(this.#connection);
    return super.dispatch(options, handler);
  }
}

type Connector = ReturnType<typeof buildConnector>;
type Connect = (connection: UpstreamConnection) => Connector;

/**
 * Creates the connection pool of an upstream. Certificates are checked against the upstream's own name, independent of
 * a call's `Host`.
 */
export function createUpstreamPool(
  origin: string,
  settings: Pick<RemoteTargetSettings, 'timeouts' | 'tls'>,
): UpstreamPool {
  const connector = createConnector(origin, settings);
  const connect = attaching(connector);
  const options = {
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveTimeoutThreshold: closingMs,
    maxHeaderSize: maxHeadBytes,
    // `Exchange` has timers of its own, which are exact and start when the request has been sent.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const pool = new Pool(origin, {
    ...options,
    connections: maxConnections,
    clientTtl: trustedMs,
    factory: (url: URL, given: object) => new UpstreamClient(url, given as ClientOptions, connect),
  });
  const alone = new Set<UpstreamClient>();
  return {
    dispatch: (request, handler) => void pool.dispatch(request, handler),
    dispatchAlone: (request, handler) => {
      const client = new UpstreamClient(origin, options, connect);
      alone.add(client);
      client.dispatch({ ...request, reset: true }, handler);
      void client.close().then(() => alone.delete(client));
    },
    connect: () => open(origin, connector),
    destroy: async () => {
      await Promise.all([pool, ...alone].map((each) => each.destroy()));
    },
  };
}

/** Connections to one upstream that begin together share a look-up. */
function createConnector(origin: string, { timeouts, tls }: Pick<RemoteTargetSettings, 'timeouts' | 'tls'>): Connector {
  const connect = buildConnector({
    allowH2: false,
    timeout: timeouts.connectMs,
    rejectUnauthorized: true,
    lookup: createSharedLookup(),
    ...tls,
  });
  const servername = isIP(addressOf(origin)) === 0 ? new URL(origin).hostname : '';
  return (options, callback) => connect({ ...options, servername }, callback);
}

const attaching =
  (connect: Connector): Connect =>
  (connection) =>
  (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      if (socket) connection.attach(socket);
      callback(...result);
    });

function open(origin: string, connect: Connector): Promise<Socket> {
  const { host, protocol, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    connect({ hostname: addressOf(origin), host, protocol, port }, (error, socket) => {
      if (error) reject(error);
      else resolve(socket);
    });
  });
}

/** The host as sockets take it: URLs write IPv6 addresses in brackets. */
const addressOf = (origin: string): string => new URL(origin).hostname.replace(/^\[|\]$/g, '');
