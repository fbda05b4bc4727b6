import type { KeyObject } from 'node:crypto';
import { type Express, Router } from 'express';
import Joi from 'joi';
import type { Clock, TimeFormat } from './clock.ts';
import type { Database, Knex } from './database/database.ts';
import type { Dispatcher } from './dispatcher/dispatcher.ts';
import type { EncryptedTable } from './encryption/encrypted-table.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { ApiError } from './errors.ts';
import type { ObjectSchema } from './joi-schema.ts';
import type { Logger } from './logger.ts';
import type { MeteredSink } from './metered-use.ts';
import type { PluginEvent, Publisher } from './publishing.ts';
import type { Principal, Route } from './route-definition.ts';
import type { SessionProvider } from './sessions.ts';
import type { Environment } from './settings.ts';
import type { RemoteTargetDefinition } from './target-definition.ts';

/**
 * The contract between the gateway and its plugins. A plugin may import this file and `src/errors.ts`, nothing else of
 * `src`.
 */

export type { ErrorRequestHandler, Express, NextFunction, Request, RequestHandler, Response } from 'express';
export type { Clock, TimeFormat } from './clock.ts';
export { type Database, isTransaction, type Knex } from './database/database.ts';
export { isUniqueViolation } from './database/database-errors.ts';
export { ensureColumn, ensureIndex, ensureTable } from './database/schema.ts';
export type { AttemptView, DeliveryLog, DeliveryPage, DeliveryView } from './dispatcher/deliveries/delivery-log.ts';
export type { EventDeliveries, EventFilter, EventLog, EventView } from './dispatcher/deliveries/event-log.ts';
export type { RedeliveryJob, RedeliveryJobs } from './dispatcher/deliveries/redelivery-jobs.ts';
export type { EndpointStatistics, Statistics, StatisticsPoint } from './dispatcher/deliveries/statistics.ts';
export type { Dispatcher } from './dispatcher/dispatcher.ts';
export {
  allOrganizations,
  type DeliveryFilter,
  type EnqueuedEvent,
  type EventDelivery,
  type NewDelivery,
} from './dispatcher/model/delivery.ts';
export type { EndpointDelivery, EndpointKind, EndpointRef, ResolvedEndpoint } from './dispatcher/model/endpoint.ts';
export type { ChangeListener, EndpointChange, GivenUp, StateChanged } from './dispatcher/model/endpoint-change.ts';
export { headerRefusal } from './dispatcher/model/endpoint-headers.ts';
export { attemptErrors } from './dispatcher/model/outcome-error.ts';
export { queryOf, queryProblemOf } from './dispatcher/sending/event-query.ts';
export { formatSecret } from './dispatcher/sending/signature.ts';
export type { Accepted } from './dispatcher/store/enqueue.ts';
export { newIdAt } from './dispatcher/store/id-times.ts';
export type { EndpointHealth } from './dispatcher/store/statistics-rows.ts';
export type { EncryptedTable, FingerprintColumn } from './encryption/encrypted-table.ts';
export type { Encryption, EncryptionContext } from './encryption/encryption.ts';
export { isRawNumber, parseExactJson } from './exact-json.ts';
export type { ObjectSchema, Schema } from './joi-schema.ts';
export type { Logger } from './logger.ts';
export type { MeteredFlush, MeteredSink, MeteredUse } from './metered-use.ts';
export { type Page, type PageQuery, pageFields, pageSchema, readPage, toPage, uuid } from './plugin-kit/cursor-page.ts';
export { entityTag, requireMatch, sendTagged } from './plugin-kit/entity-tags.ts';
export { findOne } from './plugin-kit/find-one.ts';
export { found } from './plugin-kit/found.ts';
export { unlessTaken } from './plugin-kit/unless-taken.ts';
export type { PluginEvent, Publisher } from './publishing.ts';
export {
  type Answer,
  type Day,
  defineRoute,
  type HandlerRoute,
  type Method,
  type Principal,
  type Route,
  type RouteAnswer,
  type RouteExample,
  type RouteGreeting,
  type RouteRequest,
  type StatementRoute,
  type TransactRoute,
} from './route-definition.ts';
export type { IssuedPortalLink, NewPortalLink, OpenSession, SessionProvider } from './sessions.ts';
export { type Environment, isSettingsError, readSettings, type SettingProblem, SettingsError } from './settings.ts';
export type { RemoteTargetDefinition } from './target-definition.ts';
/** The gateway's Joi, and Express's router, for plugins without packages of their own. */
export { Joi, Router };

export const pluginApiVersion = 1;

