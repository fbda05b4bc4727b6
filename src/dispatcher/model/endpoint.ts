import { createHash } from 'node:crypto';

/** Destination of a delivery: a kind that a plugin has registered, and an id within it. */
export interface EndpointRef {
  kind: string;
  id: string;
}

/** An endpoint as its plugin describes it at the moment of an attempt. */
export type ResolvedEndpoint =
  | { state: 'gone' }
  | { state: 'disabled' }
  | {
      state: 'active';
      url: string;
      method: string;
      /** The complete value of the header `Authorization`. */
      authorization?: string;
      /** Signing secrets, newest first. */
      secrets: readonly Buffer[];
      /** Secrets to redact from recorded answers, in case the endpoint echoes them. */
      confidential: readonly string[];
    };

/** Address of the requests to an endpoint. Both parts are empty if its URL is not usable. */
export interface Address {
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/** An endpoint's state at one moment. `unknown`: its plugin could not tell; other endpoints are not affected. */
export interface LookedUp {
  endpoint: ResolvedEndpoint | { state: 'unknown' };
  address: Address;
  /** `performance.now()` at the look-up. */
  at: number;
}

/** A kind of endpoints, as a plugin registers it. */
export interface EndpointKind {
  name: string;
  /** Looks up many endpoints in one call; an id missing from the result means that the endpoint is gone. */
  resolve(ids: readonly string[]): Promise<ReadonlyMap<string, ResolvedEndpoint>>;
  /** Overrides `DISPATCH_MAX_RETRIES`; 0 for a single attempt. */
  maxRetries?: number;
}

const keys = new Map<string, number>();
const keptKeys = 20_000;

/**
 * The endpoint's key in the queue's indexes: 52 bits of a SHA-256 hash, so it needs no table. Endpoints whose keys
 * collide share their concurrency limits, and nothing else.
 */
export function endpointKey({ kind, id }: EndpointRef): number {
  const name = `${kind}\n${id}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(name).digest();
  const key = digest.readUIntBE(0, 6) * 16 + ((digest[6] ?? 0) & 15);
  if (keys.size >= keptKeys) keys.clear();
  keys.set(name, key);
  return key;
}
