/** Claimed rows of all endpoints of an origin. */
interface OriginState {
  inFlight: number;
  /** Slots of rows that are not committed yet. */
  reserved: number;
  waiting: number;
  /** Smoothed duration of its attempts; `Infinity` before the first. */
  durationMs: number;
}

/** An origin whose attempts take less frees a slot at once for a row that comes beyond its slots. */
const fastMs = 100;
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
  reserved: 0,
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

  count(origin: string, state: 'inFlight' | 'reserved' | 'waiting', change: number): void {
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
    for (const [origin, { inFlight, reserved, waiting }] of this.#states)
      if (inFlight + reserved + waiting === 0) this.#states.delete(origin);
  }

  took(origin: string, durationMs: number): void {
    const state = this.#states.get(origin);
    if (!state) return;
    state.durationMs = smoothed(state.durationMs, durationMs);
  }

  /** Whether a row may be sent. Reserved slots of a fast origin are not kept free: it has one again before the commit. */
  hasSlot(origin: string): boolean {
    const { inFlight, reserved, durationMs } = this.#of(origin);
    return origin === '' || inFlight + (durationMs < fastMs ? 0 : reserved) < this.#limits.perOrigin;
  }

  /** Whether a slot may be reserved: of a fast origin, as many again as it has. Few of its rows find none after their commit. */
  mayReserve(origin: string): boolean {
    const { inFlight, reserved, durationMs } = this.#of(origin);
    return origin === '' || inFlight + reserved < this.#limits.perOrigin * (durationMs < fastMs ? 2 : 1);
  }

  #of(origin: string): OriginState {
    return this.#states.get(origin) ?? newState();
  }

  /** How many more rows may be claimed, so that an origin with many endpoints does not take all the room. */
  room(origin: string): number {
    const { inFlight, reserved, waiting } = this.#of(origin);
    return this.#target(origin) - inFlight - reserved - waiting;
  }

  /** The same for a claim: none before a part of the rows has ended, because a claim of few rows costs as much as one of many. */
  roomForClaim(origin: string): number {
    const room = this.room(origin);
    return room >= this.#target(origin) * leastPart ? room : 0;
  }

  #target(origin: string): number {
    if (origin === '') return Number.POSITIVE_INFINITY;
    const { perOrigin, concurrency, aheadMs } = this.#limits;
    const { durationMs } = this.#of(origin);
    return Math.floor(perOrigin + Math.min(concurrency * 2, (perOrigin * aheadMs) / Math.max(1, durationMs)));
  }
}
