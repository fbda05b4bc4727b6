/** What is open here of all endpoints of an origin. */
interface OriginState {
  inFlight: number;
  waiting: number;
  /** Smoothed duration of its attempts; `Infinity` before the first. */
  durationMs: number;
}

export interface OriginLimits {
  concurrency: number;
  perOrigin: number;
  /** How far ahead of sending rows are claimed. */
  aheadMs: number;
}

/** A smoothed duration after one more. */
export const smoothed = (before: number, durationMs: number): number =>
  Number.isFinite(before) ? before * 0.8 + durationMs * 0.2 : durationMs;

/** Keeps origins apart, which many endpoints may share. The empty origin is that of what goes nowhere, and has no limits. */
export class OriginCounts {
  readonly #limits: OriginLimits;
  readonly #states = new Map<string, OriginState>();

  constructor(limits: OriginLimits) {
    this.#limits = limits;
  }

  count(origin: string, what: 'inFlight' | 'waiting', change: number): void {
    const state = this.#states.get(origin) ?? { inFlight: 0, waiting: 0, durationMs: Number.POSITIVE_INFINITY };
    state[what] += change;
    if (state.inFlight + state.waiting === 0) this.#states.delete(origin);
    else this.#states.set(origin, state);
  }

  took(origin: string, durationMs: number): void {
    const state = this.#states.get(origin);
    if (state) state.durationMs = smoothed(state.durationMs, durationMs);
  }

  hasSlot(origin: string): boolean {
    return origin === '' || (this.#states.get(origin)?.inFlight ?? 0) < this.#limits.perOrigin;
  }

  /** How many more rows may be open here, so that an origin with many endpoints does not fill the waiting room. */
  room(origin: string): number {
    if (origin === '') return Number.POSITIVE_INFINITY;
    const { perOrigin, concurrency, aheadMs } = this.#limits;
    const state = this.#states.get(origin);
    if (!state) return perOrigin;
    const ahead = Math.min(concurrency * 2, (perOrigin * aheadMs) / Math.max(1, state.durationMs));
    return Math.floor(perOrigin + ahead) - state.inFlight - state.waiting;
  }
}
