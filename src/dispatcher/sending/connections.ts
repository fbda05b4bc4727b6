import { HeadFilter } from '../../outgoing/head-filter.ts';
import { RequestProgress } from '../../outgoing/request-progress.ts';
import { Client } from '../../packages/undici.ts';
import type { Peer, Phases } from '../model/outcome.ts';
import type { Connector } from './connector.ts';

/** One connection to an origin, which carries one request at a time. */
export interface Connection {
  readonly client: InstanceType<typeof Client>;
  readonly heads: HeadFilter;
  readonly progress: RequestProgress;
  /** Duration of connecting; empty once a request has used the connection. */
  phases: Pick<Phases, 'dns' | 'connect' | 'tls'>;
  /** See `Connected`. */
  avoidSessions: (() => void) | undefined;
  /** Undefined until it is connected. */
  peer: Peer | undefined;
  /** Just before the address was resolved and checked; monotonic milliseconds. */
  checkedAt: number;
  /** Monotonic milliseconds. */
  idleSince: number;
  /** Requests since the socket was connected. */
  requests: number;
}

export interface Connections {
  /** An idle connection, or else a new one. */
  take(origin: string): Connection;
  create(origin: string): Connection;
  /** Returns a connection to the pool, or closes it. */
  give(origin: string, connection: Connection, isReusable: boolean): void;
  close(): Promise<void>;
}

const maxHeadBytes = 16 * 1024;
const idleMs = 2000;
/** A host name may change its address: no attempt starts on a connection that was checked longer ago. */
const trustedMs = 30_000;
/** Each idle connection costs a socket and some 16 KB. */
const maxIdle = 256;

/**
 * A pool of connections by origin. With too many idle, the least recently used origin loses one.
 * `now` is monotonic milliseconds.
 */
export function createConnections(connector: Connector, now = (): number => performance.now()): Connections {
  /** By origin, least recently used first; no list is empty. */
  const idle = new Map<string, Connection[]>();
  let idleCount = 0;
  const open = new Set<Connection>();

  function create(origin: string): Connection {
    const connection = createConnection(origin, connector, now);
    open.add(connection);
    connection.client.on('disconnect', () => forgetIfIdle(origin, connection));
    return connection;
  }

  function end(connection: Connection): void {
    open.delete(connection);
    connection.client.destroy().catch(() => undefined);
  }

  /** Removes an idle connection that has lost its socket. */
  function forgetIfIdle(origin: string, connection: Connection): void {
    const index = idle.get(origin)?.indexOf(connection) ?? -1;
    if (index === -1) return;
    takeOut(origin, index);
    end(connection);
  }

  function endOldest(): void {
    const [oldest] = idle.keys();
    const connection = oldest === undefined ? undefined : takeOut(oldest, 0);
    if (connection) end(connection);
  }

  /** Removes an idle connection of an origin from the pool: -1 for the latest, else its index. */
  function takeOut(origin: string, index: number): Connection | undefined {
    const waiting = idle.get(origin);
    const connection = index === -1 ? waiting?.pop() : waiting?.splice(index, 1)[0];
    if (connection) idleCount -= 1;
    if (waiting?.length === 0) idle.delete(origin);
    return connection;
  }

  return {
    create,
    take(origin) {
      for (let connection = takeOut(origin, -1); connection; connection = takeOut(origin, -1)) {
        const time = now();
        if (time - connection.idleSince < idleMs && time - connection.checkedAt < trustedMs) return connection;
        end(connection);
      }
      return create(origin);
    },
    give(origin, connection, isReusable) {
      if (!isReusable || connection.client.destroyed) {
        end(connection);
        return;
      }
      connection.idleSince = now();
      const waiting = idle.get(origin) ?? [];
      idle.delete(origin);
      idle.set(origin, waiting);
      waiting.push(connection);
      idleCount += 1;
      if (idleCount > maxIdle) endOldest();
    },
    async close() {
      await Promise.all([...open].map(({ client }) => client.destroy()));
      open.clear();
      idle.clear();
      idleCount = 0;
    },
  };
}

function createConnection(origin: string, connector: Connector, now: () => number): Connection {
  const connection: Connection = {
    // `Host` is written without the final dot that marks a name as absolute.
    client: new Client(origin.replace(/\.(?=(?::\d+)?$)/, ''), {
      // undici connects at the first request, and again if the connection was lost.
      connect: (_options, callback) => {
        const checkedAt = now();
        connector.connect(new URL(origin)).then(
          ({ socket, ...connected }) => {
            Object.assign(connection, { ...connected, checkedAt, requests: 0 });
            connection.heads.attach(socket);
            connection.progress.attach(socket);
            callback(null, socket);
          },
          (error: Error) => callback(error, null),
        );
      },
      pipelining: 1,
      allowH2: false,
      // The filter enforces the exact limit; undici does not count the separators.
      maxHeaderSize: maxHeadBytes,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      // Off: undici's timeouts are idle timers; the sender has absolute deadlines.
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
    heads: new HeadFilter({ maxBytes: maxHeadBytes, removed: 'all' }),
    progress: new RequestProgress(),
    phases: {},
    avoidSessions: undefined,
    peer: undefined,
    checkedAt: now(),
    idleSince: 0,
    requests: 0,
  };
  return connection;
}
