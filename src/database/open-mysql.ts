import createKnex, { type Knex } from 'knex';
import type { Config } from '../config.ts';
import { MysqlClient, type MysqlClientConfig } from './mysql-client.ts';
import { silent } from './silent.ts';

const connectTimeoutMs = 3000;
/** How long a request waits for a free connection before it is told that the database is away. */
const acquireTimeoutMs = 5000;

// Strict mode turns silent truncation into an error; a short lock wait turns a stuck peer into a retry.
const sessionSettings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 5",
];

export function openMysql(
  config: Pick<Config, 'DATABASE_URL' | 'DATABASE_SSL' | 'DATABASE_SSL_CA'>,
  size: { min: number; max: number },
  limits?: { answerTimeoutMs: number },
): Knex {
  const url = new URL(config.DATABASE_URL);
  const settings: MysqlClientConfig = {
    answerTimeoutMs: limits?.answerTimeoutMs,
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
      // An object among the bindings would otherwise be expanded into SQL.
      stringifyObjects: true,
      ...sslOptions(config),
    } as Knex.MySql2ConnectionConfig,
    pool: {
      ...size,
      acquireTimeoutMillis: acquireTimeoutMs,
      afterCreate: prepareConnection,
    },
  };
  return createKnex(settings);
}

interface MysqlConnection {
  promise(): { query(sql: string): Promise<unknown> };
  destroy(): void;
}

type Prepared = (error: Error | null, connection: MysqlConnection) => void;

function prepareConnection(connection: MysqlConnection, done: Prepared): void {
  const prepare = async (): Promise<void> => {
    for (const statement of sessionSettings) await connection.promise().query(statement);
  };
  prepare().then(
    () => done(null, connection),
    (error: Error) => {
      // The pool forgets a connection that failed here, and would leave it open.
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
