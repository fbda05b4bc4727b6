import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import { upstreamCircuitOpen } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { Admission } from './admission.ts';
import { createBreaker, showsNothing } from './breaker.ts';
import { createUpstreamPool, type UpstreamPool } from './upstream-pool.ts';

/** One upstream of a target. */
export interface Upstream {
  readonly origin: string;
  /** Value of the `Host` header. */
  readonly host: string;
  readonly pool: UpstreamPool;
  /** Lets calls use the pool. */
  readonly admission: Admission;
  /** Number of calls in flight. */
  pending: number;
  /** Result of the latest health checks. */
  isHealthy: boolean;
  readonly breakerState: 'closed' | 'open' | 'half_open';
}

export interface Upstreams {
  readonly all: readonly Upstream[];
  /**
   * Runs `attempt` at the healthy upstream with the fewest calls in flight whose breaker lets it through; unhealthy ones
   * are used only if no upstream is healthy. Runs it once more at another upstream if it fails and `mayRepeat` returns
   * true. Statuses 502, 503 and 504 and rejections of `attempt` count as failures of the upstream, except errors that
   * show nothing about it, such as the caller's (4xx). Rejects with `UPSTREAM_CIRCUIT_OPEN` when all breakers are open.
   * `isAwaited` tells whether the call waits for its client at the moment.
   */
  send<T extends Answered>(
    attempt: (upstream: Upstream) => Promise<T>,
    mayRepeat: (error: unknown) => boolean,
    isAwaited?: () => boolean,
  ): Promise<T>;
  /** Closes all connections at once. */
  close(): Promise<void>;
}

/** The response of an upstream. */
export interface Answered {
  readonly status: number;
}

/** Statuses that count as failures of the upstream. */
const failing = new Set([502, 503, 504]);

/** Represents a failing status to the breaker, which only sees exceptions. */
class FailingAnswer extends Error {}

/** A call that has passed an open breaker. */
interface Trial {
  readonly isAwaited: () => boolean;
  /** `performance.now()` until which it is the only one, unless it waits for its client. */
  readonly aloneUntil: number;
}

interface Guarded extends Upstream {
  readonly breaker: CircuitBreakerPolicy;
  /**
   * Whether it has failed since its last success. Successes without a failure before them are not reported to the
   * breaker, which saves their cost.
   */
  hasFailed: boolean;
  /** `performance.now()` from which a trial call may be made. */
  openUntil: number;
  /** The latest trial call that is in flight. */
  trial: Trial | undefined;
}

type Settings = Pick<RemoteTargetSettings, 'name' | 'upstreams' | 'timeouts' | 'breaker' | 'tls'>;

