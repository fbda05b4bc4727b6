import type { KeyObject } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import type Joi from 'joi';
import type { Clock } from './clock.ts';
import type { Database, Knex } from './database/database.ts';
import type { Dispatcher } from './dispatcher/dispatcher.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { ApiError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Environment } from './settings.ts';
import type { RemoteTargetDefinition } from './target-definition.ts';

/** The contract between the gateway and its plugins, and all that a plugin may import besides `src/errors.ts`. */

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
export type { Encryption } from './encryption/encryption.ts';
export type { Logger } from './logger.ts';
export { type Environment, readSettings, SettingsError } from './settings.ts';
export type { RemoteTargetDefinition } from './target-definition.ts';

export const pluginApiVersion = 1;

/** A target that runs in the gateway's process. */
export interface Plugin<Settings = unknown> {
  /** The value of `X-Target-Server` that leads here: lower-case letters, digits and dashes. */
  readonly name: string;
  readonly apiVersion: typeof pluginApiVersion;
  /** One sentence for the documentation. */
  readonly summary?: string;
  /**
   * Paths that lead here without the header, for clients that cannot send it. A prefix is matched byte for byte and ends at
   * a `/` or at the path's end. `/api/v1` cannot be claimed.
   */
  readonly prefixes?: readonly string[];
  /** Below these prefixes errors, the gateway's own included, are answered in another shape than its usual one. */
  readonly errorShapes?: readonly ErrorShape[];
  /** Absolute path of the migrations' folder; `migrations/<name>` of the gateway when left out. */
  readonly migrations?: string;
  /** Reads and checks the plugin's own settings before anything is opened. Throws `SettingsError`. */
  configure?(env: Environment): Settings;
  /** Called once in a process, with the database migrated. */
  setup(context: PluginContext<Settings>): PluginSurface | Promise<PluginSurface>;
  /** Commands that the plugin adds to the command line. */
  readonly commands?: readonly Command<Settings>[];
}

/** Errors as the clients of some API family expect them. */
export interface ErrorShape {
  /** Matched like a plugin's `prefixes`. */
  readonly prefix: string;
  /** Of the body, for the documentation. */
  readonly schema: Joi.ObjectSchema;
  /** The body of an error; status and headers stay. */
  toBody(error: ApiError): unknown;
}

export interface PluginContext<Settings = unknown> {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly database: Database;
  readonly encryption: Encryption;
  /** Sends callbacks, durably and with retries. */
  readonly dispatcher: Dispatcher;
  /** Whole microseconds since 1970. */
  readonly now: Clock;
  /** Writes such a time as RFC 3339 in the zone of the setting `TIME_ZONE`. */
  formatTime(micros: number): string;
  /** Adds a way for callers to prove who they are. */
  provideIdentity(provider: IdentityProvider): void;
  /**
   * Gives `sink` what the callers of metered targets have used, about once a second while there is anything and at the end. A
   * flush that it rejects comes again, with the same id and content, until it resolves; only then comes the next.
   */
  onMetered(sink: MeteredSink): void;
  /**
   * Runs `work` again and again with a pause of `milliseconds`, one run at a time; a failure is logged and the next run comes
   * all the same. Ends before the hooks of `onClose`.
   */
  every(milliseconds: number, work: () => Promise<void>): void;
  /** Runs at the end, after the requests in flight; the newest first. */
  onClose(hook: () => void | Promise<void>): void;
}

/** Takes a flush for good. One that it has committed may come again all the same, if it could not say so. */
export type MeteredSink = (flush: MeteredFlush) => Promise<void>;

export interface MeteredFlush {
  /** A UUID, by which to see that the flush has been taken before. */
  readonly id: string;
  /** No two of them differ in `count` alone. */
  readonly uses: readonly MeteredUse[];
}

/** So many successful answers of remote targets that name a product. */
export interface MeteredUse {
  readonly organization: string;
  /** The principal's e-mail address. */
  readonly developer: string;
  /** The principal's application; empty when there is none. */
  readonly application: string;
  readonly product: string;
  /** 1 or more. */
  readonly count: number;
}

