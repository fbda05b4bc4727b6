import type { Claimed } from '../model/delivery.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import type { Turn } from '../store/turns.ts';
import type { EndpointScheduler } from './endpoint-scheduler.ts';
import type { LeaseReturns } from './lease-returns.ts';

/** Looks up the endpoints of leased rows, and keeps rows back whose claim has not observed the gate of their endpoint. */
export function createAdmission(parts: {
  now: () => number;
  lookup: EndpointLookup;
  scheduler: EndpointScheduler;
  returns: LeaseReturns;
}) {
  const { now, lookup, scheduler, returns } = parts;

  return {
    /**
     * Looks up the endpoints of all rows: one call a kind. Endpoints whose gate has let no row pass are looked up as well: it
     * may have changed.
     */
    async lookUp(rows: readonly Claimed[], turns: readonly Turn[] = []): Promise<void> {
      const closed = turns.filter(({ count, isMissing }) => count === 0 && !isMissing);
      if (rows.length + closed.length === 0) return;
      const refs = [...rows.map(({ endpoint }) => endpoint), ...closed.map(({ gate }) => gate.endpoint)];
      const endpoints = await lookup.find(refs);
      for (const [index, row] of rows.entries()) row.lookedUp = endpoints[index];
      for (const [index, { endpointKey, gate }] of closed.entries()) {
        const found = endpoints[rows.length + index];
        if (found) scheduler.gates.learn(endpointKey, gate.endpoint, found, now());
      }
    },

    /** Gives back the leases of rows that may not be attempted, and returns the others. */
    admit(rows: readonly Claimed[]): readonly Claimed[] {
      const time = now();
      const refused = new Set(rows.filter((row) => row.lookedUp && !scheduler.gates.admits(row, row.lookedUp, time)));
      if (refused.size === 0) return rows;
      returns.add([...refused]);
      return rows.filter((row) => !refused.has(row));
    },
  };
}