/** A target that runs in the gateway's process. */
export interface Plugin<Settings = unknown> {
  /**
   * The value of `X-Target-Server` that selects this target: lower-case letters, digits and dashes, 48 characters at
   * most, since names of tables start with it.
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
  /**
   * Other spellings of prefixes: a call below a name is served like the same call below its value, and leads to the plugin like
   * its `prefixes`.
   */
  readonly prefixAliases?: Readonly<Record<string, string>>;
  /** Prefixes below which one slash at the end of a path is ignored. */
  readonly trailingSlashes?: readonly string[];
  /** Custom error bodies below these prefixes, for the gateway's own errors as well. */
  readonly errorShapes?: readonly ErrorShape[];
  /**
   * The migrations folder, absolute or from the plugin's folder; a missing one stops the start. Default: `migrations/<name>` of the
   * working directory.
   */
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
  readonly schema: ObjectSchema;
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
  /** Formats a time in microseconds as RFC 3339, in the zone of the setting `TIME_ZONE`; null for a missing one. */
  readonly formatTime: TimeFormat;
  /** Version of the gateway. */
  readonly version: string;
  /** Sessions of people in a browser, of the plugin that provides them. */
  readonly sessions: SessionProvider;
  /**
   * The principal of a bearer token, as the gateway authenticates callers; during `setup` it does not settle. Rejects with
   * `UNAUTHORIZED`, and with `ISSUER_UNAVAILABLE` or `DATABASE_UNAVAILABLE` if the look-up fails.
   */
  verifyToken(token: string): Promise<Principal>;
  /** Registers a source of credentials: tokens, user names and passwords, or both. */
  provideIdentity(provider: IdentityProvider): void;
  /**
   * Publishes an event in the transaction of the change that causes it: after the commit it is sent to the distributors that
   * subscribe to its type, and after a rollback never. Resolves to its id. Rejects with `VALIDATION_ERROR` for data that does not
   * match the schema of the type or that a distributor's method cannot carry, with `PAYLOAD_TOO_LARGE`, and with an error of its own
   * if no plugin publishes events.
   */
  publish(trx: Knex.Transaction, event: PluginEvent): Promise<{ id: string }>;
  /** Registers the publisher of events, for all plugins; one plugin at most. */
  providePublisher(publisher: Publisher): void;
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

/** The calls that a plugin serves: by routes, a router and pages, or by a remote backend. */
export interface PluginSurface {
  readonly routes?: readonly Route[];
  /** A sentence for each `tag` of the routes. */
  readonly tags?: Readonly<Record<string, string>>;
  /** An Express router, for calls that routes as data cannot express. Always requires credentials; not documented. */
  readonly router?: Router;
  /** Scopes that callers of the router need. */
  readonly routerScopes?: readonly string[];
  /**
   * Sets up the Express application on which routes and router are mounted: settings such as `json spaces`, `app.locals`, error
   * middleware. Layers that it adds stand behind routes and router, and are reached by `next` alone.
   */
  configureApp?(app: Express): void;
  /** Built pages, which need no credentials. */
  readonly pages?: PluginPages;
  /** In place of routes, router and pages: a backend that calls are forwarded to. */
  readonly remote?: PluginBackend;
}

/**
 * A single-page application: a folder that is served below a prefix. A path without a file extension and without a file gets
 * `index.html`. Routes of the plugin below the prefix come first; its router is not reached there.
 */
export interface PluginPages {
  /** Path such as `/shop`; leads to the plugin like its `prefixes`. */
  readonly prefix: string;
  /** The folder with `index.html`, absolute or from the plugin's folder. While it is missing, the pages answer 503. */
  readonly folder: string;
  /** The way to the missing pages, for the log: a sentence such as `Run "npx vite build".` */
  readonly remedy?: string;
  /** Leads browsers from `/` to these pages. One plugin at most. Default: false. */
  readonly isFront?: boolean;
  /** Names of Trusted Types policies that the pages create. Default: none. */
  readonly trustedTypes?: readonly string[];
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
  /** Sessions of people in a browser; one plugin at most may provide them. */
  readonly sessions?: SessionProvider;
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
  /** Asks on the terminal, and resolves to the line that was typed; absent without a terminal. */
  ask?(question: string): Promise<string>;
  /**
   * The dispatcher, by the clock of the database. It sends nothing: the running processes find within seconds what a command has
   * made due. It knows the kinds of endpoints that the command registers.
   */
  openDispatcher(): Promise<Dispatcher>;
  /**
   * Scopes that routes of plugins and remote targets ask for, with the names of their targets. Calls the `setup` of every
   * plugin, and rejects if one fails or the targets file is invalid.
   */
  askedScopes(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A command of the command line: `hookgate <name> …`. `options` has the format of `util.parseArgs`. */
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
