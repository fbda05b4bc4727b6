import type { KeyObject } from 'node:crypto';
import type { Express, Router } from 'express';
import type Joi from 'joi';
import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';
import type { Dispatcher } from './dispatcher/dispatcher.ts';
import type { EncryptedTable } from './encryption/encrypted-table.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { ApiError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Principal, Route } from './route-definition.ts';
import type { Environment } from './settings.ts';
import type { RemoteTargetDefinition } from './target-definition.ts';

/**
 * The contract between the gateway and its plugins. A plugin may import this file and `src/errors.ts`, nothing else of
 * `src`.
 */

export type { Clock } from './clock.ts';
export { type Database, isTransaction, type Knex } from './database/database.ts';
export { isUniqueViolation } from './database/database-errors.ts';
export { ensureColumn, ensureIndex, ensureTable } from './database/schema.ts';
export type { AttemptView, DeliveryView } from './dispatcher/deliveries/delivery-log.ts';
export type { RedeliveryJob } from './dispatcher/deliveries/redelivery-jobs.ts';
export type { Dispatcher } from './dispatcher/dispatcher.ts';
export type { DeliveryFilter } from './dispatcher/model/delivery.ts';
export type { EndpointKind, EndpointRef, ResolvedEndpoint } from './dispatcher/model/endpoint.ts';
export { queryOf } from './dispatcher/sending/request-builder.ts';
export { formatSecret } from './dispatcher/sending/signature.ts';
export type { EncryptedTable, FingerprintColumn } from './encryption/encrypted-table.ts';
export type { Encryption } from './encryption/encryption.ts';
export { parseExactJson } from './exact-json.ts';
export type { Logger } from './logger.ts';
export {
  type Answer,
  type Day,
  defineRoute,
  type HandlerRoute,
  type Method,
  type Principal,
  type Route,
  type RouteExample,
  type RouteRequest,
  type StatementRoute,
  type TransactRoute,
} from './route-definition.ts';
export { type Environment, readSettings, SettingsError } from './settings.ts';
export type { RemoteTargetDefinition } from './target-definition.ts';

export const pluginApiVersion = 1;

/** A target that runs in the gateway's process. */
export interface Plugin<Settings = unknown> {
  /**
   * The value of `X-Target-Server` that selects this target: lower-case letters, digits and dashes, 63 characters at
   * most.
   */
  readonly name: string;
  readonly apiVersion: typeof pluginApiVersion;
  /** One sentence for the documentation. */
  readonly summary?: string;
  /**
   * Paths that select this target without the header, for clients that cannot send it. A prefix matches byte for byte,
   * up to a `/` or the end of the path. `/api/v1` cannot be claimed.
   */
  readonly prefixes?: readonly string[];
  /** Custom error bodies below these prefixes, for the gateway's own errors as well. */
  readonly errorShapes?: readonly ErrorShape[];
  /** Absolute path of the migrations folder. Default: `migrations/<name>` of the gateway. */
  readonly migrations?: string;
  /** The plugin's columns with values of `context.encryption`: `keys reencrypt` rewrites them with the newest key. */
  readonly encrypted?: readonly EncryptedTable[];
  /** Reads and validates the plugin's own settings, before any connection is opened. Throws `SettingsError`. */
  configure?(env: Environment): Settings;
  /** Called once per process, after the migrations. */
  setup(context: PluginContext<Settings>): PluginSurface | Promise<PluginSurface>;
  /** Additional commands of the command line. */
  readonly commands?: readonly Command<Settings>[];
}

/** The error body that clients of another API family expect. */
export interface ErrorShape {
  /** Matches like the plugin's `prefixes`. */
  readonly prefix: string;
  /** Schema of the body, for the documentation. */
  readonly schema: Joi.ObjectSchema;
  /** Returns the body for an error; its status and headers are sent unchanged. */
  toBody(error: ApiError): unknown;
}

export interface PluginContext<Settings = unknown> {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly database: Database;
  readonly encryption: Encryption;
  /** Delivers callbacks, durably and with retries. */
  readonly dispatcher: Dispatcher;
  /** Whole microseconds since 1970. */
  readonly now: Clock;
  /** Formats a time in microseconds as RFC 3339, in the zone of the setting `TIME_ZONE`. */
  formatTime(micros: number): string;
  /** Registers a source of credentials: tokens, user names and passwords, or both. */
  provideIdentity(provider: IdentityProvider): void;
  /**
   * Registers a sink for the usage of metered targets. It is called about once a second while there is usage, and once
   * more at shutdown. A rejected flush is repeated with the same id and content until it resolves; the next flush waits
   * for that.
   */
  onMetered(sink: MeteredSink): void;
  /**
   * Runs `work` repeatedly, one run at a time, with a pause of `milliseconds` after each. A failed run is logged and
   * does not stop the next. Stops before the `onClose` hooks run; the current run has 2 s to end.
   */
  every(milliseconds: number, work: () => Promise<void>): void;
  /** Registers a hook for shutdown. Hooks run after the requests in flight have ended, newest first. */
  onClose(hook: () => void | Promise<void>): void;
}

