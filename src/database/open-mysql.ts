import { connect, isIP, type Socket } from 'node:net';
import createKnex, { type Knex } from 'knex';
import type { Config } from '../config.ts';
import { MysqlClient, type MysqlClientConfig } from './mysql-client.ts';
import { prepareSession, type SessionConnection } from './session.ts';
import { silent } from './silent.ts';
import { maxStatementBytes } from './statement-size.ts';

const connectTimeoutMs = 3000;
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
  const settings: MysqlClientConfig = {
    ...limits,
    client: MysqlClient as unknown as typeof Knex.Client,
    log: silent,
    connection: {
      host,
      port,
      stream: () => openSocket(host, port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      charset: 'utf8mb4',
      timezone: 'Z',
      connectTimeout: connectTimeoutMs,
      // Otherwise mysql2 expands an object among the bindings into SQL.
      stringifyObjects: true,
      ...sslOptions(config),
    } as Knex.MySql2ConnectionConfig,
    pool: {
      ...size,
      acquireTimeoutMillis: acquireTimeoutMs,
      afterCreate: (connection: MysqlConnection, done: Prepared) => {
        const prepared = prepareSession(
          connection,
          limits.answerTimeoutMs === undefined ? idleSecondsOfLock : idleSeconds,
        );
        prepared.then(
          ({ packetBytes, version }) => {
            settings.statementBytes = Math.min(maxStatementBytes, Math.floor(packetBytes / 2));
            connection.isMariaDb = version.includes('MariaDB');
            done(null, connection);
          },
          (error: Error) => {
            // The pool drops a connection that failed here without closing it.
            connection.destroy();
            done(error, connection);
          },
        );
      },
    },
  };
  return createKnex(settings);
}

/** Milliseconds of silence after which the system asks whether the server is still there. */
const keepAliveMs = 5000;

function openSocket(host: string, port: number): Socket {
  const socket = connect(port, host).setNoDelay(true).setKeepAlive(true, keepAliveMs);
  // TLS over a socket to an address would check the certificate for the name `localhost`.
  return isIP(host) ? Object.assign(socket, { _host: host }) : socket;
}

interface MysqlConnection extends SessionConnection {
  destroy(): void;
  isMariaDb?: boolean;
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
