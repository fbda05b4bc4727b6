import type { Claimed } from '../model/delivery.ts';
import { isSuspect } from '../model/policy.ts';
import type { EndpointState } from './endpoint-state.ts';
import { OriginCounts } from './origin-counts.ts';
import { UnprovenShares } from './unproven-shares.ts';

export interface SlotLimits {
  concurrency: number;
  perEndpoint: number;
  perOrigin: number;
  /** How far ahead of sending the rows of an origin are claimed. */
  aheadMs: number;
}

/** A slot for a row whose transaction is not committed yet. */
export interface Reservation {
  readonly state: EndpointState;
  readonly origin: string;
}

/** Slots of one unknown or failing endpoint: few, so that many such endpoints fit into their share. */
const unprovenSlots = { unknown: 1, failing: 2 } as const;

/** Empty for a row without an address. */
export const originOf = ({ lookedUp }: Claimed): string => lookedUp?.address.origin ?? '';

/** Counts the rows that wait for a slot and the rows that have one, by endpoint, origin and share. */
export class Slots {
  readonly shares: UnprovenShares;
  readonly origins: OriginCounts;
  readonly #limits: SlotLimits;
  #inFlight = 0;
  /** Suspects in flight: one at most, so that a crash tells the guilty one from the others. */
  #suspects = 0;
  #waiting = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
    this.origins = new OriginCounts(limits);
    this.shares = new UnprovenShares(limits.concurrency);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get areTaken(): boolean {
    return this.#inFlight >= this.#limits.concurrency;
  }

  /** Maximum number of slots of an endpoint. */
  of({ standing, gate }: EndpointState): number {
    if (gate?.rule.ordered) return 1;
    const { perEndpoint } = this.#limits;
    return standing === 'healthy' ? perEndpoint : Math.min(perEndpoint, unprovenSlots[standing]);
  }

  /** Whether an endpoint has a free slot; that of the origin is another. */
  isFreeFor(state: EndpointState): boolean {
    if (this.areTaken || state.inFlight >= this.of(state)) return false;
    return this.shares.leftOfAll(state, 'inFlight') > 0 && this.shares.leftOfOrganization(state, 'inFlight') > 0;
  }

  /** Whether a row may start now, as far as its suspicion goes. */
  admits = (row: Claimed): boolean => this.#suspects === 0 || !isSuspect(row);

  /** Takes slots for a row, or frees them. */
  occupy(state: EndpointState, row: Claimed, slots: 1 | -1): void {
    this.#count(state, slots);
    this.origins.count(originOf(row), 'inFlight', slots);
    if (isSuspect(row)) this.#suspects += slots;
  }

  /** A slot of an endpoint; undefined when none is free. */
  reserve(state: EndpointState): Reservation | undefined {
    const { origin } = state;
    if (!this.isFreeFor(state) || !this.origins.mayReserve(origin)) return undefined;
    this.#count(state, 1);
    this.origins.count(origin, 'reserved', 1);
    return { state, origin };
  }

  release({ state, origin }: Reservation): void {
    this.#count(state, -1);
    this.origins.count(origin, 'reserved', -1);
  }

  countWaiting(state: EndpointState, row: Claimed, rows: number): void {
    this.#waiting += rows;
    this.shares.count(state, 'claimed', rows);
    this.origins.count(originOf(row), 'waiting', rows);
  }

  /** Runs `change`, which may change the organization or standing of an endpoint, by which its rows are counted. */
  around(state: EndpointState, change: () => void): void {
    const count = (sign: 1 | -1): void => {
      this.shares.count(state, 'inFlight', sign * state.inFlight);
      this.shares.count(state, 'claimed', sign * (state.inFlight + state.waiting.length));
    };
    count(-1);
    change();
    count(1);
  }

  #count(state: EndpointState, slots: 1 | -1): void {
    state.inFlight += slots;
    this.shares.count(state, 'inFlight', slots);
    this.shares.count(state, 'claimed', slots);
    this.#inFlight += slots;
  }
}
