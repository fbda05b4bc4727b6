import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import { createCorrectedClock } from '../database/corrected-clock.ts';
import type { Database, Knex } from '../database/database.ts';
import { createFailureLog } from '../lifecycle/failure-log.ts';
import { repeat } from '../lifecycle/repeating.ts';
import { describeError, type Logger } from '../logger.ts';
import { createDeliveryLog, type DeliveryLog } from './deliveries/delivery-log.ts';
import { createEndpointChanges } from './deliveries/endpoint-changes.ts';
import { createRedeliveryJobs, type RedeliveryJobs } from './deliveries/redelivery-jobs.ts';
import { createDispatcherMetrics } from './dispatcher-metrics.ts';
import type { NewDelivery, Result } from './model/delivery.ts';
import type { EndpointKind, EndpointRef } from './model/endpoint.ts';
import { createAddressCheck } from './sending/address-check.ts';
import { createEndpointLookup } from './sending/endpoint-lookup.ts';
import type { Guard } from './sending/guard.ts';
import type { NameResolver } from './sending/name-resolver.ts';
import type { Sender } from './sending/sender.ts';
import { createBatchRepository } from './store/batch-repository.ts';
import { type Accepted, insertDeliveries } from './store/enqueue.ts';
import { purgeDeliveries } from './store/purge.ts';
import { createQueueRepository } from './store/queue-repository.ts';
import { createDirectLeasing } from './worker/direct-leases.ts';
import { createDuePoll } from './worker/due-poll.ts';
import { createHeldSweep } from './worker/held-sweep.ts';
import { createLagWatch } from './worker/lag-watch.ts';
import { createResultBuffer } from './worker/result-buffer.ts';
import { createWorker, type WorkerSettings } from './worker/worker.ts';

