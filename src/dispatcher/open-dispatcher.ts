import type { Registry } from 'prom-client';
import type { SystemClock } from '../clock.ts';
import { type Config, longestAttemptMs } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { LogOutput } from '../logger.ts';
import { userAgent } from '../version.ts';
import { createDispatcher, type RunningDispatcher } from './dispatcher.ts';
import { longestTimeoutMs } from './model/attempt-times.ts';
import { createGuard } from './sending/guard.ts';
import { createNameResolver } from './sending/name-resolver.ts';
import { createThreadSender } from './sending/thread-sender.ts';

export interface DispatcherFoundation {
  readonly config: Readonly<Config>;
  readonly database: Database;
  readonly log: LogOutput;
  readonly now: SystemClock;
}

/** Builds the dispatcher of this process from the settings. Nothing runs before `start`. */
export function openDispatcher(foundation: DispatcherFoundation, registry: Registry): RunningDispatcher {
  const { config, database, log, now } = foundation;
  const connectMs = config.DISPATCH_CONNECT_TIMEOUT_MS;
  const readMs = config.DISPATCH_READ_TIMEOUT_MS;
  const ownPorts: number[] = [];
  const logger = log.labelled('dispatcher');
  const allowedNetworks = config.DISPATCH_ALLOWED_NETWORKS ?? [];
  const sending = { allowedNetworks, connectTimeoutMs: connectMs, readTimeoutMs: readMs };
  const stuckMs = 2 * longestAttemptMs({ connectMs, readMs: Math.max(readMs, longestTimeoutMs) });
  return createDispatcher({
    database,
    now,
    logger,
    sender: createThreadSender({ settings: sending, ownPorts, logger, stuckMs }),
    registry,
    guard: createGuard({ allowedNetworks, ownPorts: () => ownPorts }),
    names: createNameResolver(),
    ownPorts,
    sends: config.ROLE !== 'gateway',
    maxLagMs: config.ROLE === 'dispatcher' ? config.READY_MAX_LAG_MS : undefined,
    settings: {
      concurrency: config.DISPATCH_CONCURRENCY,
      perEndpoint: config.DISPATCH_ENDPOINT_CONCURRENCY,
      perOrigin: config.DISPATCH_ORIGIN_CONCURRENCY,
      leaseMicros: config.DISPATCH_LEASE_MS * 1000,
      attemptMicros: longestAttemptMs({ connectMs, readMs }) * 1000,
      readTimeoutMs: readMs,
      maxRetries: config.DISPATCH_MAX_RETRIES,
      retryIntervalMicros: config.DISPATCH_RETRY_INTERVAL_MS * 1000,
      pollIntervalMs: config.DISPATCH_POLL_INTERVAL_MS,
      retentionMicros: config.DISPATCH_RETENTION_DAYS * 24 * 3600 * 1_000_000,
      shutdownMs: config.SHUTDOWN_TIMEOUT_MS,
      userAgent,
    },
  });
}
