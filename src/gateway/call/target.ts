import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorShape, Principal, Route } from '../../plugin.ts';
import type { CorsSettings, TokenPlace } from '../../target-definition.ts';
import type { RouteDocument } from './route-document.ts';

/** The route that a target has found for a call's method and path, before the caller is authenticated. */
export interface Match {
  /** Label for logs and metrics: the route's pattern, never the path of the request. */
  readonly label: string;
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
  /**
   * Source of the call's organization. `optional`: as `header`, but callers without an organization are accepted.
   * `header-or-all` and `all`: see `Route`.
   */
  readonly organization: NonNullable<Route['organization']> | 'optional';
  readonly params: Readonly<Record<string, string>>;
  /** Calls a minute of one principal (public targets: one network), beside the general limit. Default 0: no limit. */
  readonly rateLimitPerMinute?: number;
  /** Answers the call; throws or rejects with an error for the error handler. */
  serve(call: Call): Promise<unknown>;
  /** Undefined where upgrades are not accepted. */
  readonly upgrade?: UpgradeMatch | undefined;
}

/** Current state of one address of a backend. */
export interface UpstreamState {
  readonly origin: string;
  /** Not closed: calls are held back after failures. */
  readonly breakerState: 'closed' | 'open' | 'half_open';
  /** Number of calls in flight. */
  readonly pending: number;
  /** Result of the last health check. */
  readonly isHealthy: boolean;
}

/** Protocol and host of a client's request. */
export interface Way {
  readonly protocol: string;
  readonly host: string;
}

/** An entry of the registry: a plugin in this process or a backend behind the proxy. */
export interface Target {
  readonly name: string;
  /** Name and place of declaration, for messages to the operator. */
  readonly title: string;
  readonly summary: string;
  readonly prefixes: readonly string[];
  /** Names of hosts that lead to this target alone: lower case, without port and trailing dot. */
  readonly hosts?: readonly string[];
  /** Default: the pages of `CORS_ORIGINS`. */
  readonly cors?: CorsRule | 'pass-through' | undefined;
  /** Whether pages of this origin may call the target with Basic credentials. Default: pages of `CORS_ORIGINS` only. */
  trusts?(origin: string): boolean;
  readonly errorShapes: readonly ErrorShape[];
  readonly routes: readonly RouteDocument[];
  /** A sentence for each heading of the documentation that its routes name. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Scopes that the plain router of a plugin asks for. */
  readonly routerScopes?: readonly string[];
  /** Undefined where the target runs in this process. */
  readonly upstreams?: readonly UpstreamState[];
  /** Keeps a target that may leave the registry usable, until each of the returned functions has been called once. */
  hold?(): () => void;
  /** Throws `NOT_FOUND` or `METHOD_NOT_ALLOWED`, which must not be answered before the caller is authenticated. */
  match(method: string, path: string): Match;
}

/** Pages of other origins, and what browsers let them do. */
export type CorsRule = CorsSettings;

/** CORS headers of a response. */
export interface CorsHeaders {
  /** Names and values alternating. */
  readonly own: readonly string[];
  /** The backend decides: its CORS headers pass unchanged. Otherwise they are dropped. */
  readonly isPassThrough: boolean;
  /** The page may read every header, and the names of the backend's have to be listed. */
  readonly listsAll: boolean;
}

/** One request on its path through the gateway, with the results of the steps so far. */
export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly id: string;
  /**
   * Response headers of the gateway, names and values alternating. Kept apart from `res`, where setting headers one by
   * one costs several times as much; `putHeaders` moves them there.
   */
  readonly headers: string[];
  /** The request headers that the response depends on: its `Vary`, which a backend's own is merged with. */
  vary: string;
  /** The response's CORS headers; undefined: the gateway has no part in them. */
  cors: CorsHeaders | undefined;
  /** `performance.now()` at arrival. */
  readonly startedAt: number;
  /**
   * Calls back when the response has ended or broken off. One listener on `res` serves all callbacks; a promise for
   * each would cost more than their own work.
   */
  onClosed(callback: () => void): void;
  /** The path exactly as sent, without the query. */
  readonly path: string;
  /** The query exactly as sent, without its `?`. */
  readonly query: string;
  readonly targetName: string | undefined;
  /** The credentials in the form of `Authorization`, also where an upgrade carries them in another place. */
  authorization: string | undefined;
  /** Address of the client, seen through trusted proxies. */
  clientAddress: string;
  /** The target that claims the request's host: no other target and no page of the gateway is on that host. */
  hostTarget: Target | undefined;
  target: Target | undefined;
  match: Match | undefined;
  principal: Principal | undefined;
  organization: string;
  /** Milliseconds until a remote target sent the head of its response; for the access log. */
  upstreamMs: number | undefined;
  /** Why the call failed; for the access log. */
  failure: string | undefined;
  /** Error code of the failure; for the metrics. */
  failureCode: string | undefined;
}

/** Reason to close a WebSocket (RFC 6455 7.4.1): 1001, the gateway stops; 1008, the caller has lost access. */
export type CloseCode = 1001 | 1008;

/** An upgraded connection, client and backend side. */
export interface Tunnel {
  /** Sends the code to a WebSocket's client and ends both sides; a side still open after a second is destroyed. */
  close(code: CloseCode): void;
}

/** The data besides the call that a target needs to pass an upgrade on. */
export interface UpgradeRequest {
  readonly socket: Socket;
  /** Bytes that the client sent after its request. */
  readonly head: Buffer;
  /** The query with its `?`, tokens removed. */
  readonly search: string;
  /** Values of `Sec-WebSocket-Protocol`, tokens removed; undefined: unchanged. */
  readonly protocols: readonly string[] | undefined;
  /** Subprotocol to select if the backend selects none; the client has offered it for that case. */
  readonly fallbackProtocol: string | undefined;
}

/** A route that accepts upgrades. */
export interface UpgradeMatch {
  readonly tokenFrom: readonly TokenPlace[];
  /**
   * Passes an upgrade on. Resolves to undefined when the backend has answered with another status than 101, which is
   * then sent to the client. Rejects with an error for the error handler.
   */
  connect(call: Call, request: UpgradeRequest): Promise<Tunnel | undefined>;
}