/** What a plugin shows to the outside: routes, a router or both, or a backend elsewhere. */
export interface PluginSurface {
  readonly routes?: readonly Route[];
  /** A plain Express router for what routes as data cannot express. Always behind authentication; undocumented. */
  readonly router?: Router;
  /** Scopes that the router's callers need. */
  readonly routerScopes?: readonly string[];
  /** In place of routes and router: calls are passed on to this backend. */
  readonly remote?: PluginBackend;
}

/** A remote target whose name and prefixes are the plugin's. Paths of files start from the plugin's folder. */
export type PluginBackend = Omit<RemoteTargetDefinition, 'prefixes'>;

/** What `setup` returns for a plugin whose work is done by a backend elsewhere; checked like an entry of `targets.yaml`. */
export const remoteTarget = (definition: PluginBackend): PluginSurface => ({ remote: definition });

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who is calling, whichever way it was proven. */
export interface Principal {
  /** Who vouches for the caller: the token's `iss`. Subjects are unique within one issuer only. */
  readonly issuer: string;
  /** Stable id of the caller: the token's `sub`, or the API key. */
  readonly subject: string;
  readonly email: string | undefined;
  /** What the caller acts through: the token's `client_id`, or the API key's name. */
  readonly application?: string | undefined;
  /** Organizations that the caller may act for, or all of them. */
  readonly organizations: readonly string[] | '*';
  /** Taken when the call names none. */
  readonly defaultOrganization: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** When the credentials end, in seconds since 1970: the token's `exp`; undefined where they do not say. */
  readonly expiresAt?: number | undefined;
}

/** An Express request after authentication and validation: `params`, `query` and `body` are what the schemas made of them. */
export interface RouteRequest<Params = unknown, Query = unknown, Body = unknown>
  extends Request<Params, unknown, Body, Query> {
  readonly id: string;
  /** Undefined on public routes alone. */
  readonly principal: Principal | undefined;
  /** The organization that this call acts for; empty on routes with `organization: 'none'`. */
  readonly organization: string;
}

/** An answer as data: what a `transact` route returns. `body` undefined sends none. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface RouteExample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The command line shows this call, ready to paste, when it starts on one's own machine. */
  readonly isGreeting?: boolean;
}

interface RouteDescription<Params, Query, Body> {
  readonly method: Method;
  /** Segments starting with `:` are parameters: `/api/v1/notes/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** No credentials are asked for; those that are sent are ignored. */
  readonly public?: boolean;
  readonly scopes?: readonly string[];
  /**
   * Where the organization comes from: the header `X-Organization` or the token (the default), the path parameter
   * `org_name`, or nowhere. Public routes have none.
   */
  readonly organization?: 'header' | 'path' | 'none';
  readonly params?: Joi.ObjectSchema<Params>;
  readonly query?: Joi.ObjectSchema<Query>;
  readonly body?: Joi.ObjectSchema<Body>;
  /** Answers by status; the schema documents the body. */
  readonly answers: Readonly<Record<number, { description: string; schema?: Joi.Schema; example?: unknown }>>;
  /** A call that would work, for the documentation. */
  readonly example?: RouteExample;
  /** The call takes credentials: failures (401) are limited per address. */
  readonly signIn?: boolean;
  /** Milliseconds until the caller gets `HANDLER_TIMEOUT`. Default 30,000. */
  readonly timeoutMs?: number;
}

/** A route that answers by itself, like any Express handler. */
export interface HandlerRoute<Params = unknown, Query = unknown, Body = unknown>
  extends RouteDescription<Params, Query, Body> {
  handler(req: RouteRequest<Params, Query, Body>, res: Response): unknown;
  readonly transact?: never;
}

