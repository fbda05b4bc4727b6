import { connect, isIP, type Socket } from 'node:net';
import createKnex, { type Knex } from 'knex';
import type { ConnectionOptions } from 'mysql2';
import type { Config } from '../config.ts';
import { loadMysql2 } from '../packages/mysql2.ts';
import { MysqlClient, type MysqlClientConfig } from './mysql-client.ts';
import { afterRunningTime } from './running-time.ts';
import { prepareSession, type SessionConnection } from './session.ts';
import { silent } from './silent.ts';
import { maxStatementBytes } from './statement-size.ts';
import { createThreadWatch } from './thread-watch.ts';

/** Timeout of a new connection until its session is set up: shorter than that of the pool, whose error does not say why. */
const defaultReadyTimeoutMs = 4000;
const defaultSuspectMs = 3000;
const defaultIdleMs = 2000;
/** Timeout for a free connection of the pool; after it the database counts as away. */
const acquireTimeoutMs = 5000;

/**
 * The server ends an idle connection after a minute, with its transaction: a machine that disappears cannot say goodbye, and
 * the rows that it had locked would stay locked for eight hours. The pool closes idle connections earlier by itself.
 */
const idleSeconds = 60;
/** The same for a connection that holds a lock: the servers' own default. */
const idleSecondsOfLock = 28_800;

export interface MysqlLimits {
  /** Milliseconds until a connection without an answer is given up; undefined: never. */
  answerTimeoutMs?: number;
  /** Milliseconds after which the server ends a SELECT outside of a transaction; undefined: never. */
  readLimitMs?: number;
  /** Milliseconds until a new connection is ready, or given up. */
  readyTimeoutMs?: number;
  /** See `MysqlClientConfig`. */
  suspectMs?: number;
  idleMs?: number;
}

/** A Knex pool on MySQL or MariaDB. */
export function openMysql(
  config: Pick<Config, 'DATABASE_URL' | 'DATABASE_SSL' | 'DATABASE_SSL_CA'>,
  size: { min: number; max: number },
  limits: MysqlLimits = {},
): Knex {
  const url = new URL(config.DATABASE_URL);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 3306);
  const { readyTimeoutMs = defaultReadyTimeoutMs, suspectMs = defaultSuspectMs, idleMs = defaultIdleMs } = limits;
  const deadlines = new WeakMap<object, () => void>();
  const isReady = (connection: { config: object }): void => deadlines.get(connection.config)?.();
  const options: ConnectionOptions = {
    host,
    port,
    stream: ({ config: own }: { config: object }) => {
      const socket = openSocket(host, port);
      const cancel = afterRunningTime(readyTimeoutMs, () => socket.destroy(tooLate()));
      socket.once('close', cancel);
      deadlines.set(own, cancel);
      return socket;
    },
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4',
    timezone: 'Z',
    // None of the package's own: it would also count time in which this process was held up.
    connectTimeout: 0,
    // Otherwise mysql2 expands an object among the bindings into SQL.
    stringifyObjects: true,
    ...sslOptions(config),
  };
  const settings: MysqlClientConfig = {
    ...limits,
    suspectMs,
    idleMs,
    deadBefore: 0,
    threads: createThreadWatch(() => loadMysql2().createConnection({ ...options })),
    client: MysqlClient as unknown as typeof Knex.Client,
    log: silent,
    connection: options as unknown as Knex.MySql2ConnectionConfig,
    pool: {
      ...size,
      acquireTimeoutMillis: acquireTimeoutMs,
      afterCreate: (connection: MysqlConnection, done: Prepared) => {
        const ofPool = limits.answerTimeoutMs !== undefined;
        prepareSession(connection, ofPool ? idleSeconds : idleSecondsOfLock).then(
          ({ packetBytes, version, server, threadId }) => {
            isReady(connection);
            settings.statementBytes = Math.min(maxStatementBytes, Math.floor(packetBytes / 2));
            Object.assign(connection, { isMariaDb: version.includes('MariaDB'), server, number: threadId });
            done(null, connection);
          },
          (error: Error) => {
            // The pool drops a connection that failed here without closing it.
            connection.stream.destroy();
            done(error, connection);
          },
        );
      },
    },
  };
  return createKnex(settings);
}

const tooLate = (): Error => Object.assign(new Error('connection not ready in time'), { code: 'ETIMEDOUT' });

/** Milliseconds of silence after which the system asks whether the server is still there. */
const keepAliveMs = 5000;

function openSocket(host: string, port: number): Socket {
  const socket = connect(port, host).setNoDelay(true).setKeepAlive(true, keepAliveMs);
  // TLS over a socket to an address would check the certificate for the name `localhost`.
  return isIP(host) ? Object.assign(socket, { _host: host }) : socket;
}

interface MysqlConnection extends SessionConnection {
  readonly config: object;
  readonly stream: { destroy(): void };
}

type Prepared = (error: Error | null, connection: MysqlConnection) => void;

function sslOptions(config: Pick<Config, 'DATABASE_SSL' | 'DATABASE_SSL_CA'>): Record<string, unknown> {
  if (config.DATABASE_SSL === 'off') return {};
  return {
    ssl: {
      rejectUnauthorized: config.DATABASE_SSL !== 'required',
      verifyIdentity: config.DATABASE_SSL === 'verify',
      ...(config.DATABASE_SSL_CA ? { ca: config.DATABASE_SSL_CA } : {}),
    },
  };
}
