import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

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
      delivery?: EndpointDelivery;
    };

/** How an endpoint wants its deliveries. Members left out mean the dispatcher's defaults. */
export interface EndpointDelivery {
  /**
   * Further headers of every attempt, at most 20; their values are secrets. Names that the dispatcher or the connection sets are
   * left out (`headerRefusal`); with a header that HTTP cannot carry, no request can be built.
   */
  headers?: Readonly<Record<string, string>>;
  /**
   * Seconds from the end of an attempt to the next one, at most 20, each up to 604,800; an empty list is a single attempt.
   * Overrides the kind's `maxRetries`, unless that is 0.
   */
  retrySchedule?: readonly number[];
  /** Replaces `DISPATCH_READ_TIMEOUT_MS`, 100 to 10,000; cut to what `DISPATCH_LEASE_MS` leaves. */
  timeoutMs?: number;
  /** Attempts per second, over all processes. */
  rateLimit?: number;
  /** One at a time, in the order of acceptance. */
  ordered?: boolean;
  /** Seconds without a delivery, from the first failure on, after which the endpoint is turned off. */
  disableAfterS?: number;
}

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
  /** Deliveries of this kind are tests: their failures say nothing about the endpoint's health, and are not reported. */
  isTest?: boolean;
  /**
   * Turns an endpoint off that has failed for `disableAfterS`, in the given transaction: `resolve` has to answer `disabled` after
   * its commit. Resolves to false when it is off already, or gone. Without it, endpoints of this kind are never turned off.
   */
  turnOff?(trx: Knex.Transaction, organization: string, id: string): Promise<boolean>;
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
