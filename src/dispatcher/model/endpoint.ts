import { createHash } from 'node:crypto';

/** Where a delivery goes: a kind that a plugin has registered, and an id within it. */
export interface EndpointRef {
  kind: string;
  id: string;
}

/** What a plugin says of one of its endpoints at the moment of an attempt. */
export type ResolvedEndpoint =
  | { state: 'gone' }
  | { state: 'disabled' }
  | {
      state: 'active';
      url: string;
      method: string;
      /** The whole value of the header `Authorization`. */
      authorization?: string;
      /** Signing secrets, newest first. */
      secrets: readonly Buffer[];
      /** Texts that must not be recorded even if the endpoint sends them back. */
      confidential: readonly string[];
    };

/** Where requests to an endpoint go. Both are empty when none can. */
export interface Address {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** An endpoint as it was at a moment. `unknown`: it cannot be said at present, for reasons of its own. */
export interface LookedUp {
  endpoint: ResolvedEndpoint | { state: 'unknown' };
  address: Address;
  /** `performance.now()` of the moment. */
  at: number;
}

export interface EndpointKind {
  name: string;
  /** Looks up many endpoints in one call; an id that is missing from the result is gone. */
  resolve(ids: readonly string[]): Promise<ReadonlyMap<string, ResolvedEndpoint>>;
  /** In place of the setting: 0 for what is to be tried once. */
  maxRetries?: number;
}

const keys = new Map<string, number>();
const keptKeys = 20_000;

/**
 * A number that stands for an endpoint in the queue's indexes: 52 bits of a hash, so that nothing has to be looked up. Two
 * endpoints that share one by chance also share their limits, and nothing else.
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
