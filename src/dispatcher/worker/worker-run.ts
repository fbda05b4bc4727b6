import { setTimeout as sleep } from 'node:timers/promises';
import { settledWithin } from '../../answered-within.ts';
import type { CorrectedClock } from '../../database/corrected-clock.ts';
import type { Database, Knex } from '../../database/database.ts';
import { repeat } from '../../lifecycle/repeating.ts';
import type { Logger } from '../../logger.ts';
import type { Result } from '../model/delivery.ts';
import type { EndpointKind } from '../model/endpoint.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import type { Sender } from '../sending/sender.ts';
import type { DirectLeases } from '../store/enqueue.ts';
import { createQueueRepository } from '../store/queue-repository.ts';
import { createDirectLeasing } from './direct-leases.ts';
import { createDuePoll } from './due-poll.ts';
import { createDueRepair } from './due-repair.ts';
import { createEndpointProfiles } from './endpoint-profiles.ts';
import { createLagWatch } from './lag-watch.ts';
import { createLeaseWindow } from './lease-window.ts';
import { createPollLoop } from './poll-loop.ts';
import { createResultBuffer } from './result-buffer.ts';
import { createWorkLoop } from './work-loop.ts';
import { createWorker, type WorkerSettings } from './worker.ts';

export interface RunSettings extends WorkerSettings {
  pollIntervalMs: number;
  shutdownMs: number;
}

export interface WorkerRunParts {
  database: Database;
  clock: CorrectedClock;
  kinds: ReadonlyMap<string, EndpointKind>;
  lookup: EndpointLookup;
  sender: Sender;
  logger: Logger;
  settings: RunSettings;
  /** Longest wait of a due row before `keepsUp` is false; undefined: no limit. */
  maxLagMs: number | undefined;
  /** Whether deliveries that are given up are reported. */
  isHeard: () => boolean;
  /** Called with results once they are stored. */
  onStored: (results: readonly Result[]) => void;
}

/** Work that repeats while the worker runs. */
export interface Upkeep {
  everyMs: number;
  work(): Promise<void>;
}

export interface WorkerRun {
  readonly inFlight: number;
  /** Aborted as soon as the worker stops. */
  readonly signal: AbortSignal;
  /**
   * Leases for a transaction that enqueues deliveries: while there is room, new rows are leased at once.
   */
  beginLeases(trx: Knex.Transaction): DirectLeases;
  /** Notes that rows of these endpoints fall due at a time in microseconds. */
  noteDue(endpoints: Iterable<number>, dueAt: number): void;
  /** Sends from now on. Rejects when the database fails. */
  start(upkeep: readonly Upkeep[]): Promise<void>;
  /** False when a due row has waited too long although its endpoint had a slot for it. */
  keepsUp(): Promise<boolean>;
  /** Claims no more, lets attempts in flight end, stores results and gives leases back. */
  stop(): Promise<void>;
}

const leaseReturnPauseMs = 50;

/** Runs the worker of one process with its loops, from start to stop. */
export function createWorkerRun(parts: WorkerRunParts): WorkerRun {
  const { database, clock, kinds, lookup, sender, logger, settings, maxLagMs, isHeard } = parts;
  const { now } = clock;
  const { signal, abort } = createStop();
  const inFlight = (): number => worker.scheduler.inFlight;
  const leaseWindow = createLeaseWindow(clock, settings.leaseMicros);
  const leasedAfter = (): number => leaseWindow(now()).from;
  const results = createResultBuffer({ database, logger, now, leasedAfter, inFlight, isHeard, onWritten: noteStored });
  const onResult = (result: Result): void => results.add(result);
  const onEnded = (): void => loop.wake();
  const sending = { database, kinds, lookup, sender, now, logger, settings };
  const worker = createWorker({ ...sending, leaseWindow, onResult, onEnded });
  const loop = createWorkLoop({ worker, results, clock, logger, concurrency: settings.concurrency, signal });
  const profiles = createEndpointProfiles({ database, scheduler: worker.scheduler, now });
  const polls = createPollLoop({
    profiles,
    duePoll: createDuePoll(database, now),
    dueRepair: createDueRepair({ database, clock, settings, signal }),
    worker,
    clock,
    logger,
    pollIntervalMs: settings.pollIntervalMs,
    signal,
    onDue: loop.wake,
  });
  const lag = maxLagMs && createLagWatch({ database, now, maxLagMs, capped: () => worker.scheduler.capped() });
  const direct = createDirectLeasing({ worker, now, settings, isOpen: () => isSending && !clock.hasJumped });
  const running: Promise<void>[] = [];
  const upkeep: (() => Promise<void>)[] = [];
  let isSending = false;
  // Known rows fall due earlier or later than the loop's sleep allows for.
  clock.onMove(loop.wake);

  /** Results are stored: schedule the retries among them. */
  function noteStored(stored: readonly Result[]): void {
    parts.onStored(stored);
    // After a head that is settled, the next delivery has its turn.
    const again = stored.filter(({ claimed, decision }) => decision.state === 'pending' || claimed.gate?.ordered);
    for (const { claimed, decision, endedAt } of again)
      worker.scheduler.gates.freed(claimed.endpointKey, endedAt + decision.afterMicros, now());
    if (again.length > 0) loop.wake();
  }

  async function windDown(isCutOff: () => boolean): Promise<void> {
    await Promise.all([...running, ...upkeep.map((end) => end())]);
    await worker.returnWaiting();
    await worker.idle();
    await direct.idle();
    while (worker.owesLeases && !isCutOff()) {
      await worker.returnWaiting();
      if (worker.owesLeases) await sleep(leaseReturnPauseMs);
    }
    await results.flush();
  }

  return {
    get inFlight() {
      return inFlight();
    },
    signal,
    beginLeases: direct.begin,
    noteDue(endpoints, dueAt) {
      for (const key of endpoints) worker.scheduler.gates.changed(key, dueAt, now());
      loop.wake();
    },
    async start(repeated) {
      if (database.engine === 'sqlite') await takeOverLeases(database);
      await profiles.read();
      await polls.poll();
      isSending = true;
      running.push(loop.run());
      upkeep.push(...repeated.map(({ everyMs, work }) => repeat(everyMs, work, logger)));
      if (lag) upkeep.push(repeat(lag.lookEveryMs, async () => lag.look(), logger));
      running.push(polls.run());
    },
    keepsUp: async () => !lag || lag.keepsUp(),
    async stop() {
      isSending = false;
      worker.startNoMore();
      abort();
      let isCutOff = false;
      await settledWithin(
        settings.shutdownMs,
        windDown(() => isCutOff),
      );
      isCutOff = true;
      if (results.pending > 0) logger.warn('stopped with unwritten results', { results: results.pending });
      results.close();
      await sender.close();
    },
  };
}

function createStop(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** Ends the leases of an earlier process: the embedded database has one process at a time. */
async function takeOverLeases(database: Database): Promise<void> {
  await database.transaction(async (trx) => {
    await createQueueRepository(trx, database).endAllLeases();
  });
}
