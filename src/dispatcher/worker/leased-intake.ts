import { isOutage } from '../../errors.ts';
import { describeError } from '../../logger.ts';
import type { Claimed } from '../model/delivery.ts';
import { turnTokens } from '../store/turn-tokens.ts';
import { createAdmission } from './admission.ts';
import type { IntakeParts } from './intake.ts';
import type { Reservation } from './slots.ts';

/** A row that was leased when it was enqueued. Without a reserved slot, it waits for one. */
export interface LeasedRow {
  readonly claimed: Claimed;
  readonly reservation: Reservation | undefined;
}

/** Brings rows to the scheduler that were leased when they were enqueued. */
export function createLeasedIntake(parts: Omit<IntakeParts, 'attempts' | 'onResult' | 'settings'>) {
  const { database, now, logger, scheduler, returns, runs } = parts;
  const { lookUp, admit } = createAdmission(parts);

  /** Returns the rows whose origin has no slot after all. */
  function startOrSchedule(leased: readonly LeasedRow[]): Claimed[] {
    const admitted = new Set(admit(leased.map(({ claimed }) => claimed)));
    const left: Claimed[] = [];
    for (const { claimed, reservation } of leased) {
      if (!reservation) continue;
      if (!admitted.has(claimed)) scheduler.release(reservation);
      else if (scheduler.use(reservation, claimed)) runs.start(claimed);
      else left.push(claimed);
    }
    wait(leased.flatMap(({ claimed, reservation }) => (!reservation && admitted.has(claimed) ? [claimed] : [])));
    return left;
  }

  const wait = (rows: readonly Claimed[]): void => returns.add(scheduler.claimed([], new Map(), rows, now()));

  /**
   * Lets rows wait whose lease says that their attempts have begun, which is taken back: a lease that is given up instead needs a
   * claim, and so do all new rows of its endpoint until then.
   */
  async function takeBack(rows: readonly Claimed[]): Promise<void> {
    if (rows.length === 0) return;
    const { turned } = await turnTokens(database, rows).catch(() => ({ turned: new Set<Claimed>() }));
    const mayWait = (row: Claimed): boolean => turned.has(row) && !runs.isStopping;
    wait(rows.filter(mayWait));
    returns.add(rows.filter((row) => !mayWait(row)));
  }

  async function start(leased: readonly LeasedRow[]): Promise<void> {
    const left = startOrSchedule(leased);
    runs.startWaiting();
    await takeBack(left);
  }

  /** Returns leases of rows whose transaction may have been rolled back. */
  function giveUp(leased: readonly LeasedRow[]): void {
    for (const { reservation } of leased) if (reservation) scheduler.release(reservation);
    returns.add(leased.map(({ claimed }) => claimed));
  }

  return {
    /** Starts or schedules rows that were leased when they were enqueued. Never rejects. */
    async takeUp(leased: readonly LeasedRow[]): Promise<void> {
      const rows = leased.map(({ claimed }) => claimed);
      const isKnown = await lookUp(rows).then(
        () => true,
        (error) => {
          const deliveries = rows.length;
          if (!isOutage(error))
            logger.warn('leased deliveries returned to the queue', { deliveries, ...describeError(error) });
          return false;
        },
      );
      if (isKnown && !runs.isStopping) await start(leased);
      else giveUp(leased);
      runs.startWaiting();
      await returns.giveBack();
    },

    giveUp,
  };
}
