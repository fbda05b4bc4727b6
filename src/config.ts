import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import Joi from 'joi';
import {
  databaseSsl,
  databaseSslCa,
  databaseUrl,
  isDecodable,
  isHost,
  isServer,
  withUrlOptions,
} from './database/database-settings.ts';
import type { SslLevel } from './database/database-url.ts';
import { type Environment, readSettings } from './settings.ts';

export interface Config {
  HOST: string;
  PORT: number;
  /** This and `TLS_KEY_FILE`: set together; undefined: plain HTTP. */
  TLS_CERT_FILE?: string;
  TLS_KEY_FILE?: string;
  METRICS_HOST: string;
  METRICS_PORT: number;
  ROLE: 'all' | 'gateway' | 'dispatcher';
  /** Worker processes on this machine; always 1 on SQLite. */
  WORKERS: number;
  /** Read by `continueOnNewerNode` before the start. */
  NODE_RUNTIME: 'newest' | 'pinned';
  READY_MAX_LAG_MS: number;
  DATABASE_URL: string;
  DATABASE_POOL_MAX: number;
  DATABASE_SSL: SslLevel;
  DATABASE_SSL_CA?: string;
  DATA_DIR: string;
  ENCRYPTION_KEY?: Buffer[];
  MIGRATE_ON_START: boolean;
  JWT_ISSUER?: string;
  JWT_AUDIENCE?: string;
  JWT_JWKS_URI?: string;
  JWT_ALGORITHMS: string[];
  JWT_ORG_CLAIM: string;
  JWT_SCOPE_CLAIM: string;
  JWT_SCOPES_ALLOWED?: string[];
  JWT_LEEWAY_S: number;
  /** This and `DOCS`, `DISPATCH_ALLOWED_NETWORKS`: completed by `withDemo`. */
  DEMO?: boolean;
  DOCS?: 'public' | 'authenticated' | 'off';
  TIME_ZONE: string;
  BODY_LIMIT: number;
  KEEP_ALIVE_TIMEOUT_MS: number;
  TRUSTED_PROXIES: string[];
  CORS_ORIGINS: string[];
  RATE_LIMIT_PER_MINUTE: number;
  REDIS_URL?: string;
  PLUGINS: string[];
  PLUGINS_DIR: string;
  TARGETS_FILE?: string;
  DISPATCH_CONNECT_TIMEOUT_MS: number;
  DISPATCH_READ_TIMEOUT_MS: number;
  DISPATCH_MAX_RETRIES: number;
  DISPATCH_RETRY_INTERVAL_MS: number;
  DISPATCH_CONCURRENCY: number;
  DISPATCH_ENDPOINT_CONCURRENCY: number;
  DISPATCH_ORIGIN_CONCURRENCY: number;
  DISPATCH_POLL_INTERVAL_MS: number;
  DISPATCH_LEASE_MS: number;
  DISPATCH_ALLOWED_NETWORKS?: string[];
  DISPATCH_RETENTION_DAYS: number;
  SHUTDOWN_DELAY_MS: number;
  SHUTDOWN_TIMEOUT_MS: number;
  LOG_LEVEL: 'error' | 'warn' | 'info' | 'debug';
  LOG_FORMAT?: 'json' | 'pretty';
}

type Convert<T> = (text: string) => T | undefined;

/** A Joi type for text that `convert` parses. `expected` is the message when `convert` returns undefined. */
function converted<T>(convert: Convert<T>, expected: string): Joi.AnySchema {
  return Joi.any().custom((text: string, helpers) => convert(text) ?? helpers.message({ custom: expected }));
}

function listOf(isItem: (item: string) => boolean, expected: string): Joi.AnySchema {
  const split: Convert<string[]> = (text) => {
    const items = text.split(',').map((item) => item.trim());
    return items.every(isItem) ? items : undefined;
  };
  return converted(split, `must be a comma-separated list of ${expected}`);
}

const asymmetric = /^(RS|ES|PS)(256|384|512)$/;

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,9})(b|kb|mb)?$/i.exec(text);
  if (!match) return undefined;
  const unit = { b: 1, kb: 1024, mb: 1024 * 1024 }[(match[2] ?? 'b').toLowerCase() as 'b' | 'kb' | 'mb'];
  return Number(match[1]) * unit || undefined;
}

function parseKeys(text: string): Buffer[] | undefined {
  const keys = text.split(',').map((key) => Buffer.from(key.trim(), 'base64'));
  return keys.every((key) => key.length === 32) ? keys : undefined;
}

const milliseconds = (fallback: number): Joi.NumberSchema =>
  Joi.number().integer().min(0).max(2_147_483_647).default(fallback);

