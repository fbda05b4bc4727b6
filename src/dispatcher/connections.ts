import type { Socket } from 'node:net';
import { Client } from '../undici.ts';
import type { Connector } from './connector.ts';
import { HeadFilter, maxHeadBytes } from './head-filter.ts';
import type { Phases } from './outcome.ts';

/** One connection to an origin, which carries one request at a time. */
export interface Connection {
  readonly client: InstanceType<typeof Client>;
  readonly heads: HeadFilter;
  /** What it took to connect; empty once a request has used the connection. */
  phases: Pick<Phases, 'dns' | 'connect' | 'tls'>;
  socket: Socket | undefined;
  /** Milliseconds, monotonic: just before its address was looked up and checked. */
  checkedAt: number;
  idleSince: number;
  requests: number;
}

export interface Connections {
  /** One that is open, or else a new one. */
  take(origin: string): Connection;
  create(origin: string): Connection;
  /** Gives a connection back for further use, or ends it. */
  give(origin: string, connection: Connection, isReusable: boolean): void;
  close(): Promise<void>;
}

const idleMs = 2000;
/** A name may come to mean another address: no attempt starts on a connection whose address was checked longer ago. */
const trustedMs = 30_000;
const maxOrigins = 512;

/**
 * Connections by origin. Those of the origin that was used longest ago go first when there are too many origins.
 * `now` gives monotonic milliseconds.
 */
export function createConnections(connector: Connector, now = (): number => performance.now()): Connections {
  const idle = new Map<string, Connection[]>();
  const open = new Set<Connection>();

  function create(origin: string): Connection {
    const connection: Connection = {
      client: new Client(origin, {
        // undici asks for the socket when the first request is there, and again if the connection was lost in between.
        connect: (_options, callback) => {
          const checkedAt = now();
          connector.connect(new URL(origin)).then(
            ({ socket, phases }) => {
              Object.assign(connection, { socket, phases, checkedAt, requests: 0 });
              connection.heads.attach(socket);
              callback(null, socket);
            },
            (error: Error) => callback(error, null),
          );
        },
        pipelining: 1,
        allowH2: false,
        // Counted exactly by the filter; undici leaves the separators out.
        maxHeaderSize: maxHeadBytes,
        keepAliveTimeout: idleMs,
        keepAliveMaxTimeout: idleMs,
        // The deadlines are ours: undici's are idle timers.
        headersTimeout: 0,
        bodyTimeout: 0,
      }),
      heads: new HeadFilter(),
      phases: {},
      socket: undefined,
      checkedAt: now(),
      idleSince: 0,
      requests: 0,
    };
    open.add(connection);
    connection.client.on('disconnect', () => forgetIfIdle(origin, connection));
    return connection;
  }

  function end(connection: Connection): void {
    open.delete(connection);
    connection.client.destroy().catch(() => undefined);
  }

  /** What lost its socket while nobody used it would only lie about. */
  function forgetIfIdle(origin: string, connection: Connection): void {
    const waiting = idle.get(origin) ?? [];
    const index = waiting.indexOf(connection);
    if (index === -1) return;
    waiting.splice(index, 1);
    if (waiting.length === 0) idle.delete(origin);
    end(connection);
  }

  function forgetOldestOrigin(): void {
    const [oldest] = idle.keys();
    if (oldest === undefined) return;
    for (const connection of idle.get(oldest) ?? []) end(connection);
    idle.delete(oldest);
  }

  return {
    create,
    take(origin) {
      const waiting = idle.get(origin) ?? [];
      for (let connection = waiting.pop(); connection; connection = waiting.pop()) {
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
      if (idle.size > maxOrigins) forgetOldestOrigin();
    },
    async close() {
      await Promise.all([...open].map(({ client }) => client.destroy()));
      open.clear();
      idle.clear();
    },
  };
}
