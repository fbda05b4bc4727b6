/** Where the token of an upgrade may be. */
export type TokenPlace = 'header' | 'subprotocol' | 'query';

/** A backend behind the gateway, as `targets.yaml` or a plugin declares it; what is left out has the default that is named. */
export interface RemoteTargetDefinition {
  /** Origins, for instance `http://127.0.0.1:9001`. Calls go to the one with the fewest under way. */
  readonly upstreams: readonly string[];
  /** Paths that lead here without `X-Target-Server`. Default: none. */
  readonly prefixes?: readonly string[];
  /** Taken off the path; a path outside it is 404. Default: nothing. */
  readonly stripPrefix?: string;
  /** Put before what is left of the path. Default: nothing. */
  readonly addPrefix?: string;
  /** Scopes that callers need. Default: none. */
  readonly scopes?: readonly string[];
  /** No credentials are asked for, and `Authorization` passes untouched. Default: false. */
  readonly public?: boolean;
  /** The backend gets the caller's `Authorization`. Default: false. */
  readonly forwardAuthorization?: boolean;
  /** The backend gets the caller's `Host` in place of its own. Default: false. */
  readonly preserveHost?: boolean;
  /** Larger request bodies are 413; 0, the default, is no limit. */
  readonly maxBodyBytes?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** Calls a minute by one principal (of a public target: from one address); 0, the default, is no limit. */
  readonly rateLimitPerMinute?: number;
  /** Default: upstreams are judged by their answers to calls alone. */
  readonly healthCheck?: { readonly path: string; readonly intervalMs?: number };
  readonly breaker?: Partial<BreakerSettings>;
  readonly websocket?: Partial<WebSocketSettings>;
  /** `ca`: a file with the certificates that vouch for the upstreams, in PEM. Default: the system's. */
  readonly tls?: { readonly ca: string };
  /** `remove` takes request headers away, `set` puts its own in. */
  readonly headers?: { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] };
  /** Every successful answer counts as one use of this product. Default: nothing is counted. */
  readonly metering?: { readonly product: string };
}

export interface Timeouts {
  /** Until a connection is there. Default 3,000. */
  readonly connectMs: number;
  /** From the end of the request to the head of the answer. Default 30,000. */
  readonly headersMs: number;
  /** Without a byte in either direction. Default 60,000. */
  readonly idleMs: number;
  /** The whole call; 0, the default, is no limit. */
  readonly totalMs: number;
}

export interface BreakerSettings {
  /** So many failures in a row open it. Default 5. */
  readonly failures: number;
  /** After so long one call tries again. Default 10,000. */
  readonly openMs: number;
}

export interface WebSocketSettings {
  /** Default: false. */
  readonly enabled: boolean;
  /** Pages that may connect; without an entry none may. Clients that are no browsers send no `Origin`. */
  readonly origins: readonly string[];
  /** Where the token may be. Default: the header alone. */
  readonly tokenFrom: readonly TokenPlace[];
}

/** A definition that has been checked, with every default in its place. */
export interface RemoteTargetSettings {
  readonly name: string;
  readonly upstreams: readonly string[];
  readonly prefixes: readonly string[];
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
  /** `ca` is the text of the file. */
  readonly tls?: { readonly ca: string };
  readonly headers: { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] };
  readonly metering?: { readonly product: string };
}
