import { isIP } from 'node:net';
import type { Dispatcher } from 'undici';
import { RequestProgress } from '../../packages/request-progress.ts';
import { buildConnector, Client, Pool } from '../../packages/undici.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { readBeforeFailing, reportResets } from './upstream-socket.ts';

const maxConnections = 1024;
const maxHeadBytes = 32 * 1024;
/** Shorter than the keep-alive timeout of common servers, so that few requests meet a connection that is closing. */
const keepAliveMs = 4000;
/**
 * A backend that announces its keep-alive timeout gets no request in the last second of it. The rest is for the way of
 * the response that announced it.
 */
const closingMs = 1250;

/** A handler that wants to know the connection of its request. Called again if the request moves to another one. */
export interface UpstreamHandler extends Dispatcher.DispatchHandler {
  onConnection?(progress: RequestProgress): void;
}

export type RequestOptions = Dispatcher.DispatchOptions & { readonly servername: string };

/** The connections of an upstream. */
export interface UpstreamPool {
  /** Sends a request on a kept connection or a new one. Throws for a request that cannot be sent. */
  dispatch(options: RequestOptions, handler: UpstreamHandler): void;
  /** Sends a request on a new connection that carries no other. Throws for a request that cannot be sent. */
  dispatchAlone(options: RequestOptions, handler: UpstreamHandler): void;
  /** Closes all connections at once. */
  destroy(): Promise<void>;
}

type ClientOptions = ConstructorParameters<typeof Client>[1];

/** One connection of a pool, with the progress of its request. */
class UpstreamClient extends Client {
  readonly #progress: RequestProgress;

  constructor(origin: string | URL, options: ClientOptions, connect: Connect) {
    const progress = new RequestProgress();
    super(origin, { ...options, connect: connect(progress) });
    this.#progress = progress;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: UpstreamHandler): boolean {
    handler.onConnection?.(this.#progress);
    return super.dispatch(options, handler);
  }
}

type Connect = (progress: RequestProgress) => ReturnType<typeof buildConnector>;

/**
 * Creates the connection pool of an upstream. Certificates are checked against the upstream's own name, independent of
 * a call's `Host`.
 */
export function createUpstreamPool(
  origin: string,
  settings: Pick<RemoteTargetSettings, 'timeouts' | 'tls'>,
): UpstreamPool {
  const connect = createConnect(origin, settings);
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
    destroy: async () => {
      await Promise.all([pool, ...alone].map((each) => each.destroy()));
    },
  };
}

function createConnect(origin: string, { timeouts, tls }: Pick<RemoteTargetSettings, 'timeouts' | 'tls'>): Connect {
  const connect = buildConnector({ allowH2: false, timeout: timeouts.connectMs, rejectUnauthorized: true, ...tls });
  const { hostname } = new URL(origin);
  const servername = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
  return (progress) => (options, callback) =>
    connect({ ...options, servername }, (...result) => {
      const [, socket] = result;
      if (socket) {
        progress.attach(socket);
        readBeforeFailing(socket);
        reportResets(socket);
      }
      callback(...result);
    });
}
