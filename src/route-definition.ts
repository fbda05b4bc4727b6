import type { NextFunction, Request, Response } from 'express';
import type { Knex } from './database/database.ts';
import type { ObjectSchema, Schema } from './joi-schema.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The authenticated caller, independent of the kind of credentials. */
export interface Principal {
  /** Issuer of the credentials: the token's `iss`. Subjects are unique within one issuer only. */
  readonly issuer: string;
  /** Stable id of the caller within its issuer: the token's `sub`, or the API key. */
  readonly subject: string;
  readonly email: string | undefined;
  /** The client application: the token's `client_id`, or the API key's name. */
  readonly application?: string | undefined;
  /** Organizations that the caller may act for; `*`: all. */
  readonly organizations: readonly string[] | '*';
  /** The organization of a call that names none. */
  readonly defaultOrganization: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Expiry of the credentials in seconds since 1970 (the token's `exp`); undefined: none. */
  readonly expiresAt?: number | undefined;
}

/**
 * An Express request after authentication and validation. `params`, `query` and `body` are the values that the schemas
 * returned.
 */
export interface RouteRequest<Params = unknown, Query = unknown, Body = unknown>
  extends Request<Params, unknown, Body, Query> {
  readonly id: string;
  /** Undefined on public routes only. */
  readonly principal: Principal | undefined;
  /**
   * The organization that this call acts for; empty on routes with `organization: 'none'`. `allOrganizations` (`*`) only on routes
   * that declare it, which no organization is named.
   */
  readonly organization: string;
  /**
   * The origin by which the caller knows the gateway, such as `https://api.example.com`, seen through trusted proxies. Empty for
   * a call without a host, which only HTTP/1.0 allows.
   */
  readonly publicOrigin: string;
  /**
   * The call's header `traceparent` of W3C Trace Context, version 00; undefined without a valid one. Deliveries that the call causes
   * take it (`NewDelivery.traceparent`).
   */
  readonly traceparent: string | undefined;
  /** JSON text of the body's members that the route has declared `verbatim`, as the caller wrote it. */
  readonly verbatim: Readonly<Record<string, string>>;
}

/** A response as data, returned by a `transact` route. `body` undefined: no body. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** `YYYY-MM-DD` of a day in UTC: 0 is today, 31 is 31 days later. */
export type Day = (offset: number) => string;

export interface RouteExample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Bodies by title, in place of `body`. */
  readonly bodies?: Readonly<Record<string, unknown>>;
  /** With `DEMO`, `start` prints this call as a cURL command. */
  readonly greeting?: RouteGreeting;
}

/** A call that `start` prints, with the parameters of the example. */
export interface RouteGreeting {
  /** Place among the printed calls, the smallest first. */
  readonly step: number;
  /** Effect of the call, as a phrase. */
  readonly title: string;
  readonly body?: unknown;
}

/** A response in the documentation. */
export interface RouteAnswer {
  readonly description: string;
  readonly schema?: Schema;
  /** A function returns it with the dates of the present day. */
  readonly example?: unknown;
  /**
   * JSON pointers of the ids in the body that the gateway made: the documentation links the response to the plugin's calls whose
   * example has the same id.
   */
  readonly ids?: readonly string[];
  /**
   * Codes of an error: with them and without a `schema`, the documentation shows the body of the gateway's errors. Codes that the
   * gateway itself returns with this status are added.
   */
  readonly codes?: readonly string[];
  /** Headers of the response, each with a sentence about it. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface RouteDescription<Params, Query, Body> {
  readonly method: Method;
  /** Segments starting with `:` are parameters: `/api/v1/notes/:id`. */
  readonly path: string;
  /**
   * Name of the call in generated clients, unique within the plugin: a verb and a noun in camelCase, `listNotes`. Default: method and
   * path, `getNotesById`.
   */
  readonly operationId?: string;
  /** The route works and is in no document: generated clients do not have it. */
  readonly undocumented?: boolean;
  /** Heading of the documentation under which the call stands; default: the target. The surface's `tags` describe it. */
  readonly tag?: string;
  readonly summary: string;
  readonly description?: string;
  /** The route needs no credentials and ignores any that are sent. */
  readonly public?: boolean;
  /**
   * Only pages of the gateway's own origin, and programs, may send the call; others get `ORIGIN_REFUSED`. For credentials that a
   * browser adds on its own, such as a cookie.
   */
  readonly ownPages?: boolean;
  readonly scopes?: readonly string[];
  /**
   * Source of the organization: the header `X-Organization`, else the credentials (`header`, the default); the path
   * parameter `org_name` (`path`); or none. Public routes have none. Reading routes (GET) may act for all organizations, for
   * callers with credentials for all of them: where the header says `*` (`header-or-all`), or in every call (`all`).
   */
  readonly organization?: 'header' | 'header-or-all' | 'all' | 'path' | 'none';
  readonly params?: ObjectSchema<Params>;
  readonly query?: ObjectSchema<Query>;
  readonly body?: ObjectSchema<Body>;
  /**
   * Names of members of the body that the route takes as JSON text (`req.verbatim`), to pass them on unchanged. In all other
   * members, a number that a double does not hold (`1e400`, 18 digits) is refused with `VALIDATION_ERROR`.
   */
  readonly verbatim?: readonly string[];
  /** Bytes of the largest body, never more than the setting `BODY_LIMIT`, which is the default. */
  readonly bodyLimit?: number;
  /** Responses by status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** A valid call, for the documentation. A function returns it with the dates of the present day. */
  readonly example?: RouteExample | ((day: Day) => RouteExample);
  /**
   * The route verifies credentials of its own: its failures (401) are rate-limited per client address and user name.
   * Returns the name that the call claims; empty if its credentials name none.
   */
  signIn?(req: RouteRequest<Params, Query, Body>): string;
  /**
   * The resource has an entity tag (`entityTag`): the documentation names `ETag` and `If-None-Match` with 304 of a GET (`sendTagged`),
   * `If-Match` with 412 of a change (`requireMatch`).
   */
  readonly conditional?: boolean;
  /**
   * The call reads or counts many rows: an organization may have four of them at work at once in a process, and further ones
   * receive `RATE_LIMITED`.
   */
  readonly heavy?: boolean;
  /** Milliseconds until the caller receives `HANDLER_TIMEOUT`. Default 30,000. */
  readonly timeoutMs?: number;
}

/** A route that writes its own response: its handler is mounted on the plugin's Express application. */
export interface HandlerRoute<Params = unknown, Query = unknown, Body = unknown>
  extends RouteDescription<Params, Query, Body> {
  handler(req: RouteRequest<Params, Query, Body>, res: Response, next: NextFunction): unknown;
  /**
   * The handler may return, or its promise resolve, before the response has begun: a callback answers later. Not needed for a
   * stream that is piped into the response, nor for Express's own `sendFile`, `download` and `render`.
   */
  readonly answersLater?: boolean;
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
 * A route that writes: its work runs in one transaction, and its answer is sent after the commit. It honours
 * `Idempotency-Key`: key and answer are committed together with the effect. After a deadlock `transact` runs again, so
 * it must have no effects outside `trx`.
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

/** Returns `route` unchanged; infers the types of its handler from its schemas. */
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  route: HandlerRoute<Params, Query, Body> | TransactRoute<Params, Query, Body>,
): Route;
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  route: StatementRoute<Params, Query, Body>,
): Route;
export function defineRoute(route: unknown): Route {
  return route as Route;
}
