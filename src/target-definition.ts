/** Location of the token in an upgrade request. */
export type TokenPlace = 'header' | 'subprotocol' | 'query';

/**
 * A backend behind the gateway, as `targets.yaml` or a plugin declares it. Omitted fields have the defaults named here.
 */
export interface RemoteTargetDefinition {
  /** Origins, e.g. `http://127.0.0.1:9001`. Each call goes to the one with the fewest calls in flight. */
  readonly upstreams: readonly string[];
  /** Paths that select this target without `X-Target-Server`. Default: none. */
  readonly prefixes?: readonly string[];
  /**
   * Names of hosts that select this target without `X-Target-Server`. No other target, and no page of the gateway, is
   * reached on them. Default: none.
   */
  readonly hosts?: readonly string[];
  /** Removed from the start of the path; any other path is answered 404. Default: empty. */
  readonly stripPrefix?: string;
  /** Prepended to the path after `stripPrefix` is removed. Default: empty. */
  readonly addPrefix?: string;
  /** Scopes that callers need. Default: none. */
  readonly scopes?: readonly string[];
  /** Calls need no credentials, and `Authorization` is forwarded unchanged. Default: false. */
  readonly public?: boolean;
  /** Forwards the caller's `Authorization`. Default: false. */
  readonly forwardAuthorization?: boolean;
  /** Forwards the caller's `Host` in place of the upstream's own. Default: false. */
  readonly preserveHost?: boolean;
  /** Larger request bodies are answered 413. 0, the default: no limit. */
  readonly maxBodyBytes?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** Calls per minute and principal (public targets: per client address). 0, the default: no limit. */
  readonly rateLimitPerMinute?: number;
  /** Active health check. Default: none; only responses to calls count. */
  readonly healthCheck?: { readonly path: string; readonly intervalMs?: number };
  readonly breaker?: Partial<BreakerSettings>;
  readonly websocket?: Partial<WebSocketSettings>;
  /**
   * Pages of other origins that may call the target, or `pass-through`: the backend answers preflights and decides.
   * Default: `CORS_ORIGINS`, with all headers in both directions.
   */
  readonly cors?: Partial<CorsSettings> | 'pass-through';
  /** `ca`: PEM file of the authorities that sign the upstreams' certificates. Default: the system's. */
  readonly tls?: { readonly ca: string };
  /** Request headers to remove, and to set to these values. */
  readonly headers?: { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] };
  /** Counts every successful response as one use of this product. Default: no metering. */
  readonly metering?: { readonly product: string };
}

/** Milliseconds. */
export interface Timeouts {
  /** Until the connection is established. Default 3,000. */
  readonly connectMs: number;
  /** From the end of the request to the response headers. Default 30,000. */
  readonly headersMs: number;
  /** Without a byte in either direction. Default 60,000. */
  readonly idleMs: number;
  /** The whole call. 0, the default: no limit. */
  readonly totalMs: number;
}

export interface BreakerSettings {
  /** Consecutive failures that open the breaker. Default 5. */
  readonly failures: number;
  /** Milliseconds until one trial call. Default 10,000. */
  readonly openMs: number;
}

export interface WebSocketSettings {
  /** Default: false. */
  readonly enabled: boolean;
  /**
   * Origins of the pages that may connect. Default: none. Clients that send no `Origin` (not browsers) are not
   * restricted.
   */
  readonly origins: readonly string[];
  /** Accepted locations of the token. Default: the header only. */
  readonly tokenFrom: readonly TokenPlace[];
}

/** Lists may be `['*']`: everything. */
export interface CorsSettings {
  /** Origins of pages. Default: none. */
  readonly origins: readonly string[];
  /** Default: GET, HEAD, POST, PUT, PATCH and DELETE. */
  readonly methods: readonly string[];
  /** Request headers beyond the gateway's own. Default: none. */
  readonly headers: readonly string[];
  /** Response headers that pages may read, beyond the gateway's own. Default: none. */
  readonly expose: readonly string[];
  /** Whether browsers may send credentials that they hold, such as cookies. Default: false. */
  readonly credentials: boolean;
  /** Seconds for which browsers keep the answer to a preflight. Default 600. */
  readonly maxAgeS: number;
}

/** A validated definition with all defaults filled in. */
export interface RemoteTargetSettings {
  readonly name: string;
  readonly upstreams: readonly string[];
  readonly prefixes: readonly string[];
  /** In lower case, without a trailing dot. */
  readonly hosts?: readonly string[];
  readonly stripPrefix: string;
  readonly addPrefix: string;
  readonly scopes: readonly string[];
  readonly public: boolean;
  readonly forwardAuthorization: boolean;
  readonly preserveHost: boolean;
  readonly maxBodyBytes: number;
  readonly timeouts: Timeouts;
  readonly rateLimitPerMinute: number;
  readonly healthCheck?: { readonly path: string; readonly intervalMs: number };
  readonly breaker: BreakerSettings;
  readonly websocket: WebSocketSettings;
  readonly cors?: CorsSettings | 'pass-through';
  /** `ca`: the content of the file. */
  readonly tls?: { readonly ca: string };
  readonly headers: { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] };
  readonly metering?: { readonly product: string };
}
