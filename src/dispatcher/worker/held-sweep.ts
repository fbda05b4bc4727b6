import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import type { EndpointKind } from '../model/endpoint.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { createEndpointQueue, type HeldEndpoint } from '../store/endpoint-queue.ts';

const pauseMs = 10_000;
const page = 50;

/**
 * Releases what is held at endpoints that are not disabled: whoever was to release it has ended or has lost the database right
 * after the commit that enabled them. Each run looks at the next stretch of the endpoints that have something held, if it is
 * time; the first does at once, for what an earlier process has left behind.
 */
export function createHeldSweep(parts: {
  database: Database;
  kinds: ReadonlyMap<string, EndpointKind>;
  lookup: EndpointLookup;
  now: () => number;
  /** Called when something of this endpoint is due again. */
  wake: (key: number) => void;
}): () => Promise<void> {
  const { database, kinds, lookup, now, wake } = parts;
  let after = -1;
  let nextAt = 0;

  async function stretch(): Promise<HeldEndpoint[]> {
    const found = await database.read((db) => createEndpointQueue(db, database).heldAfter(after, page));
    after = found.length < page ? -1 : (found.at(-1)?.endpointKey ?? -1);
    // Of the other kinds nothing can be said here.
    return found.filter(({ kind }) => kinds.has(kind));
  }

  async function release({ endpointKey, kind, id }: HeldEndpoint): Promise<void> {
    const time = now();
    await withDeadline(
      database.transaction((trx) => createEndpointQueue(trx, database).release(endpointKey, kind, id, time)),
    );
    wake(endpointKey);
  }

  return async () => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + pauseMs;
    const held = await stretch();
    const found = await lookup.find(held);
    for (const [index, endpoint] of held.entries()) {
      const { state } = found[index]?.endpoint ?? { state: 'unknown' };
      // What is gone is cancelled at the attempt. One that is being disabled now is held again by the worker.
      if (state === 'active' || state === 'gone') await release(endpoint);
    }
  };
}