/** A lease that expires before its attempt ends would let two processes send the same delivery. */
const longerThanAttempt: Joi.CustomValidator<number> = (leaseMs, helpers) => {
  const { DISPATCH_CONNECT_TIMEOUT_MS: connectMs, DISPATCH_READ_TIMEOUT_MS: readMs } = helpers.state
    .ancestors[0] as Config;
  const longest = longestAttemptMs({ connectMs, readMs });
  return leaseMs > longest
    ? leaseMs
    : helpers.message({ custom: `must be more than the longest attempt, ${longest} ms` });
};

/**
 * A dead pooled connection is replaced once, so an attempt may connect twice, within one read timeout; 2 s are for the
 * dispatcher's own work.
 */
export const longestAttemptMs = ({ connectMs, readMs }: { connectMs: number; readMs: number }): number =>
  2 * connectMs + readMs + 2000;

/** Time for plugins and the database to close after the requests. A hanging close must not block the next process. */
const closeTimeoutMs = 5000;

/** Upper bound of a graceful shutdown, in milliseconds. */
export const longestStopMs = (config: Pick<Config, 'SHUTDOWN_DELAY_MS' | 'SHUTDOWN_TIMEOUT_MS'>): number =>
  config.SHUTDOWN_DELAY_MS + config.SHUTDOWN_TIMEOUT_MS + closeTimeoutMs;

/** The embedded database allows one process, which has to fill every role. */
const role = Joi.valid('all', 'gateway', 'dispatcher')
  .default('all')
  .when('DATABASE_URL', {
    is: Joi.string()
      .pattern(/^(?!sqlite:)/)
      .required(),
    otherwise: Joi.valid(Joi.override, 'all').messages({
      'any.only': 'must be all on SQLite, which allows one process only; other roles need a DATABASE_URL with mysql:',
    }),
  });

const maxWorkers = 256;

/** Always 1 on SQLite: processes cannot share the embedded database. */
const workers: Joi.CustomValidator<string, number> = (text, helpers) => {
  const count = text === 'auto' ? Math.min(availableParallelism(), maxWorkers) : Number(text);
  if (!/^(auto|\d+)$/.test(text) || count < 1 || count > maxWorkers) {
    return helpers.message({ custom: `must be auto or a number from 1 to ${maxWorkers}` });
  }
  const { DATABASE_URL } = helpers.state.ancestors[0] as Config;
  return isServer(DATABASE_URL) ? count : 1;
};

/** Behind a proxy others call: a demo would open services of this machine to them. */
const onlyWithoutProxies: Joi.CustomValidator<boolean> = (isDemo, helpers) => {
  const { TRUSTED_PROXIES = '' } = helpers.state.ancestors[0] as Partial<Config>;
  return isDemo && String(TRUSTED_PROXIES) !== ''
    ? helpers.message({ custom: 'must not be true together with TRUSTED_PROXIES: a gateway behind a proxy is no demo' })
    : isDemo;
};

/** Rejects query and fragment: the gateway sets the options of the Redis client itself. */
function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !/^rediss?:$/.test(url.protocol) || !isHost(url.hostname) || url.search !== '' || url.hash !== '')
    return false;
  return /^\/?\d{0,5}$/.test(url.pathname) && [url.username, url.password].every(isDecodable);
}

const redisUrl = converted(
  (text) => (isRedisUrl(text) ? text : undefined),
  'must be redis://user:password@host:port/number, or rediss: for TLS',
);

/** `fetch` refuses addresses with user and password, and its error quotes them. */
const keySetAddress: Joi.CustomValidator<string> = (text, helpers) => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return helpers.message({ custom: 'must be an http or https address' });
  return url.username === '' && url.password === ''
    ? text
    : helpers.message({ custom: 'must be an address without user and password' });
};

const missingKey =
  'is required on MySQL and MariaDB: 32 bytes in base64, as "openssl rand -base64 32" prints them. Keep it: without it, stored secrets are lost';

export const defaultDatabaseUrl = 'sqlite:./data/hookgate.db';

