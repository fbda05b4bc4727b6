import type { Database } from '../../database/database.ts';
import type { EndpointKind } from '../model/endpoint.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { createEndpointQueue, type HeldEndpoint, releaseHeld } from '../store/endpoint-queue.ts';

/** Shortest time between two sweeps. */
const pauseMs = 10_000;
const page = 50;

/**
 * Releases held rows of endpoints that are not disabled. Such rows are left behind when a process ends, or loses the
 * database, right after the commit that enabled the endpoint. Each call checks the next page of endpoints with held
 * rows, at most once in 10 s; the first call does so at once, because an earlier process may have left rows behind.
 */
export function createHeldSweep(parts: {
  database: Database;
  kinds: ReadonlyMap<string, EndpointKind>;
  lookup: EndpointLookup;
  now: () => number;
  /** Called when rows of this endpoint are due again. */
  wake: (key: number) => void;
}): () => Promise<void> {
  const { database, kinds, lookup, now, wake } = parts;
  let after = -1;
  let nextAt = 0;

  async function stretch(): Promise<HeldEndpoint[]> {
    const found = await database.read((db) => createEndpointQueue(db, database).heldAfter(after, page));
    after = found.length < page ? -1 : (found.at(-1)?.endpointKey ?? -1);
    // Endpoints of kinds that are not registered here cannot be looked up.
    return found.filter(({ kind }) => kinds.has(kind));
  }

  return async () => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + pauseMs;
    const held = await stretch();
    const found = await lookup.find(held);
    for (const [index, endpoint] of held.entries()) {
      const { state } = found[index]?.endpoint ?? { state: 'unknown' };
      // Rows of a gone endpoint are cancelled at the attempt; rows of one being disabled now are held again there.
      if (state !== 'active' && state !== 'gone') continue;
      await releaseHeld(database, endpoint, now());
      wake(endpoint.endpointKey);
    }
  };
}
