import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorShape, Principal } from '../../plugin.ts';
import type { TokenPlace } from '../../target-definition.ts';
import type { RouteDocument } from './route-document.ts';

/** What a target makes of a call's method and path, before it is known who calls. */
export interface Match {
  /** Label for logs and metrics: the route's pattern, never the path that was sent. */
  readonly label: string;
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
  /** `optional`: as `header`, but a caller without one may call as well. */
  readonly organization: 'header' | 'optional' | 'path' | 'none';
  readonly params: Readonly<Record<string, string>>;
  /** Credentials come in the call itself: failures count against the caller's address. */
  readonly isSignIn: boolean;
  /** Calls a minute by one principal, of public targets from one network, beside what all targets share. Default 0: no limit. */
  readonly rateLimitPerMinute?: number;
  /** Answers the call; throws or rejects with what the error handler is to answer. */
  serve(call: Call): Promise<unknown>;
  /** Left out where connections do not leave HTTP. */
  readonly upgrade?: UpgradeMatch | undefined;
}

/** One address of a backend, as it is at the moment. */
export interface UpstreamState {
  readonly origin: string;
  /** Calls are held back because it has failed. */
  readonly isOpen: boolean;
  /** What its health check said last. */
  readonly isHealthy: boolean;
}

/** An entry of the registry: a plugin in this process or a backend behind the proxy. */
export interface Target {
  readonly name: string;
  /** Its name and where it was declared, for messages to whoever starts the gateway. */
  readonly title: string;
  readonly summary: string;
  readonly prefixes: readonly string[];
  readonly errorShapes: readonly ErrorShape[];
  readonly routes: readonly RouteDocument[];
  /** Undefined where the target runs in this process. */
  readonly upstreams?: readonly UpstreamState[];
  /** A target that may be taken out of the registry stays usable until all that this gives back have been called, each once. */
  hold?(): () => void;
  /** Throws `NOT_FOUND` or `METHOD_NOT_ALLOWED`; whoever asks keeps that to itself until the caller is known. */
  match(method: string, path: string): Match;
}

/** One request on its way through the gateway, with what the steps so far have found out about it. */
export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly id: string;
  /**
   * Names and values in turns, for the answer whoever gives it. Kept apart from `res`, whose headers cost several times as much to
   * set one by one; `putHeaders` moves them there.
   */
  readonly headers: string[];
  /** `performance.now()` at arrival. */
  readonly startedAt: number;
  /**
   * Calls back when the answer has ended or broken off. One listener on `res` serves all who want to know; a promise for each would
   * cost more than what they do.
   */
  onClosed(callback: () => void): void;
  /** The path exactly as sent, without the query. */
  readonly path: string;
  /** The query exactly as sent, without its `?`. */
  readonly query: string;
  readonly targetName: string | undefined;
  /** The credentials as `Authorization` tells them, wherever else in an upgrade they have come. */
  authorization: string | undefined;
  /** Address of the client, seen through trusted proxies. */
  clientAddress: string;
  target: Target | undefined;
  match: Match | undefined;
  principal: Principal | undefined;
  organization: string;
  /** How long a remote target took until the head of its answer; for the access log. */
  upstreamMs: number | undefined;
  /** Why the call failed; for the access log. */
  failure: string | undefined;
  /** The code of that error; for the metrics. */
  failureCode: string | undefined;
}

/** Why a WebSocket is closed (RFC 6455 7.4.1): the gateway goes away, or its policy does not allow it any longer. */
export type CloseCode = 1001 | 1008;

/** A connection that has left HTTP behind, with both of its sides. */
export interface Tunnel {
  /** Tells a WebSocket's client why, and ends both sides; who does not follow within a second is cut off. */
  close(code: CloseCode): void;
}

/** What a target needs besides the call to pass an upgrade on. */
export interface UpgradeRequest {
  readonly socket: Socket;
  /** What the client sent behind its request. */
  readonly head: Buffer;
  /** The query with its `?`, without a token. */
  readonly search: string;
  /** What is left of `Sec-WebSocket-Protocol` without a token; undefined: as it was sent. */
  readonly protocols: readonly string[] | undefined;
  /** What to select where the backend selects no subprotocol: the client offered it to be on the safe side. */
  readonly fallbackProtocol: string | undefined;
}

/** How a target takes upgrades. */
export interface UpgradeMatch {
  readonly tokenFrom: readonly TokenPlace[];
  /**
   * Passes an upgrade on. Resolves to undefined when the backend has answered something other than 101, which is then on its
   * way to the client. Rejects with what the error handler is to answer.
   */
  connect(call: Call, request: UpgradeRequest): Promise<Tunnel | undefined>;
}