/** What plugins do with the dispatcher. */
export interface Dispatcher {
  /** Teaches the dispatcher how to look up a plugin's endpoints. */
  registerEndpointKind(kind: EndpointKind): void;
  /** Accepts deliveries within the caller's transaction: they are sent once that has been committed, and not at all if it is not. */
  enqueue(trx: Knex.Transaction, deliveries: readonly NewDelivery[]): Promise<Accepted[]>;
  /** Settles what waits for an endpoint as cancelled; what is in flight finds out by itself. Resolves to how many there were. */
  cancel(trx: Knex.Transaction, endpoint: EndpointRef): Promise<number>;
  /** Keeps back what waits for an endpoint until `release`. */
  hold(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void>;
  release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void>;
  /** Whether anything waits for an endpoint, is held, or is in flight. */
  hasOpen(trx: Knex.Transaction, endpoint: EndpointRef): Promise<boolean>;
  /** What was accepted, and what became of it. */
  readonly deliveries: DeliveryLog;
  readonly redeliveryJobs: RedeliveryJobs;
  /**
   * Why callbacks to this URL would be refused: for a clear answer when an endpoint is saved. A name that does not resolve
   * within a second is accepted; the attempt will look again.
   */
  refusalOf(url: URL): Promise<string | undefined>;
}

export interface RunningDispatcher extends Dispatcher {
  /** A port that this process listens on itself: callbacks to it are refused. */
  refusePort(port: number): void;
  /** Sends what is due, unless that is left to other processes. */
  start(): Promise<void>;
  /** False when something due has waited too long for an endpoint that has a slot for it. */
  keepsUp(): Promise<boolean>;
  /** Claims no more, lets what is in flight end, writes results and gives leases back. */
  stop(): Promise<void>;
}

export interface DispatcherParts {
  database: Database;
  now: Clock;
  logger: Logger;
  sender: Sender;
  registry: Registry;
  guard: Guard;
  names: NameResolver;
  /** The guard's list of ports that are ours. */
  ownPorts: number[];
  settings: WorkerSettings & { pollIntervalMs: number; retentionMicros: number; shutdownMs: number };
  /** False: accepts, and leaves the sending to other processes. */
  sends: boolean;
  /** Set where `keepsUp` is asked. */
  maxLagMs: number | undefined;
}

const purgeIntervalMs = 60_000;
/** Part of the slots for which rows wait here; below that the next are claimed at once, … */
const plentyShare = 0.75;
/** … else after a few of these pauses at most. */
const pauseMs = 5;
const maxPauses = 5;
const backoffMs = { first: 50, most: 2000 };

/** One dispatcher for all plugins of a process. */
export function createDispatcher(parts: DispatcherParts): RunningDispatcher {
  const { database, now: processClock, logger, sender, registry, guard, names, ownPorts, settings, sends } = parts;
  const clock = createCorrectedClock(database, processClock);
  const { now } = clock;
  const kinds = new Map<string, EndpointKind>();
  const inFlight = (): number => worker.board.inFlight;
  const metrics = createDispatcherMetrics({ registry, database, now, inFlight });
  const results = createResultBuffer({ database, logger, now, inFlight, onWritten: noteWritten });
  const worker = createWorker({ database, kinds, sender, results, now, logger, settings, onEnded: wake });
  const { maxLagMs } = parts;
  const lag = maxLagMs && createLagWatch({ database, now, maxLagMs, capped: () => worker.board.capped() });
  const direct = createDirectLeasing({ worker, now, settings, isOpen: () => isSending && !clock.hasJumped });
  const discovery = createDuePoll(database, now);
  const stopping = new AbortController();
  const upkeep: (() => Promise<void>)[] = [];
  const stopped = once(stopping.signal, 'abort');
  let isSending = false;
  let isStopping = false;
  let isCutOff = false;
  let wakeUp: () => void = () => undefined;
  let isAwake = false;
  let loop: Promise<void> = Promise.resolve();
  let polls: Promise<void> = Promise.resolve();

  function wake(): void {
    isAwake = true;
    wakeUp();
  }

  async function untilWoken(): Promise<void> {
    if (isAwake || isStopping) return;
    const untilDue = (worker.board.nextDue - now()) / 1000;
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(untilDue)
        ? setTimeout(resolve, Math.min(Math.max(1, untilDue), 60_000))
        : undefined;
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** While there is plenty to start, a claim that waits a moment brings more rows for nearly the same work. */
  async function untilRoomier(): Promise<void> {
    const plenty = settings.concurrency * plentyShare;
    for (let left = maxPauses; left > 0 && worker.board.waiting > plenty && !isStopping; left -= 1)
      await sleep(pauseMs);
  }

  async function work(): Promise<void> {
    let pause = 0;
    const failures = createFailureLog(logger, 'deliveries could not be claimed');
    while (!isStopping) {
      isAwake = false;
      try {
        // What ended while the database was away is written before its lease can be taken for lapsed.
        if (results.isBehind) await untilStopped(results.caughtUp());
        // By a clock that was set forward, the leases of other processes would look lapsed.
        await clock.keep();
        const asked = await worker.runOnce();
        pause = 0;
        failures.worked();
        // Those that had nothing after all are not asked again, so this ends; others may be waiting behind them.
        if (asked === 0) await untilWoken();
        else await untilRoomier();
      } catch (error) {
        pause = Math.min(backoffMs.most, pause * 2 || backoffMs.first);
        failures.failed(error);
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function poll(): Promise<void> {
    const { endpoints, hasBatch } = await discovery.find();
    for (const key of endpoints) worker.board.hint(key, now(), now());
    if (hasBatch) worker.noteBatch();
    if (hasBatch || endpoints.length > 0) wake();
  }

  async function pollForever(): Promise<void> {
    while (!isStopping) {
      try {
        await clock.keep();
        await worker.returnWaiting();
        await poll();
      } catch (error) {
        logger.debug('poll failed', describeError(error));
      }
      await sleep(settings.pollIntervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const untilStopped = (work: Promise<void>): Promise<unknown> => Promise.race([work, stopped]);

  /** What is written is what is due again. */
  function noteWritten(written: readonly Result[]): void {
    metrics.attempted(written);
    const again = written.filter(({ decision }) => decision.state === 'pending');
    for (const { claimed, decision, endedAt } of again)
      worker.board.hint(claimed.endpointKey, endedAt + decision.afterMicros, now());
    if (again.length > 0) wake();
  }

  /** Nothing more is claimed or started; what is in flight ends, its results are written and leases are given back. */
  async function windDown(): Promise<void> {
    await Promise.all([loop, polls, ...upkeep.map((end) => end())]);
    await worker.returnWaiting();
    await worker.idle();
    await direct.idle();
    while (worker.owesLeases && !isCutOff) {
      await worker.returnWaiting();
      if (worker.owesLeases) await sleep(backoffMs.first);
    }
    await results.flush();
  }

  async function purge(): Promise<void> {
    await clock.keep();
    await purgeDeliveries(database, now() - settings.retentionMicros, stopping.signal);
  }

  async function runJobs(): Promise<void> {
    while (!isStopping && (await redeliveryJobs.runStep()));
  }

  /** Once the caller's transaction has been committed, this process need not ask what is due. */
  function wakeAfter(trx: Knex.Transaction, endpoints: Iterable<number>, dueAt: number, hasBatch = false): void {
    trx.executionPromise.then(
      () => noteDue(endpoints, dueAt, hasBatch),
      () => undefined,
    );
  }

  function noteDue(endpoints: Iterable<number>, dueAt: number, hasBatch = false): void {
    if (!sends) return; // Nobody would take it off the board.
    if (hasBatch) worker.noteBatch();
    for (const key of endpoints) worker.board.hint(key, dueAt, now());
    wake();
  }

  const lookup = createEndpointLookup({ kinds, logger });
  const wakeFor = (trx: Knex.Transaction, key: number, dueAt: number): void => wakeAfter(trx, [key], dueAt);
  const deliveries = createDeliveryLog({ database, lookup, now, wake: wakeFor });
  const redeliveryJobs = createRedeliveryJobs({ database, log: deliveries, lookup, now });

  const released = (key: number): void => noteDue([key], now());
  const changes = createEndpointChanges({ database, now, logger, wake: released });
  const sweepHeld = createHeldSweep({ database, kinds, lookup, now, wake: released });

  return {
    ...changes,
    deliveries,
    redeliveryJobs,
    refusePort: (port) => void ownPorts.push(port),
    refusalOf: createAddressCheck(guard, names),
    registerEndpointKind: (kind) => void kinds.set(kind.name, kind),
    async enqueue(trx, deliveries) {
      const time = now();
      const leases = direct.begin(trx, deliveries.length);
      const { accepted, hasBatch } = await insertDeliveries(trx, database, deliveries, time, leases);
      wakeAfter(trx, leases.left, time, hasBatch);
      return accepted;
    },
    async start() {
      await clock.measure();
      if (!sends) {
        upkeep.push(repeat(settings.pollIntervalMs, clock.keep, logger));
        return;
      }
      if (database.engine === 'sqlite')
        await database.transaction(async (trx) => {
          await createQueueRepository(trx, database).endAllLeases();
          await createBatchRepository(trx, database).endAllLeases();
        });
      await poll();
      isSending = true;
      loop = work();
      upkeep.push(
        repeat(purgeIntervalMs, purge, logger),
        repeat(settings.pollIntervalMs, runJobs, logger),
        repeat(settings.pollIntervalMs, sweepHeld, logger),
      );
      if (lag) upkeep.push(repeat(lag.lookEveryMs, async () => lag.look(), logger));
      polls = pollForever();
    },
    keepsUp: async () => !lag || lag.keepsUp(),
    async stop() {
      isSending = false;
      isStopping = true;
      stopping.abort();
      worker.startNoMore();
      wake();
      await Promise.race([windDown(), sleep(settings.shutdownMs, undefined, { ref: false })]);
      isCutOff = true;
      if (results.pending > 0)
        logger.warn('stopped with results that could not be written', { results: results.pending });
      results.close();
      await sender.close();
    },
  };
}
