import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { EndpointKind, LookedUp } from '../model/endpoint.ts';
import { failingAfterMicros, failuresToDisable } from '../model/reported-state.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { createReports, type FailingEndpoint, failingAfter, unreported } from '../store/failing-endpoints.ts';
import type { Statistics } from './statistics.ts';

/** Endpoints that are looked up at once. */
const page = 100;
/** Pages of unreported endpoints of one call. */
const maxPages = 20;
/** Shortest time between the beginnings of two rounds through the failing endpoints. */
const pauseMicros = 5_000_000;
/** Pause of an endpoint whose plugin has failed to turn it off. */
const restMs = 60_000;
const maxResting = 1000;

/**
 * Reports endpoints that become failing without an attempt, and turns off endpoints that have failed for the time that they set. It
 * forgives endpoints that are off or gone. A call looks up a page of the failing endpoints; the next one continues from there.
 */
export function createFailingSweep(parts: {
  database: Database;
  kinds: ReadonlyMap<string, EndpointKind>;
  lookup: EndpointLookup;
  statistics: Pick<Statistics, 'foldWith'>;
  now: () => number;
  logger: Logger;
}): (signal?: AbortSignal) => Promise<void> {
  const { database, kinds, lookup, statistics, now } = parts;
  const turnOff = createTurningOff(parts);
  let after: FailingEndpoint | undefined;
  let roundAt = Number.NEGATIVE_INFINITY;

  /** Endpoints of kinds that are not registered here cannot be looked up. */
  async function lookUp(failing: readonly FailingEndpoint[]): Promise<Map<FailingEndpoint, LookedUp['endpoint']>> {
    const known = failing.filter(({ endpoint }) => kinds.has(endpoint.kind));
    const found = await lookup.find(known.map(({ endpoint }) => endpoint));
    return new Map(known.map((each, index) => [each, found[index]?.endpoint ?? { state: 'unknown' }]));
  }

  const settle = (off: readonly FailingEndpoint[], on: readonly FailingEndpoint[]): Promise<boolean> =>
    statistics.foldWith(async (trx) => {
      const reports = createReports(trx, now());
      return [...(await reports.forgive(off)), ...(await reports.report(on))];
    });

  async function reportLate(signal: AbortSignal | undefined): Promise<void> {
    for (let pages = 0; pages < maxPages && !signal?.aborted; pages += 1) {
      const late = await database.read((db) => unreported(db, now() - failingAfterMicros, page));
      if (late.length === 0) return;
      const found = await lookUp(late);
      const [off, on] = divide(late, (each) => isOff(found.get(each)));
      if (!(await settle(off, on))) return;
    }
  }

  async function look(): Promise<void> {
    const time = now();
    // A clock that was set back must not stop the rounds.
    if (!after && Math.abs(time - roundAt) < pauseMicros) return;
    if (!after) roundAt = time;
    const failing = await database.read((db) => failingAfter(db, database, after, page));
    after = failing.length < page ? undefined : failing.at(-1);
    if (failing.length === 0) return;
    const found = await lookUp(failing);
    const off = failing.filter((each) => isOff(found.get(each)));
    // Recovered while a process of an older version has added up.
    const recovered = failing.filter(({ failingSince }) => failingSince === 0);
    if (off.length + recovered.length > 0) await settle(off, recovered);
    for (const [each, endpoint] of found) {
      const seconds = endpoint.state === 'active' ? endpoint.delivery?.disableAfterS : undefined;
      if (seconds !== undefined) await turnOff(each, seconds);
    }
  }

  return async (signal) => {
    await reportLate(signal);
    if (!signal?.aborted) await look();
  };
}

const isOff = (endpoint: LookedUp['endpoint'] | undefined): boolean =>
  endpoint?.state === 'disabled' || endpoint?.state === 'gone';

function divide<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Turns failing endpoints off by their plugins, each in a transaction of its own. A failure concerns one endpoint alone. */
function createTurningOff(parts: {
  kinds: ReadonlyMap<string, EndpointKind>;
  statistics: Pick<Statistics, 'foldWith'>;
  now: () => number;
  logger: Logger;
}) {
  const { kinds, statistics, now, logger } = parts;
  /** Ends of pauses by kind and id, as `performance.now()`. */
  const resting = new Map<string, number>();

  return async (failing: FailingEndpoint, seconds: number): Promise<void> => {
    const { organization, endpoint } = failing;
    const name = `${endpoint.kind}\n${endpoint.id}`;
    const kind = kinds.get(endpoint.kind);
    const isDue = ({ failures, failingSince }: FailingEndpoint): boolean =>
      failures >= failuresToDisable && now() - failingSince >= seconds * 1_000_000;
    if (!kind?.turnOff || !isDue(failing) || performance.now() < (resting.get(name) ?? 0)) return;
    const off = statistics.foldWith((trx) =>
      createReports(trx, now()).disable(failing, isDue, async () =>
        Boolean(await kind.turnOff?.(trx, organization, endpoint.id)),
      ),
    );
    try {
      await withDeadline(off);
    } catch (error) {
      if (isOutage(error)) throw error;
      if (resting.size >= maxResting) resting.clear();
      resting.set(name, performance.now() + restMs);
      logger.error('plugin failed to turn off an endpoint', {
        kind: endpoint.kind,
        endpoint: endpoint.id,
        ...describeError(error),
      });
    }
  };
}
