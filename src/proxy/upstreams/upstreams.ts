import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import { upstreamCircuitOpen } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { createBreaker, showsNothing, Undecided, verdictOf } from './breaker.ts';
import { createUpstreamPool, type UpstreamPool } from './upstream-pool.ts';

/** One upstream of a target. */
export interface Upstream {
  readonly origin: string;
  /** Value of the `Host` header. */
  readonly host: string;
  readonly pool: UpstreamPool;
  /** Number of calls in flight. */
  pending: number;
  /** Result of the latest health checks. */
  isHealthy: boolean;
  readonly breakerState: 'closed' | 'open' | 'half_open';
}

export interface Upstreams {
  readonly all: readonly Upstream[];
  /**
   * Runs `attempt` at the upstream with the fewest calls in flight whose breaker lets it through. Runs it once more at
   * another upstream if it fails and `mayRepeat` returns true. Statuses 502, 503 and 504 and rejections of `attempt`
   * count as failures of the upstream, except errors that show nothing about it, such as the caller's (4xx). Rejects with `UPSTREAM_CIRCUIT_OPEN` when all
   * breakers are open.
   */
  send<T extends Answered>(
    attempt: (upstream: Upstream) => Promise<T>,
    mayRepeat: (error: unknown) => boolean,
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

interface Guarded extends Upstream {
  readonly breaker: CircuitBreakerPolicy;
  /**
   * Whether it has failed since its last success. Successes without a failure before them are not reported to the
   * breaker, which saves their cost.
   */
  hasFailed: boolean;
  /** `performance.now()` from which a trial call may be made. */
  openUntil: number;
}

type Settings = Pick<RemoteTargetSettings, 'name' | 'upstreams' | 'timeouts' | 'breaker' | 'tls'>;

/** Creates the upstreams of a target with their connections, counts of calls in flight and breakers. */
export function createUpstreams(settings: Settings, logger: Logger): Upstreams {
  const all = settings.upstreams.map((origin) => createGuarded(origin, settings, logger));
  /** A call that is not waiting for its client has failed or been answered within this time. */
  const trialMs = settings.timeouts.connectMs + settings.timeouts.headersMs;
  let turn = 0;

  /** Reports the outcome to the breaker. If the breaker is open, this call is the trial. */
  async function runInDoubt<T extends Answered>(
    upstream: Guarded,
    attempt: (upstream: Upstream) => Promise<T>,
  ): Promise<T> {
    const { breaker } = upstream;
    const call = attempt(upstream);
    const verdict = breaker.state === CircuitState.Closed ? call : verdictOf(call, trialMs);
    try {
      await breaker.execute(async () => {
        if (failing.has((await verdict).status)) throw new FailingAnswer();
      });
      upstream.hasFailed = false;
    } catch {
      // The call itself rejects as well, and carries the error to its caller.
    }
    return call;
  }

  const chooseAmong = (tried?: Upstream): Guarded | undefined => {
    const now = performance.now();
    const open = all.filter((each) => each !== tried && mayTry(each, now));
    // A check that fails at every upstream says more about the check than about the upstreams.
    const healthy = open.filter(({ isHealthy }) => isHealthy);
    const candidates = healthy.length > 0 ? healthy : open;
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
    if (all.length === 1 && only?.breaker.state === CircuitState.Closed) return only === tried ? undefined : only;
    return chooseAmong(tried);
  }

  const isInDoubt = ({ hasFailed, breaker }: Guarded): boolean => hasFailed || breaker.state !== CircuitState.Closed;

  /** `failed` is called after the breaker has counted the failure, and may return another attempt. */
  function run<T extends Answered>(
    upstream: Guarded,
    attempt: (upstream: Upstream) => Promise<T>,
    failed: (error: unknown) => Promise<T>,
  ): Promise<T> {
    if (isInDoubt(upstream)) return runInDoubt(upstream, attempt).catch(failed);
    return attempt(upstream).then(
      (answer) => {
        if (failing.has(answer.status)) return noteFailure(upstream, new FailingAnswer()).then(() => answer);
        return upstream.hasFailed ? noteSuccess(upstream).then(() => answer) : answer;
      },
      (error) => noteFailure(upstream, error).then(() => failed(error)),
    );
  }

  return {
    all,
    send: (attempt, mayRepeat) => {
      const first = choose();
      if (!first) return Promise.reject(upstreamCircuitOpen(retryAfter(all)));
      return run(first, attempt, (error) => {
        const second = mayRepeat(error) ? choose(first) : undefined;
        return second ? run(second, attempt, (again) => Promise.reject(again)) : Promise.reject(error);
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
    pending: 0,
    isHealthy: true,
    breaker: createBreaker(settings.breaker.failures),
    hasFailed: false,
    openUntil: 0,
    get breakerState() {
      if (this.breaker.state === CircuitState.Closed) return 'closed';
      return this.breaker.state === CircuitState.HalfOpen ? 'half_open' : 'open';
    },
  };
  upstream.breaker.onBreak((reason) => {
    if ('error' in reason && reason.error instanceof Undecided) return;
    upstream.openUntil = performance.now() + settings.breaker.openMs;
    logger.warn('upstream failing, circuit breaker opened', { target: settings.name, upstream: origin });
  });
  upstream.breaker.onReset(() =>
    logger.info('upstream recovered, circuit breaker closed', { target: settings.name, upstream: origin }),
  );
  return upstream;
}

/** Reports a success that follows another call's failure: it ends the sequence of failures. */
async function noteSuccess(upstream: Guarded): Promise<void> {
  if (upstream.breaker.state !== CircuitState.Closed) return;
  upstream.hasFailed = false;
  await upstream.breaker.execute(() => undefined);
}

/** Reports the first failure of a sequence to the breaker. */
async function noteFailure(upstream: Guarded, error: unknown): Promise<void> {
  if (showsNothing(error)) return;
  upstream.hasFailed = true;
  if (upstream.breaker.state === CircuitState.Closed)
    await upstream.breaker.execute(() => Promise.reject(error)).catch(() => undefined);
}

/** A half-open breaker has its trial call in flight and lets no other through. */
const mayTry = ({ breaker, openUntil }: Guarded, now: number): boolean =>
  breaker.state === CircuitState.Closed || (breaker.state === CircuitState.Open && now >= openUntil);

function retryAfter(all: readonly Guarded[]): number {
  const soonest = Math.min(...all.map(({ openUntil }) => openUntil));
  return Math.max(1, Math.ceil((soonest - performance.now()) / 1000));
}
