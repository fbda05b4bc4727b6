import type { Registry } from 'prom-client';
import type { SystemClock } from '../clock.ts';
import { createCorrectedClock } from '../database/corrected-clock.ts';
import { type Database, isTransaction, type Knex } from '../database/database.ts';
import { repeat } from '../lifecycle/repeating.ts';
import type { Logger } from '../logger.ts';
import { createDeliveryLog, type DeliveryLog } from './deliveries/delivery-log.ts';
import { createEndpointChanges } from './deliveries/endpoint-changes.ts';
import { createEventLog, type EventLog } from './deliveries/event-log.ts';
import { createRedeliveryJobs, type RedeliveryJobs } from './deliveries/redelivery-jobs.ts';
import { createStatistics, type Statistics } from './deliveries/statistics.ts';
import { createDispatcherMetrics } from './dispatcher-metrics.ts';
import { createFailureReports } from './failure-reports.ts';
import type { EnqueuedEvent, EventDelivery, NewDelivery, Result } from './model/delivery.ts';
import type { EndpointKind, EndpointRef } from './model/endpoint.ts';
import type { ChangeListener } from './model/endpoint-change.ts';
import { createAddressCheck } from './sending/address-check.ts';
import { createEndpointLookup } from './sending/endpoint-lookup.ts';
import type { Guard } from './sending/guard.ts';
import type { NameResolver } from './sending/name-resolver.ts';
import type { Sender } from './sending/sender.ts';
import { type Accepted, insertDeliveries, insertEvent } from './store/enqueue.ts';
import { createUpkeep } from './upkeep.ts';
import { createHeldSweep } from './worker/held-sweep.ts';
import { createWorkerRun, type RunSettings } from './worker/worker-run.ts';