/** Stores a flush. Delivery is at least once: a flush that was committed comes again if the sink then rejected. */
export type MeteredSink = (flush: MeteredFlush) => Promise<void>;

export interface MeteredFlush {
  /** A UUID: the key for dropping repeated flushes. */
  readonly id: string;
  /** One entry for each organization, developer, application and product. */
  readonly uses: readonly MeteredUse[];
}

/** A number of successful responses of remote targets with `metering`. */
export interface MeteredUse {
  readonly organization: string;
  /** The principal's e-mail address. */
  readonly developer: string;
  /** The principal's application; empty if it has none. */
  readonly application: string;
  readonly product: string;
  /** 1 or more. */
  readonly count: number;
}

/** The calls that a plugin serves: by routes, a router or both, or by a remote backend. */
export interface PluginSurface {
  readonly routes?: readonly Route[];
  /** An Express router, for calls that routes as data cannot express. Always requires credentials; not documented. */
  readonly router?: Router;
  /** Scopes that callers of the router need. */
  readonly routerScopes?: readonly string[];
  /**
   * Sets up the Express application on which routes and router are mounted: settings such as `json spaces`, `app.locals`, error
   * middleware. Layers that it adds stand behind routes and router, and are reached by `next` alone.
   */
  configureApp?(app: Express): void;
  /** In place of routes and router: a backend that calls are forwarded to. */
  readonly remote?: PluginBackend;
}

/** A remote target with the name and prefixes of its plugin. File paths are relative to the plugin's folder. */
export type PluginBackend = Omit<RemoteTargetDefinition, 'prefixes'>;

/** The surface of a plugin that forwards its calls to a remote backend; validated like an entry of `targets.yaml`. */
export const remoteTarget = (definition: PluginBackend): PluginSurface => ({ remote: definition });

/** Returns `plugin` unchanged; infers the type of its settings. */
export function definePlugin<Settings>(plugin: Plugin<Settings>): Plugin<Settings> {
  return plugin;
}

/** Verification of the bearer tokens of one issuer. */
export interface TokenIssuer {
  /** Exact `iss` of the tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** Accepted signature algorithms; asymmetric only. */
  readonly algorithms: readonly string[];
  /**
   * The public key with this id; undefined: unknown. Throws `ISSUER_UNAVAILABLE` or `DATABASE_UNAVAILABLE` if the
   * look-up fails.
   */
  keyFor(keyId: string | undefined, algorithm: string): Promise<KeyObject | undefined>;
  /** The principal of a verified token's claims; undefined: it no longer exists. */
  principalFor(claims: Readonly<Record<string, unknown>>): Promise<Principal | undefined>;
  /** Registers a listener for added and removed keys. */
  onKeysChanged?(listener: () => void): void;
}

export interface IdentityProvider {
  readonly issuer?: TokenIssuer;
  /**
   * The principal of a user name and password (UTF-8); undefined: wrong. Throws `DATABASE_UNAVAILABLE` if the look-up
   * fails.
   */
  verifyBasic?(username: string, password: string): Promise<Principal | undefined>;
  /**
   * Credentials for the call that `start` prints with `DEMO`: a valid token and, at the very first start, the API key
   * created for it. Undefined: no demonstration.
   */
  demonstrate?(): Promise<Demonstration | undefined>;
}

export interface Demonstration {
  accessToken: string;
  created?: { api_key: string; secret_key: string };
}

export interface CommandContext<Settings = unknown>
  extends Pick<PluginContext<Settings>, 'settings' | 'database' | 'encryption' | 'now' | 'formatTime'> {
  /** Prints a line to standard output. */
  print(text: string): void;
  /** Prints a line to standard error. */
  warn(text: string): void;
  /**
   * Scopes that routes of plugins and remote targets ask for, with the names of their targets. Calls the `setup` of every
   * plugin, and rejects if one fails or the targets file is invalid.
   */
  askedScopes(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A command of the command line: `npm run -s hookgate -- <name> …`. `options` has the format of `util.parseArgs`. */
export interface Command<Settings = unknown> {
  /** One or two words, e.g. `keys create`. */
  readonly name: string;
  readonly usage: string;
  readonly options?: Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>>;
  /** Throws `StartError` with a message for the operator. */
  run(
    context: CommandContext<Settings>,
    input: { values: Readonly<Record<string, unknown>>; positionals: readonly string[] },
  ): Promise<void>;
}
