/** Claimed rows of all endpoints of an origin. */
interface OriginState {
  inFlight: number;
  waiting: number;
  /** Smoothed duration of its attempts; `Infinity` before the first. */
  durationMs: number;
}

/** Part of an origin's rows that one claim brings at least. */
const leastPart = 0.25;
/** At this many origins, the ones without claimed rows are forgotten. */
const maxKnown = 10_000;

export interface OriginLimits {
  concurrency: number;
  perOrigin: number;
  /** How far ahead of sending rows are claimed. */
  aheadMs: number;
}

const newState = (): OriginState => ({
  inFlight: 0,
  waiting: 0,
  durationMs: Number.POSITIVE_INFINITY,
});

/** Moving average of durations after one more; `before` is `Infinity` for the first. */
export const smoothed = (before: number, durationMs: number): number =>
  Number.isFinite(before) ? before * 0.8 + durationMs * 0.2 : durationMs;

/**
 * Limits the rows of each origin, which many endpoints may share. The empty origin, of rows without an
 * address, has no limits.
 */
export class OriginCounts {
  readonly #limits: OriginLimits;
  readonly #states = new Map<string, OriginState>();

  constructor(limits: OriginLimits) {
    this.#limits = limits;
  }

  count(origin: string, state: 'inFlight' | 'waiting', change: number): void {
    const counts = this.#states.get(origin) ?? this.#add(origin);
    counts[state] += change;
  }

  #add(origin: string): OriginState {
    if (this.#states.size >= maxKnown) this.#forgetIdle();
    const state = newState();
    this.#states.set(origin, state);
    return state;
  }

  #forgetIdle(): void {
    for (const [origin, { inFlight, waiting }] of this.#states)
      if (inFlight + waiting === 0) this.#states.delete(origin);
  }

  took(origin: string, durationMs: number): void {
    const state = this.#states.get(origin);
    if (!state) return;
    state.durationMs = smoothed(state.durationMs, durationMs);
  }

  hasSlot(origin: string): boolean {
    return origin === '' || (this.#states.get(origin)?.inFlight ?? 0) < this.#limits.perOrigin;
  }

  /** How many more rows may be claimed, so that an origin with many endpoints does not take all the room. */
  room(origin: string): number {
    const state = this.#states.get(origin);
    return this.#target(origin) - (state?.inFlight ?? 0) - (state?.waiting ?? 0);
  }

  /** The same for a claim: none before a part of the rows has ended, because a claim of few rows costs as much as one of many. */
  roomForClaim(origin: string): number {
    const room = this.room(origin);
    return room >= this.#target(origin) * leastPart ? room : 0;
  }

  #target(origin: string): number {
    if (origin === '') return Number.POSITIVE_INFINITY;
    const { perOrigin, concurrency, aheadMs } = this.#limits;
    const { durationMs } = this.#states.get(origin) ?? newState();
    return Math.floor(perOrigin + Math.min(concurrency * 2, (perOrigin * aheadMs) / Math.max(1, durationMs)));
  }
}