/** The dispatcher as plugins see it. */
export interface Dispatcher {
  /** Registers how a plugin's endpoints are looked up. */
  registerEndpointKind(kind: EndpointKind): void;
  /**
   * Enqueues deliveries within the caller's transaction: they are sent after its commit, and never after a rollback. On the
   * plain database they get a transaction of their own, committed when the promise resolves. Throws `RangeError` for a
   * payload, name or key that is too long.
   */
  enqueue(db: Knex, deliveries: readonly NewDelivery[]): Promise<Accepted[]>;
  /**
   * Stores an event with a delivery to each of the endpoints, possibly none, within the caller's transaction. Its time of
   * acceptance is in microseconds. Throws `RangeError` as `enqueue` does.
   */
  enqueueEvent(
    trx: Knex.Transaction,
    event: EnqueuedEvent,
    deliveries: readonly EventDelivery[],
  ): Promise<{ acceptedAt: number; deliveries: Accepted[] }>;
  /**
   * Settles an endpoint's waiting deliveries as cancelled and resolves to their number. Deliveries in flight are not
   * interrupted; a retry of one finds the endpoint gone.
   */
  cancel(trx: Knex.Transaction, endpoint: EndpointRef): Promise<number>;
  /** Holds an endpoint's waiting deliveries until `release`. */
  hold(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void>;
  release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void>;
  /**
   * Registers a listener for deliveries that are given up, and for endpoints that fail, work again or are turned off. It is called
   * with each change once, in a transaction, within seconds, by one process of all. Its rejection repeats the call 10 s later.
   */
  onEndpointChange(listener: ChangeListener): void;
  /**
   * Orders the waiting deliveries of an endpoint by age when it becomes `ordered`, or forgets their order. Its look-up and
   * further deliveries say the same from the commit on.
   */
  setOrdered(trx: Knex.Transaction, endpoint: EndpointRef, isOrdered: boolean): Promise<void>;
  /** Whether an endpoint has a pending, held or in-flight delivery. */
  hasOpen(trx: Knex.Transaction, endpoint: EndpointRef): Promise<boolean>;
  /** Accepted deliveries and their attempts. */
  readonly deliveries: DeliveryLog;
  /** Accepted events. */
  readonly events: EventLog;
  readonly redeliveryJobs: RedeliveryJobs;
  /** Counts of deliveries, and the health of endpoints. */
  readonly statistics: Pick<Statistics, 'points' | 'health' | 'ofEndpoints'>;
  /**
   * Reason why callbacks to this URL would be refused, for a clear error when an endpoint is saved; undefined if they
   * are allowed. A name that does not resolve within a second passes: each attempt checks again.
   */
  refusalOf(url: URL): Promise<string | undefined>;
}

export interface RunningDispatcher extends Dispatcher {
  /** Refuses callbacks to a port that this process listens on, at addresses of this machine. */
  refusePort(port: number): void;
  /** Sends due deliveries, unless sending is left to other processes. */
  start(): Promise<void>;
  /** False when a due delivery has waited too long although its endpoint had a slot for it. */
  keepsUp(): Promise<boolean>;
  /** Claims no more, lets attempts in flight end, stores results and gives leases back. */
  stop(): Promise<void>;
}

export interface DispatcherParts {
  database: Database;
  now: SystemClock;
  logger: Logger;
  sender: Sender;
  registry: Registry;
  guard: Guard;
  names: NameResolver;
  /** The guard's list of ports that this process listens on. */
  ownPorts: number[];
  settings: RunSettings & { retentionMicros: number };
  /** False: this process only enqueues and leaves sending to other processes. */
  sends: boolean;
  /** Longest wait of a due delivery before `keepsUp` is false; undefined: no limit. */
  maxLagMs: number | undefined;
}

/** One dispatcher for all plugins of a process. */
export function createDispatcher(parts: DispatcherParts): RunningDispatcher {
  const { database, now: processClock, logger, registry, guard, names, ownPorts, settings, sends } = parts;
  const { reserved } = database;
  const clock = createCorrectedClock(reserved, processClock);
  const { now } = clock;
  const kinds = new Map<string, EndpointKind>();
  const metrics = createDispatcherMetrics({ registry, database: reserved, now, inFlight: () => run.inFlight });
  const listeners: ChangeListener[] = [];
  const isHeard = (): boolean => listeners.length > 0;
  const lookup = createEndpointLookup({ kinds, logger });
  const statistics = createStatistics({ database, now, isHeard });
  const { pollIntervalMs } = settings;
  const reporting = { database: reserved, kinds, lookup, statistics, listeners, now, logger, pollIntervalMs };
  const failures = createFailureReports({ ...reporting, steady: processClock.steady });
  const onStored = (results: readonly Result[]): void => {
    metrics.attempted(results);
    failures.note(results);
  };
  const run = createWorkerRun({ ...parts, database: reserved, clock, kinds, lookup, isHeard, onStored });

  /** Tells the worker of due rows ahead of its next poll. Other processes find the rows by polling. */
  function noteDue(endpoints: Iterable<number>, dueAt: number): void {
    if (sends) run.noteDue(endpoints, dueAt);
  }

  function noteDueAfter(trx: Knex.Transaction, endpoints: Iterable<number>, dueAt: number): void {
    trx.executionPromise.then(
      () => noteDue(endpoints, dueAt),
      () => undefined,
    );
  }

  async function enqueue(
    trx: Knex.Transaction,
    deliveries: readonly NewDelivery[],
    time: number = now(),
  ): Promise<Accepted[]> {
    const leases = run.beginLeases(trx);
    const accepted = await insertDeliveries(trx, deliveries, time, leases);
    noteDueAfter(trx, leases.left, time);
    return accepted;
  }

  const logParts = {
    lookup,
    now,
    wake: (trx: Knex.Transaction, key: number, dueAt: number) => noteDueAfter(trx, [key], dueAt),
  };
  const deliveries = createDeliveryLog({ database, ...logParts });
  const reservedLog = createDeliveryLog({ database: reserved, ...logParts });
  const redeliveryJobs = createRedeliveryJobs({ database, log: reservedLog, lookup, now, logger });
  const released = (key: number): void => noteDue([key], now());
  const changes = createEndpointChanges({ database: reserved, now, logger, wake: released });
  const sweepHeld = createHeldSweep({ database: reserved, kinds, lookup, now, wake: released });

  const { signal } = run;
  const redeliverSome = redeliveryJobs.runStep;
  const kept = { database: reserved, clock, redeliverSome, failures, sweepHeld, settings, signal };
  let stopClock = async (): Promise<void> => undefined;

  return {
    ...changes,
    deliveries,
    events: createEventLog({ database, now }),
    redeliveryJobs,
    statistics,
    refusePort: (port) => void ownPorts.push(port),
    refusalOf: createAddressCheck(guard, names),
    registerEndpointKind: (kind) => void kinds.set(kind.name, kind),
    onEndpointChange: (listener) => void listeners.push(listener),
    enqueue: (db, deliveries) =>
      isTransaction(db) ? enqueue(db, deliveries) : database.transaction((trx) => enqueue(trx, deliveries)),
    async enqueueEvent(trx, { id, ...event }, deliveries) {
      const acceptedAt = now();
      if (deliveries.length === 0) {
        await insertEvent(trx, { id, ...event }, acceptedAt);
        return { acceptedAt, deliveries: [] };
      }
      const all = deliveries.map((delivery) => ({ ...event, ...delivery, eventId: id }));
      return { acceptedAt, deliveries: await enqueue(trx, all, acceptedAt) };
    },
    async start() {
      await clock.measure();
      if (sends) await run.start(createUpkeep(kept));
      else stopClock = repeat(pollIntervalMs, clock.keep, logger);
    },
    keepsUp: run.keepsUp,
    async stop() {
      await Promise.all([stopClock(), run.stop()]);
      failures.close();
    },
  };
}
