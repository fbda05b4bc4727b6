import type { Database } from '../../database/database.ts';
import { inTime } from '../../database/in-time.ts';
import { ApiError } from '../../errors.ts';
import { describeError } from '../../logger.ts';
import type { Claimed, Result } from '../model/delivery.ts';
import type { PolicySettings } from '../model/policy.ts';
import { type AttemptParts, createAttempts } from '../sending/attempt.ts';
import { createEndpointLookup } from '../sending/endpoint-lookup.ts';
import { type Claim, isLapsed, newClaim, removeOrphans, takeLeases, toClaimed } from '../store/claim.ts';
import { createQueueRepository, type QueueRow, type Want } from '../store/queue-repository.ts';
import { createBatchBuffer } from './batch-buffer.ts';
import { createBatchClaims } from './batch-claims.ts';
import { EndpointScheduler } from './endpoint-scheduler.ts';
import { createLeaseReturns } from './lease-returns.ts';
import type { ResultBuffer } from './result-buffer.ts';

export interface WorkerSettings extends PolicySettings {
  concurrency: number;
  perEndpoint: number;
  perOrigin: number;
  leaseMicros: number;
  /** The longest that an attempt can take. */
  attemptMicros: number;
  userAgent: string;
}

export interface WorkerParts extends AttemptParts {
  database: Database;
  results: ResultBuffer;
  settings: WorkerSettings;
  /** Called soon after attempts have ended and their slots are free. */
  onEnded: () => void;
}

/** How many rows one claim brings at most. */
const maxRows = 400;
/** What came with a batch and has waited for longer goes into the queue. */
const handMicros = 1_000_000;
/** What waited longer than this for its slot is looked up again: a changed address or a removed endpoint counts at once. */
const freshMs = 250;
/** How soon to look again at an endpoint that cannot be looked up for reasons of its own. */
const postponeMicros = 30_000_000;
/** Of the longest attempt's time, what our own work after it may take. */
const ownWorkMicros = 1_000_000;

export interface Worker {
  readonly board: EndpointScheduler;
  /**
   * Claims what is due and starts what has a slot. Resolves to how many endpoints and batches were asked for rows, whatever
   * they had.
   */
  runOnce(): Promise<number>;
  /** Says that there may be a batch that nobody sends from. */
  noteBatch(): void;
  /** Takes up rows that were leased when they were enqueued. */
  accept(rows: readonly Claimed[]): Promise<void>;
  /** Gives back leases of rows that may not even exist. */
  giveUp(rows: readonly Claimed[]): void;
  /** Gives back leases: of waiting rows, when they would end before an attempt could, and what could not be given back before. */
  returnWaiting(): Promise<void>;
  /** From now on no attempt is started, and `returnWaiting` gives back all leases of what waits. */
  startNoMore(): void;
  /** Whether there are leases that still have to be given back. */
  readonly owesLeases: boolean;
  /** Resolves when no attempt is in flight. */
  idle(): Promise<void>;
}