/** The settings of the gateway; plugins read their own. `.env.example` lists names and defaults. */
export const configSchema = Joi.object<Config>({
  HOST: Joi.string().default('127.0.0.1'),
  PORT: Joi.number().port().default(8080),
  TLS_CERT_FILE: Joi.string(),
  TLS_KEY_FILE: Joi.string(),
  METRICS_HOST: Joi.string().default('127.0.0.1'),
  METRICS_PORT: Joi.number().port().default(9464),
  DATABASE_URL: databaseUrl.default(defaultDatabaseUrl).meta({ secret: true }),
  ROLE: role,
  READY_MAX_LAG_MS: milliseconds(60_000).min(100),
  WORKERS: Joi.any().custom(workers).default(1),
  NODE_RUNTIME: Joi.string().valid('newest', 'pinned').default('newest'),
  DATABASE_POOL_MAX: Joi.number().integer().min(2).max(1000).default(20),
  DATABASE_SSL: Joi.any().custom(databaseSsl).default('off'),
  DATABASE_SSL_CA: Joi.string().custom(databaseSslCa),
  DATA_DIR: Joi.string().default('./data'),
  ENCRYPTION_KEY: converted(parseKeys, 'must be 32 bytes in base64, or several of them separated by commas').meta({
    secret: true,
  }),
  MIGRATE_ON_START: Joi.boolean().default(true),
  JWT_ISSUER: Joi.string(),
  JWT_AUDIENCE: Joi.string(),
  JWT_JWKS_URI: Joi.string().custom(keySetAddress),
  JWT_ALGORITHMS: listOf((name) => asymmetric.test(name), 'RS256, ES256, PS256 and their 384 and 512 variants').default(
    ['RS256', 'ES256', 'PS256'],
  ),
  JWT_ORG_CLAIM: Joi.string().default('org'),
  JWT_SCOPE_CLAIM: Joi.string().default('scope'),
  JWT_SCOPES_ALLOWED: converted((text) => text.split(/[\s,]+/).filter(Boolean), 'must be a list of scopes'),
  JWT_LEEWAY_S: Joi.number().integer().min(0).max(300).default(5),
  DEMO: Joi.boolean().custom(onlyWithoutProxies),
  DOCS: Joi.valid('public', 'authenticated', 'off'),
  TIME_ZONE: converted((zone) => (isTimeZone(zone) ? zone : undefined), 'must be an IANA time zone').default('UTC'),
  BODY_LIMIT: converted(parseBytes, 'must be a size such as 1mb, 512kb or 1000').default(1024 * 1024),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(620_000).min(1000),
  TRUSTED_PROXIES: listOf(isNetwork, 'addresses or networks (CIDR)').default([]),
  CORS_ORIGINS: listOf(isOrigin, 'origins such as https://app.example.com').default([]),
  RATE_LIMIT_PER_MINUTE: Joi.number().integer().min(0).max(1_000_000_000).default(0),
  REDIS_URL: redisUrl.meta({ secret: true }),
  PLUGINS: listOf((name) => name !== '', 'package names and paths').default([]),
  PLUGINS_DIR: Joi.string().default('./plugins'),
  TARGETS_FILE: Joi.string(),
  DISPATCH_CONNECT_TIMEOUT_MS: milliseconds(3000).min(1),
  DISPATCH_READ_TIMEOUT_MS: milliseconds(3000).min(1),
  DISPATCH_MAX_RETRIES: Joi.number().integer().min(0).max(1000).default(3),
  DISPATCH_RETRY_INTERVAL_MS: milliseconds(300_000),
  DISPATCH_CONCURRENCY: Joi.number().integer().min(1).max(10_000).default(256),
  DISPATCH_ENDPOINT_CONCURRENCY: Joi.number().integer().min(1).max(10_000).default(8),
  DISPATCH_ORIGIN_CONCURRENCY: Joi.number().integer().min(1).max(10_000).default(64),
  DISPATCH_POLL_INTERVAL_MS: milliseconds(500).min(10),
  DISPATCH_LEASE_MS: milliseconds(20_000).custom(longerThanAttempt),
  DISPATCH_ALLOWED_NETWORKS: listOf(isNetwork, 'addresses or networks (CIDR)'),
  DISPATCH_RETENTION_DAYS: Joi.number().min(0.001).max(36_500).default(30),
  SHUTDOWN_DELAY_MS: milliseconds(0),
  SHUTDOWN_TIMEOUT_MS: milliseconds(15_000),
  LOG_LEVEL: Joi.valid('error', 'warn', 'info', 'debug').default('info'),
  LOG_FORMAT: Joi.valid('json', 'pretty'),
})
  .custom(withUrlOptions)
  .and('JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URI')
  .and('TLS_CERT_FILE', 'TLS_KEY_FILE')
  .messages({ 'object.and': 'is required together with {{#present}}' })
  .when(
    Joi.object({
      DATABASE_URL: Joi.string().pattern(/^(?!mysql:)/),
    }).unknown(),
    { otherwise: Joi.object({ ENCRYPTION_KEY: Joi.required().messages({ 'any.required': missingKey }) }) },
  );

/** Reads and validates the gateway's settings; the result is frozen. Throws `SettingsError` with every problem. */
export function loadConfig(env: Environment): Readonly<Config> {
  return readSettings(env, configSchema);
}

/** Whether a server on `host` is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
