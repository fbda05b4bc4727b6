import type { Claimed } from '../model/delivery.ts';
import type { EndpointProfile, Standing } from '../model/endpoint-profile.ts';
import type { Gate } from '../model/gate.ts';
import type { DueState } from './due-endpoints.ts';

export type { Standing } from '../model/endpoint-profile.ts';

/** Restraints of an endpoint as this process knows them. Times are microseconds. */
export interface KnownGate {
  readonly rule: Gate;
  /** The rate limit allows no attempt before. */
  nextAt: number;
  /** Attempts that were allowed and not made, because their rows were given back: the next claim may use them. */
  unused: number;
  /** No claim asks for rows before. */
  askAt: number;
  /** Time of the last claim. */
  askedAt: number;
  /** Time from which a claim looks for deliveries that are not in the order. */
  adoptAt: number;
  /** Whether the last claim left due rows that wait for their turn. */
  isRestrained: boolean;
}

/** An endpoint that has, or lately had, rows to send, as this process knows it. */
export interface EndpointState extends DueState {
  readonly key: number;
  /** Empty until it is learned. */
  organization: string;
  /** Whether the endpoint's profile was looked up or made here. */
  isKnown: boolean;
  /** `performance.now()` when its profile was stored or read; undefined before. */
  storedAt: number | undefined;
  /** Whether its latest claim brought all rows that were wanted, so that it probably has more. */
  hasMore: boolean;
  inFlight: number;
  readonly waiting: Claimed[];
  standing: Standing;
  /** Smoothed duration of its attempts; 0 before the first. */
  durationMs: number;
  /** Origin of its latest row; empty until the first look-up. */
  origin: string;
  /** Its restraints; undefined without any. */
  gate: KnownGate | undefined;
}

const newEndpointState = (key: number): EndpointState => ({
  key,
  organization: '',
  isKnown: false,
  storedAt: undefined,
  dueAt: Number.POSITIVE_INFINITY,
  further: [],
  hasMore: false,
  inFlight: 0,
  waiting: [],
  standing: 'unknown',
  durationMs: 0,
  origin: '',
  gate: undefined,
});

/** Maximum number of endpoint states in memory. */
const maxKnown = 10_000;
const forgottenAtOnce = maxKnown / 10;
/** A profile that does not change is stored again after this time, so that it is not purged. */
const restoreMs = 24 * 3600 * 1000;
const inOrderOfWorth: readonly Standing[] = ['unknown', 'failing', 'healthy'];

/** The endpoints that this process knows. */
export class EndpointStates {
  readonly #states = new Map<number, EndpointState>();
  readonly #onForgotten: (state: EndpointState) => void;
  /** States whose profiles are not stored as they are. */
  readonly #changed = new Set<EndpointState>();
  /** States without a profile. */
  readonly #strangers = new Set<EndpointState>();

  constructor(onForgotten: (state: EndpointState) => void) {
    this.#onForgotten = onForgotten;
  }

  values(): Iterable<EndpointState> {
    return this.#states.values();
  }

  has(key: number): boolean {
    return this.#states.has(key);
  }

  of(key: number): EndpointState {
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#states.size >= maxKnown) this.#forgetIdle();
    const state = newEndpointState(key);
    this.#states.set(key, state);
    this.#strangers.add(state);
    return state;
  }

  /** Marks a state as known, whose profile needs no look-up. */
  known(state: EndpointState): void {
    state.isKnown = true;
    this.#strangers.delete(state);
  }

  /** Notes that an attempt has ended; `isOther`: the standing has changed. */
  attempted(state: EndpointState, isOther: boolean): void {
    this.known(state);
    if (isOther || state.storedAt === undefined || performance.now() - state.storedAt > restoreMs)
      this.#changed.add(state);
  }

  /** Keys of endpoints to be looked up, at most `limit`. */
  strangers(limit: number): number[] {
    return this.#strangers
      .values()
      .take(limit)
      .map(({ key }) => key)
      .toArray();
  }

  /** Takes profiles to be stored, at most `limit`. */
  takeChanged(limit: number): EndpointProfile[] {
    const taken = [...this.#changed].filter(({ organization }) => organization !== '').slice(0, limit);
    for (const state of taken) {
      this.#changed.delete(state);
      state.storedAt = performance.now();
    }
    return taken.map(({ key, organization, standing, durationMs }) => ({ key, organization, standing, durationMs }));
  }

  /** Takes back profiles that could not be stored. */
  keepChanged(profiles: readonly EndpointProfile[]): void {
    for (const { key } of profiles) {
      const state = this.#states.get(key);
      if (state) this.#changed.add(state);
    }
  }

  /**
   * Drops idle states to make room: unknown endpoints before failing and those before healthy ones, and within each
   * first the endpoints of the organization that has most of them. The polls find their due rows again.
   */
  #forgetIdle(): void {
    let excess = forgottenAtOnce;
    for (const standing of inOrderOfWorth) {
      const idle = [...this.#states.values()].filter(
        (state) => state.standing === standing && state.inFlight === 0 && state.waiting.length === 0,
      );
      const lines = [...Map.groupBy(idle, ({ organization }) => organization).values()];
      for (const state of lines.sort((a, b) => b.length - a.length).flat()) {
        if (excess <= 0) return;
        this.#forget(state);
        excess -= 1;
      }
    }
  }

  #forget(state: EndpointState): void {
    this.#states.delete(state.key);
    this.#changed.delete(state);
    this.#strangers.delete(state);
    this.#onForgotten(state);
  }
}