/** Creates the upstreams of a target with their connections, counts of calls in flight and breakers. */
export function createUpstreams(settings: Settings, logger: Logger): Upstreams {
  const all = settings.upstreams.map((origin) => createGuarded(origin, settings, logger));
  /** A call that is not waiting for its client has failed or been answered within this time. */
  const trialMs = settings.timeouts.connectMs + settings.timeouts.headersMs;
  let turn = 0;

  /** Calls the upstream although its breaker is open, and lets the outcome decide about the breaker. */
  async function runTrial<T extends Answered>(
    upstream: Guarded,
    attempt: (upstream: Upstream) => Promise<T>,
    isAwaited: () => boolean,
  ): Promise<T> {
    const call = attempt(upstream);
    const trial = { isAwaited, aloneUntil: performance.now() + trialMs };
    upstream.trial = trial;
    const failure = await call.then(
      ({ status }) => (failing.has(status) ? new FailingAnswer() : undefined),
      (error: unknown) => error,
    );
    const isLatest = upstream.trial === trial;
    if (isLatest) upstream.trial = undefined;
    if (failure === undefined) await noteSuccess(upstream);
    else await noteFailure(upstream, failure, isLatest);
    return call;
  }

  /** A check that fails at every upstream says more about the check than about the upstreams. */
  const usable = (): Guarded[] => {
    const healthy = all.filter(({ isHealthy }) => isHealthy);
    return healthy.length > 0 ? healthy : all;
  };

  const chooseAmong = (tried?: Upstream): Guarded | undefined => {
    const now = performance.now();
    const candidates = usable().filter((each) => each !== tried && mayTry(each, now));
    turn += 1;
    let best: Guarded | undefined;
    for (let index = 0; index < candidates.length; index += 1) {
      const each = candidates[(index + turn) % candidates.length] as Guarded;
      if (!best || each.pending < best.pending) best = each;
    }
    return best;
  };

  /** Returns undefined if there is no candidate other than `tried`. */
  function choose(tried?: Upstream): Guarded | undefined {
    const [only] = all;
    if (all.length === 1 && only && isClosed(only)) return only === tried ? undefined : only;
    return chooseAmong(tried);
  }

  /** `failed` is called after the breaker has counted the failure, and may return another attempt. */
  function run<T extends Answered>(
    upstream: Guarded,
    attempt: (upstream: Upstream) => Promise<T>,
    isAwaited: () => boolean,
    failed: (error: unknown) => Promise<T>,
  ): Promise<T> {
    if (!isClosed(upstream)) return runTrial(upstream, attempt, isAwaited).catch(failed);
    return attempt(upstream).then(
      (answer) => {
        if (failing.has(answer.status)) return noteFailure(upstream, new FailingAnswer()).then(() => answer);
        return upstream.hasFailed && isClosed(upstream) ? noteSuccess(upstream).then(() => answer) : answer;
      },
      (error) => noteFailure(upstream, error).then(() => failed(error)),
    );
  }

  return {
    all,
    send: (attempt, mayRepeat, isAwaited = () => false) => {
      const first = choose();
      if (!first) return Promise.reject(upstreamCircuitOpen(retryAfter(usable())));
      return run(first, attempt, isAwaited, (error) => {
        const second = mayRepeat(error) ? choose(first) : undefined;
        return second ? run(second, attempt, isAwaited, (again) => Promise.reject(again)) : Promise.reject(error);
      });
    },
    close: async () => {
      await Promise.all(all.map(({ pool }) => pool.destroy()));
    },
  };
}

/** An upstream whose breaker logs when it opens and closes. */
function createGuarded(origin: string, settings: Settings, logger: Logger): Guarded {
  const upstream: Guarded = {
    origin,
    host: new URL(origin).host,
    pool: createUpstreamPool(origin, settings),
    admission: new Admission(settings.timeouts.connectMs),
    pending: 0,
    isHealthy: true,
    breaker: createBreaker(settings.breaker.failures),
    hasFailed: false,
    openUntil: 0,
    trial: undefined,
    get breakerState() {
      if (isClosed(this)) return 'closed';
      return this.trial ? 'half_open' : 'open';
    },
  };
  upstream.breaker.onBreak(() => {
    upstream.openUntil = performance.now() + settings.breaker.openMs;
    logger.warn('upstream failing, circuit breaker opened', { target: settings.name, upstream: origin });
  });
  upstream.breaker.onReset(() =>
    logger.info('upstream recovered, circuit breaker closed', { target: settings.name, upstream: origin }),
  );
  return upstream;
}

const isClosed = ({ breaker }: Guarded): boolean => breaker.state === CircuitState.Closed;

/** Reports a success: it ends the sequence of failures, and closes an open breaker. */
async function noteSuccess(upstream: Guarded): Promise<void> {
  upstream.hasFailed = false;
  upstream.trial = undefined;
  await upstream.breaker.execute(() => undefined);
}

/**
 * Reports a failure to the breaker. An open one learns only of the latest trial's: each one reported keeps it open for
 * another `openMs`.
 */
async function noteFailure(upstream: Guarded, error: unknown, isTrial = false): Promise<void> {
  if (showsNothing(error)) return;
  upstream.hasFailed = true;
  if (isTrial || isClosed(upstream)) await upstream.breaker.execute(() => Promise.reject(error)).catch(() => undefined);
}

/**
 * An open breaker lets one trial call through at a time. A trial that waits for its client, or takes long, holds up no
 * other one: clients could keep the breaker open by bodies that they do not send.
 */
function mayTry(upstream: Guarded, now: number): boolean {
  const { breaker, openUntil, trial } = upstream;
  if (breaker.state !== CircuitState.Open) return isClosed(upstream);
  return now >= openUntil && (!trial || now >= trial.aloneUntil || trial.isAwaited());
}

function retryAfter(upstreams: readonly Guarded[]): number {
  const soonest = Math.min(...upstreams.map(({ openUntil }) => openUntil));
  return Math.max(1, Math.ceil((soonest - performance.now()) / 1000));
}
