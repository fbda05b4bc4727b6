import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import { upstreamCircuitOpen } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Pool } from '../../packages/undici.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { createBreaker, Undecided, verdictOf } from './breaker.ts';
import { createUpstreamPool } from './upstream-pool.ts';

/** One address of a target. */
export interface Upstream {
  readonly origin: string;
  /** For the header `Host`. */
  readonly host: string;
  readonly pool: InstanceType<typeof Pool>;
  /** Calls that are under way. */
  pending: number;
  /** What its health check said last. */
  isHealthy: boolean;
  /** Calls are held back. */
  readonly isOpen: boolean;
}

export interface Upstreams {
  readonly all: readonly Upstream[];
  /**
   * Makes a call at the upstream with the fewest under way, leaving out those whose breaker is open; once more at another one
   * if it fails and `mayRepeat`. 502, 503 and 504 count as failures of the upstream, and so does what `attempt` rejects with,
   * unless it is the caller's own fault (4xx). Rejects with `UPSTREAM_CIRCUIT_OPEN` when all breakers are open.
   */
  send<T extends Answered>(
    attempt: (upstream: Upstream) => Promise<T>,
    mayRepeat: (error: unknown) => boolean,
  ): Promise<T>;
  /** Ends all connections, at once. */
  close(): Promise<void>;
}

/** What an upstream has answered. */
export interface Answered {
  readonly status: number;
}

/** An upstream that answers like this is in trouble, even if it answers. */
const failing = new Set([502, 503, 504]);

/** For the breaker, which learns of failures by what is thrown. */
class FailingAnswer extends Error {}

interface Guarded extends Upstream {
  readonly breaker: CircuitBreakerPolicy;
  /** Since its last success. Without a failure before it, a success tells the breaker nothing, and need not cost anything. */
  hasFailed: boolean;
  openUntil: number;
}

/** The upstreams of a target with their connections, pending calls and breakers. */
export function createUpstreams(
  settings: Pick<RemoteTargetSettings, 'name' | 'upstreams' | 'timeouts' | 'breaker' | 'tls'>,
  logger: Logger,
): Upstreams {
  const all = settings.upstreams.map((origin): Guarded => {
    const upstream: Guarded = {
      origin,
      host: new URL(origin).host,
      pool: createUpstreamPool(origin, settings),
      pending: 0,
      isHealthy: true,
      breaker: createBreaker(settings.breaker.failures),
      hasFailed: false,
      openUntil: 0,
      get isOpen() {
        return this.breaker.state !== CircuitState.Closed;
      },
    };
    upstream.breaker.onBreak((reason) => {
      if ('error' in reason && reason.error instanceof Undecided) return;
      upstream.openUntil = performance.now() + settings.breaker.openMs;
      logger.warn('upstream fails, calls are held back', { target: settings.name, upstream: origin });
    });
    upstream.breaker.onReset(() => logger.info('upstream works again', { target: settings.name, upstream: origin }));
    return upstream;
  });
  /** Within it a call has failed or been answered, unless it is for the caller to send. */
  const trialMs = settings.timeouts.connectMs + settings.timeouts.headersMs;
  let turn = 0;

  /** Every outcome is told to the breaker. While it is open, the call is the one that tries. */
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
      // Whoever called gets to know from the call itself.
    }
    return call;
  }

  const chooseAmong = (tried?: Upstream): Guarded | undefined => {
    const now = performance.now();
    const open = all.filter((each) => each !== tried && mayTry(each, now));
    // A health check that fails everywhere says more about the check than about the upstreams.
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

  /** Undefined when there is none but `tried`. */
  function choose(tried?: Upstream): Guarded | undefined {
    const [only] = all;
    if (all.length === 1 && only?.breaker.state === CircuitState.Closed) return only === tried ? undefined : only;
    return chooseAmong(tried);
  }

  const isInDoubt = ({ hasFailed, breaker }: Guarded): boolean => hasFailed || breaker.state !== CircuitState.Closed;

  /** `failed` is told of a failure after the breaker, and may have something better. */
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

/** Another call has failed meanwhile: then this success ends its row. */
async function noteSuccess(upstream: Guarded): Promise<void> {
  if (upstream.breaker.state !== CircuitState.Closed) return;
  upstream.hasFailed = false;
  await upstream.breaker.execute(() => undefined);
}

/** Tells the breaker of the first failure in a row. */
async function noteFailure(upstream: Guarded, error: unknown): Promise<void> {
  upstream.hasFailed = true;
  if (upstream.breaker.state === CircuitState.Closed)
    await upstream.breaker.execute(() => Promise.reject(error)).catch(() => undefined);
}

/** While one call tries whether it works again, no other goes there. */
const mayTry = ({ breaker, openUntil }: Guarded, now: number): boolean =>
  breaker.state === CircuitState.Closed || (breaker.state === CircuitState.Open && now >= openUntil);

function retryAfter(all: readonly Guarded[]): number {
  const soonest = Math.min(...all.map(({ openUntil }) => openUntil));
  return Math.max(1, Math.ceil((soonest - performance.now()) / 1000));
}
