import type { RouteDocument } from '../openapi/route-document.ts';
import type { ErrorShape } from '../plugin.ts';
import type { Call } from './call.ts';
import type { UpgradeMatch } from './tunnel.ts';

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
