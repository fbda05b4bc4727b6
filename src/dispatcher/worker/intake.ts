import type { Database } from '../../database/database.ts';
import type { Logger } from '../../logger.ts';
import type { Claimed, Result } from '../model/delivery.ts';
import type { Attempts } from '../sending/attempt.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { type Claim, isLapsed, isOrphan, newClaim, removeOrphans, takeLeases, toClaimed } from '../store/claim.ts';
import type { Want } from '../store/due-rows.ts';
import type { LeaseWindow, QueueRow } from '../store/queue-repository.ts';
import { createAdmission } from './admission.ts';
import type { AttemptRuns } from './attempt-runs.ts';
import type { EndpointScheduler } from './endpoint-scheduler.ts';
import { createGateStore } from './gate-store.ts';
import type { LeaseReturns } from './lease-returns.ts';

export interface IntakeParts {
  database: Database;
  now: () => number;
  logger: Logger;
  attempts: Attempts;
  lookup: EndpointLookup;
  scheduler: EndpointScheduler;
  returns: LeaseReturns;
  runs: AttemptRuns;
  settings: { leaseMicros: number };
  onResult: (result: Result) => void;
}

/** Brings rows to the scheduler that it has chosen, from the queue. */
export function createIntake(parts: IntakeParts) {
  const { database, now, logger, attempts, scheduler, returns, runs, settings, onResult } = parts;
  const { lookUp, admit } = createAdmission(parts);
  const gateStore = createGateStore({ database, now, logger, gates: scheduler.gates });

  /** Removes rows without a delivery from the claim and from the queue. */
  async function dropOrphans(claim: Claim): Promise<void> {
    const suspects = claim.rows.filter((row) => isOrphan(row, claim)).map((row) => toClaimed(row, claim));
    if (suspects.length === 0) return;
    claim.rows = claim.rows.filter((row) => !isOrphan(row, claim));
    const found = await removeOrphans(database, suspects).catch((error) => {
      returns.add(suspects);
      throw error;
    });
    returns.add(suspects.filter(({ id }) => found.has(id)));
    logger.warn('queued rows without a delivery removed', { deliveries: suspects.length - found.size });
  }

  function schedule(wants: readonly Want[], locked: readonly QueueRow[], rows: readonly Claimed[]): void {
    const found = new Map<number, number>();
    for (const { endpoint_key: key } of locked) found.set(key, (found.get(key) ?? 0) + 1);
    returns.add(scheduler.claimed(wants, found, rows, now()));
  }

  return {
    /** Claims due rows of these endpoints. `time` in microseconds. Rejects when the database fails. */
    async claimDue(wants: readonly Want[], time: number, leases: LeaseWindow): Promise<void> {
      const claim = newClaim(time + settings.leaseMicros);
      const fresh = (): Claimed[] => claim.rows.filter((row) => !isLapsed(row)).map((row) => toClaimed(row, claim));
      try {
        await takeLeases(database, claim, wants, time, leases);
        scheduler.gates.turned(claim.turns, now());
        const locked = claim.rows;
        await dropOrphans(claim);
        const rows = fresh();
        await lookUp(rows, claim.turns);
        schedule(wants, locked, admit(rows));
      } catch (error) {
        // A commit whose response got lost leaves leases behind.
        returns.add(fresh());
        scheduler.missed(wants, now());
        throw error;
      } finally {
        for (const row of claim.rows.filter(isLapsed))
          onResult(attempts.resultOf(toClaimed(row, claim), { kind: 'unknown' }, time));
        runs.startWaiting();
        await returns.giveBack();
        await gateStore.update(claim.turns);
      }
    },
  };
}
