import createKnex, { type Knex } from 'knex';
import type { Config } from '../config.ts';
import { MysqlClient, type MysqlClientConfig } from './mysql-client.ts';
import { silent } from './silent.ts';
import { maxStatementBytes } from './statement-size.ts';

const connectTimeoutMs = 3000;
/** Timeout for a free connection of the pool; after it the database counts as away. */
const acquireTimeoutMs = 5000;

// Strict mode turns silent truncation into an error; a short lock wait makes a stuck lock holder cost a retry.
const sessionSettings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 5",
];

/**
 * The server ends an idle connection after a minute, with its transaction: a machine that disappears cannot say goodbye, and
 * the rows that it had locked would stay locked for eight hours. The pool closes idle connections earlier by itself.
 */
const endLost = 'SET SESSION wait_timeout = 60';

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
  const settings: MysqlClientConfig = {
    ...limits,
    client: MysqlClient as unknown as typeof Knex.Client,
    log: silent,
    connection: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 3306),
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
      afterCreate: (connection: MysqlConnection, done: Prepared) =>
        prepareConnection(connection, limits.answerTimeoutMs === undefined ? [] : [endLost], done, (server) => {
          settings.statementBytes = Math.min(maxStatementBytes, Math.floor(server.packet / 2));
          connection.isMariaDb = server.version.includes('MariaDB');
        }),
    },
  };
  return createKnex(settings);
}

interface MysqlConnection {
  promise(): { query(sql: string): Promise<[Server[], ...unknown[]]> };
  destroy(): void;
  isMariaDb?: boolean;
}

interface Server {
  /** Limit of a statement, in bytes. */
  packet: number;
  version: string;
}

type Prepared = (error: Error | null, connection: MysqlConnection) => void;

/** Sets the session up. */
function prepareConnection(
  connection: MysqlConnection,
  more: readonly string[],
  done: Prepared,
  onServer: (server: Server) => void,
): void {
  const prepare = async (): Promise<void> => {
    for (const statement of [...sessionSettings, ...more]) await connection.promise().query(statement);
    const [rows] = await connection.promise().query('select @@max_allowed_packet as packet, version() as version');
    onServer({ packet: Number(rows[0]?.packet ?? maxStatementBytes * 2), version: rows[0]?.version ?? '' });
  };
  prepare().then(
    () => done(null, connection),
    (error: Error) => {
      // The pool drops a connection that failed here without closing it.
      connection.destroy();
      done(error, connection);
    },
  );
}

function sslOptions(config: Pick<Config, 'DATABASE_SSL' | 'DATABASE_SSL_CA'>): Record<string, unknown> {
  if (config.DATABASE_SSL === 'off') return {};
  const verify = config.DATABASE_SSL === 'verify';
  return {
    ssl: {
      rejectUnauthorized: verify,
      verifyIdentity: verify,
      ...(config.DATABASE_SSL_CA ? { ca: config.DATABASE_SSL_CA } : {}),
    },
  };
}