interface AnswerDescription<Params, Query, Body> extends RouteDescription<Params, Query, Body> {
  /**
   * Slow checks, such as a DNS look-up, outside of any transaction. Their errors are returned to the caller. Skipped when an
   * `Idempotency-Key` replays a response.
   */
  prepare?(req: RouteRequest<Params, Query, Body>): Promise<void>;
  readonly handler?: never;
}

/**
 * A route that changes something: its work runs in one transaction and its answer is sent after the commit. An
 * `Idempotency-Key` is honoured, with key and answer committed together with the effect. `transact` may run more than once
 * (deadlocks), so it must have no effects outside `trx`.
 */
export interface TransactRoute<Params = unknown, Query = unknown, Body = unknown>
  extends AnswerDescription<Params, Query, Body> {
  readonly withoutTransaction?: false;
  transact(req: RouteRequest<Params, Query, Body>, trx: Knex.Transaction): Promise<Answer>;
}

/**
 * A route whose work is one statement, which is atomic by itself: it runs without BEGIN and COMMIT, which saves two of three
 * round trips. `db` is the plain database, or a transaction when the call has an `Idempotency-Key` (`db.isTransaction`). Also
 * for work that opens a transaction of its own on a plain `db`, as `dispatcher.enqueue` does.
 */
export interface StatementRoute<Params = unknown, Query = unknown, Body = unknown>
  extends AnswerDescription<Params, Query, Body> {
  readonly withoutTransaction: true;
  transact(req: RouteRequest<Params, Query, Body>, db: Knex): Promise<Answer>;
}

export type Route = HandlerRoute | TransactRoute | StatementRoute;

/** Types a route's handler by its schemas; gives back what it was given. */
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  route: HandlerRoute<Params, Query, Body> | TransactRoute<Params, Query, Body>,
): Route;
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  route: StatementRoute<Params, Query, Body>,
): Route;
export function defineRoute(route: unknown): Route {
  return route as Route;
}

/** Types a plugin by its settings; gives back what it was given. */
export function definePlugin<Settings>(plugin: Plugin<Settings>): Plugin<Settings> {
  return plugin;
}

/** Bearer tokens of one issuer. */
export interface TokenIssuer {
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** Asymmetric algorithms that its tokens may use. */
  readonly algorithms: readonly string[];
  /** The public key with this id; undefined: no such key. Throws `ISSUER_UNAVAILABLE` or `DATABASE_UNAVAILABLE` if it cannot tell. */
  keyFor(keyId: string | undefined, algorithm: string): Promise<KeyObject | undefined>;
  /** Who the claims of a verified token stand for; undefined: nobody any more. */
  principalFor(claims: Readonly<Record<string, unknown>>): Promise<Principal | undefined>;
  /** Calls back whenever keys come or go. */
  onKeysChanged?(listener: () => void): void;
}

export interface IdentityProvider {
  readonly issuer?: TokenIssuer;
  /** Checks a user name and password (UTF-8); undefined: wrong. Throws `DATABASE_UNAVAILABLE` if it cannot tell. */
  verifyBasic?(username: string, password: string): Promise<Principal | undefined>;
  /**
   * For a first try on one's own machine: a token that works now and, at the very first start, the new key behind it.
   * Undefined where no demonstration is wanted.
   */
  demonstrate?(): Promise<Demonstration | undefined>;
}

export interface Demonstration {
  accessToken: string;
  created?: { api_key: string; secret_key: string };
}

export interface CommandContext<Settings = unknown>
  extends Pick<PluginContext<Settings>, 'settings' | 'database' | 'encryption' | 'now' | 'formatTime'> {
  print(text: string): void;
}

/** `npm run -s hookgate -- <name> …`. Options are described as `util.parseArgs` takes them. */
export interface Command<Settings = unknown> {
  /** One or two words, for instance `keys create`. */
  readonly name: string;
  readonly usage: string;
  readonly options?: Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>>;
  /** Throws `StartError` with a text for the person at the terminal. */
  run(
    context: CommandContext<Settings>,
    input: { values: Readonly<Record<string, unknown>>; positionals: readonly string[] },
  ): Promise<void>;
}