/** Claims deliveries, makes the attempts and hands over the results. */
export function createWorker(parts: WorkerParts): Worker {
  const { database, results, now, logger, settings } = parts;
  const board = new EndpointScheduler(settings);
  const lookup = createEndpointLookup(parts);
  const attempts = createAttempts(parts);
  const returns = createLeaseReturns(database);
  const intake = createBatchClaims(database, now, settings.leaseMicros);
  const hand = createBatchBuffer({
    intake,
    board,
    concurrency: settings.concurrency,
    takeUp,
    giveBack: (rows) => {
      returns.add(rows);
      return giveBack();
    },
    hint: (keys) => {
      for (const key of keys) board.hint(key, now(), now());
    },
  });
  /** Attempts, and rows that are being taken up, that have not ended. */
  let open = 0;
  let allEnded: () => void = () => undefined;
  let isStopping = false;
  let isStartPlanned = false;

  async function runOnce(): Promise<number> {
    const time = now();
    const wants = board.choose(time, Math.min(maxRows, settings.concurrency * 2 - board.waiting));
    if (wants.length > 0) await claimDue(wants, time);
    return wants.length + (await hand.serve());
  }

  async function claimDue(wants: readonly Want[], time: number): Promise<void> {
    const claim = newClaim(time + settings.leaseMicros);
    try {
      await takeLeases(database, claim, wants, time);
      const locked = claim.rows;
      await dropOrphans(claim);
      const rows = claim.rows.filter((row) => !isLapsed(row)).map((row) => toClaimed(row, claim));
      await lookUp(rows);
      takeIn(wants, locked, rows);
    } catch (error) {
      // The answer to the commit may have got lost, so the leases may be there.
      returns.add(claim.rows.filter((row) => !isLapsed(row)).map((row) => toClaimed(row, claim)));
      board.missed(wants, now());
      throw error;
    } finally {
      for (const row of claim.rows.filter(isLapsed))
        results.add(attempts.resultOf(toClaimed(row, claim), { kind: 'unknown' }, time, []));
      startWaiting();
      await giveBack();
    }
  }

  /** Takes out of a claim, and of the queue, what somebody has removed the deliveries of. */
  async function dropOrphans(claim: Claim): Promise<void> {
    const suspects = claim.rows.filter(({ payload }) => payload === null).map((row) => toClaimed(row, claim));
    if (suspects.length === 0) return;
    claim.rows = claim.rows.filter(({ payload }) => payload !== null);
    const found = await removeOrphans(database, suspects);
    returns.add(suspects.filter(({ id }) => found.has(id)));
    logger.warn('deliveries that had been removed are not sent', { deliveries: suspects.length - found.size });
  }

  /** Where everything is to be sent: one call a kind for all endpoints. */
  async function lookUp(rows: readonly Claimed[]): Promise<void> {
    if (rows.length === 0) return;
    const endpoints = await lookup.find(rows.map(({ endpoint }) => endpoint));
    for (const [index, row] of rows.entries()) row.lookedUp = endpoints[index];
  }

  async function takeUp(rows: readonly Claimed[]): Promise<void> {
    try {
      await lookUp(rows);
      const surplus = isStopping ? rows : board.claimed([], new Map(), rows, now());
      hand.putBack(surplus.filter(({ batched }) => batched));
      returns.add(surplus.filter(({ batched }) => !batched));
    } catch (error) {
      logger.warn('deliveries could not be taken up yet', { deliveries: rows.length, ...describeError(error) });
      returns.add(rows);
    }
    startWaiting();
    await giveBack();
  }

  function takeIn(wants: readonly Want[], locked: readonly QueueRow[], rows: readonly Claimed[]): void {
    const found = new Map<number, number>();
    for (const { endpoint_key: key } of locked) found.set(key, (found.get(key) ?? 0) + 1);
    returns.add(board.claimed(wants, found, rows, now()));
  }

  async function giveBack(): Promise<void> {
    try {
      for (const { endpointKey, dueAt } of await returns.flush()) board.hint(endpointKey, dueAt, now());
    } catch (error) {
      logger.warn('leases could not be given back yet', describeError(error));
    }
  }

  function startWaiting(): void {
    if (isStopping) return;
    board.start((row) => void run(row));
  }

  function end(): void {
    open -= 1;
    if (open === 0) allEnded();
  }

  /** Once for all attempts that end in one turn of the event loop: it looks at every endpoint that has something waiting. */
  function startWaitingSoon(): void {
    if (isStartPlanned) return;
    isStartPlanned = true;
    setImmediate(() => {
      isStartPlanned = false;
      startWaiting();
      parts.onEnded();
    });
  }

  async function run(claimed: Claimed): Promise<void> {
    open += 1;
    const startedAt = performance.now();
    const { lookedUp } = claimed;
    try {
      const isFresh = lookedUp && startedAt - lookedUp.at <= freshMs;
      const { endpoint, address } = isFresh ? lookedUp : await lookup.findOne(claimed.endpoint);
      const time = now();
      if (endpoint.state === 'unknown') returns.add([claimed], time + postponeMicros);
      else if (endpoint.state === 'disabled') await holdBack(claimed);
      else if (claimed.leaseUntil - time < settings.attemptMicros - ownWorkMicros) returns.add([claimed]);
      else return ended(await attempts.make(claimed, endpoint, { address, time }), startedAt);
      board.skipped(claimed);
    } catch (error) {
      logger.warn('an attempt could not be made yet', { delivery: claimed.id, ...describeError(error) });
      board.skipped(claimed);
      // Only a database that is away is sure to slow down whatever comes next.
      returns.add([claimed], error instanceof ApiError ? undefined : now() + postponeMicros);
    } finally {
      startWaitingSoon();
      if (returns.pending > 0) {
        await giveBack();
        // What was given back may be due at once.
        startWaitingSoon();
      }
      end();
    }
  }

  /** Never throws: the slot would be given back twice. */
  function ended(result: Result, startedAt: number): void {
    const { claimed, outcome } = result;
    board.ended(claimed, outcome.kind === 'answered' && outcome.status < 500, performance.now() - startedAt);
    results.add(result);
  }

  /** An endpoint was found disabled that nobody had held, or not these rows: holds all that waits for it. */
  async function holdBack(claimed: Claimed): Promise<void> {
    const { kind, id } = claimed.endpoint;
    const others = board.withdraw(({ endpoint }) => endpoint.kind === kind && endpoint.id === id);
    returns.add([claimed, ...others]);
    await hold(claimed);
    await giveBack();
    // It may have been enabled since we looked, and then nobody would release what has just been held.
    const { endpoint } = await lookup.findOne(claimed.endpoint);
    if (endpoint.state !== 'disabled') await release(claimed);
  }

  const hold = ({ endpointKey, endpoint: { kind, id } }: Claimed): Promise<void> =>
    inTime(database.transaction((trx) => createQueueRepository(trx, database).hold(endpointKey, kind, id)));

  async function release({ endpointKey, endpoint: { kind, id } }: Claimed): Promise<void> {
    const time = now();
    await inTime(
      database.transaction((trx) => createQueueRepository(trx, database).release(endpointKey, kind, id, time)),
    );
    board.hint(endpointKey, time, time);
  }

  return {
    board,
    runOnce,
    noteBatch: intake.note,
    accept: async (rows) => {
      if (rows.length === 0) return;
      open += 1;
      await takeUp(rows).finally(end);
    },
    giveUp: (rows) => returns.add(rows),
    returnWaiting: async () => {
      const enough = now() + settings.attemptMicros;
      const late = now() + settings.leaseMicros - handMicros;
      returns.add(board.withdraw(({ leaseUntil }) => isStopping || leaseUntil < enough));
      returns.add(hand.withdraw(({ leaseUntil }) => isStopping || leaseUntil < late));
      await giveBack();
    },
    startNoMore: () => {
      isStopping = true;
    },
    get owesLeases() {
      return board.waiting > 0 || hand.size > 0 || returns.pending > 0;
    },
    idle: async () => {
      while (open > 0)
        await new Promise<void>((resolve) => {
          allEnded = resolve;
        });
    },
  };
}
