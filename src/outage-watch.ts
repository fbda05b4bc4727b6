import { clearTimeout, setTimeout } from 'node:timers';
import type { Database, DatabasePlace } from './database/database.ts';
import { isUnavailable, isUnwritable, reasonOf } from './database/database-errors.ts';
import { remedyFor } from './database/outage-remedies.ts';
import { isApiError } from './errors.ts';
import type { Logger } from './logger.ts';

/** The state of the database, as this process knows it. */
export interface OutageWatch {
  /** `lost`: no new connection works. `unwritable`: reads may work, writes do not. Undefined while all works. */
  readonly outage: 'lost' | 'unwritable' | undefined;
  stop(): void;
}

export interface OutageWatchParts {
  database: Pick<Database, 'place' | 'reserved' | 'onOutage' | 'probeWrite'>;
  logger: Logger;
  /** Milliseconds, for tests. */
  intervals?: Partial<typeof defaultIntervals>;
}

const defaultIntervals = {
  /** Between two lines about one outage. */
  logMs: 10_000,
  /** Between two probes during an outage. */
  probeMs: 1000,
  /** Between two reads without an outage: a process without calls notices it, too. */
  lookMs: 5000,
};

/** As much as a call may store: an outage is over when there is room for more than a few bytes. */
const probeBytes = 64 * 1024;
const fewBytes = 1024;

interface Outage {
  kind: 'lost' | 'unwritable';
  since: number;
  isLogged: boolean;
}

/**
 * Follows failures of all statements, and looks by itself. A failure is an outage when a probe on a new connection fails, too,
 * or when the database says that it cannot write. Then it is probed every second until it works again. It is the one place that
 * logs an outage: at its start, every ten seconds, and at its end.
 */
export function watchOutages({ database, logger, intervals }: OutageWatchParts): OutageWatch {
  const { logMs, probeMs, lookMs } = { ...defaultIntervals, ...intervals };
  const log = createOutageLog(logger, database.place, logMs);
  let outage: Outage | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isProbing = false;

  function wait(milliseconds: number, work: () => Promise<void>): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void work(), milliseconds).unref();
  }

  /** Resolves to the failure of a probe, or to undefined if the database works. */
  async function probe(bytes: number): Promise<unknown> {
    isProbing = true;
    try {
      return await database.probeWrite(bytes).then(() => undefined, asFailure);
    } finally {
      isProbing = false;
    }
  }

  function begin(error: unknown): void {
    if (isStopped) return;
    outage ??= { kind: kindOf(error), since: performance.now(), isLogged: false };
    log.lasts(error, outage);
    wait(probeMs, goOn);
  }

  async function goOn(): Promise<void> {
    const error = await probe(probeBytes);
    if (isStopped || !outage) return;
    if (error === undefined) {
      log.ended(outage);
      outage = undefined;
      return wait(lookMs, look);
    }
    outage.kind = kindOf(error);
    log.lasts(error, outage);
    wait(probeMs, goOn);
  }

  async function failed(error: unknown): Promise<void> {
    if (isStopped) return;
    log.count();
    if (outage) return;
    if (isUnwritable(error)) return begin(error);
    if (isProbing) return;
    const found = await probe(fewBytes);
    if (outage) return;
    if (found === undefined) log.callsFailed(error);
    else begin(found);
  }

  async function look(): Promise<void> {
    await database.reserved.read((db) => db.raw('select 1')).catch(() => undefined);
    if (!outage) wait(lookMs, look);
  }

  database.onOutage((error) => void failed(error));
  wait(lookMs, look);
  return {
    get outage() {
      return outage?.kind;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      database.onOutage(() => undefined);
    },
  };
}

/** Lines about outages, at most one about the same error every `logMs`. */
function createOutageLog(logger: Logger, place: DatabasePlace, logMs: number) {
  /** Failed calls since the start of the outage, or since the last line about calls that fail without one. */
  let failures = 0;
  /** The last line. A database with room for a probe, but not for all calls, gets no line a second. */
  let logged = { at: Number.NEGATIVE_INFINITY, code: '' };
  let warnedAt = Number.NEGATIVE_INFINITY;

  return {
    count(): void {
      failures += 1;
    },
    lasts(error: unknown, outage: Outage): void {
      const code = reasonOf(error as Error);
      if (code === logged.code && performance.now() - logged.at < logMs) return;
      logged = { at: performance.now(), code };
      outage.isLogged = true;
      const away_s = seconds(outage.since);
      const fields = { ...describePlace(place), code, reason: remedyFor(code), away_s, failures };
      if (outage.kind === 'lost') logger.error('database lost', fields);
      else logger.error('database takes no writes', fields);
    },
    ended({ since, isLogged }: Outage): void {
      if (isLogged) logger.info('database works again', { ...describePlace(place), away_s: seconds(since), failures });
      failures = 0;
    },
    /** Calls fail, although a new connection works: all connections are in use, or one was ended. */
    callsFailed(error: unknown): void {
      if (performance.now() - warnedAt < logMs) return;
      warnedAt = performance.now();
      const code = reasonOf(error as Error);
      logger.warn('database calls failed, a new connection works', { ...describePlace(place), code, failures });
      failures = 0;
    },
  };
}

/** A server that refuses the probe for another reason works. */
const asFailure = (error: unknown): unknown =>
  isUnavailable(error) || isUnwritable(error) || isApiError(error) ? error : undefined;

const kindOf = (error: unknown): Outage['kind'] => (isUnwritable(error) || isReadOnly(error) ? 'unwritable' : 'lost');

const readOnly = new Set([1036, 1290, 1792, 1836, 1874, 1881]);

const isReadOnly = (error: unknown): boolean => readOnly.has((error as { errno?: number }).errno ?? 0);

const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);

function describePlace(place: DatabasePlace) {
  if ('file' in place) return { file: place.file };
  return { host: place.host, port: place.port };
}
