import type { Logger } from '../../logger.ts';
import type { Result } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import { type GivenUp, givenUp } from '../model/endpoint-change.ts';

export interface GivenUpLog {
  /** Logs the results that have failed for good. */
  note(results: readonly Result[]): void;
  /** Logs the counts of minutes that are over. */
  tellSuppressed(): void;
  /** Logs the counts of all minutes. */
  close(): void;
}

const minuteMicros = 60_000_000;
/** Endpoints with a line in the last minute; further ones share their lines. */
const maxEndpoints = 1000;
const shared = -1;

/** The minute of an endpoint that began with a line. */
interface Minute {
  beganAt: number;
  suppressed: number;
  /** The last delivery without a line. */
  last: GivenUp | undefined;
}

/**
 * A line for each delivery that is given up: at most one a minute for an endpoint, with the number of the others. `now` in
 * microseconds, monotonic.
 */
export function createGivenUpLog({ logger, now }: { logger: Logger; now: () => number }): GivenUpLog {
  const minutes = new Map<number, Minute>();

  function noteOne(result: Result): void {
    const own = endpointKey(result.claimed.endpoint);
    const key = minutes.has(own) || minutes.size < maxEndpoints ? own : shared;
    const minute = minutes.get(key);
    if (minute && now() - minute.beganAt < minuteMicros) {
      minute.suppressed += 1;
      minute.last = givenUp(result);
      return;
    }
    write(givenUp(result), minute?.suppressed ?? 0);
    minutes.set(key, { beganAt: now(), suppressed: 0, last: undefined });
  }

  const write = ({ organization, endpoint, delivery, error, status, attempts }: GivenUp, others: number): void => {
    const { kind, id, host } = endpoint;
    const answered = status === undefined ? {} : { status };
    const more = others > 0 ? { others } : {};
    logger.warn('delivery given up', {
      ...{ organization, kind, endpoint: id, host, delivery: delivery.id, error, attempts },
      ...answered,
      ...more,
    });
  };

  function tell(isOver: (minute: Minute) => boolean): void {
    for (const [key, minute] of minutes) {
      if (!isOver(minute)) continue;
      minutes.delete(key);
      if (!minute.last) continue;
      write(minute.last, minute.suppressed - 1);
      minutes.set(key, { beganAt: now(), suppressed: 0, last: undefined });
    }
  }

  return {
    note: (results) => {
      for (const result of results) if (result.decision.state === 'failed') noteOne(result);
    },
    tellSuppressed: () => tell(({ beganAt }) => now() - beganAt >= minuteMicros),
    close: () => {
      tell(() => true);
      minutes.clear();
    },
  };
}
