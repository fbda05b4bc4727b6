import type { Claimed } from '../model/delivery.ts';
import type { Want } from '../store/queue-repository.ts';
import { DueEndpoints } from './due-endpoints.ts';
import { type EndpointState, newEndpointState, type Standing } from './endpoint-state.ts';
import { OriginCounts, smoothed } from './origin-counts.ts';

export interface SchedulerLimits {
  concurrency: number;
  perEndpoint: number;
  perOrigin: number;
}

/** Share of all slots for the failing and slow endpoints together; the unknown ones together have as much again. */
const boundedShare = 0.25;
/** Slots of one unknown or failing endpoint: few, so that many such endpoints fit into their share. */
const unprovenSlots = { unknown: 1, failing: 2 } as const;
const slowMs = 1000;
/** How far ahead of sending the rows of a healthy endpoint are claimed: in time, and at most in rows. */
const aheadMs = 250;
const maxAhead = 128;
/** Maximum number of endpoint states in memory. */
const maxKnown = 10_000;
/** Maximum number of endpoints of one claim. */
const maxPerClaim = 50;

/** Empty for a row without an address. */
const originOf = ({ lookedUp }: Claimed): string => lookedUp?.address.origin ?? '';

/**
 * Decides which rows to claim and to start. Endpoints are isolated from each other: each has slots of its own, and
 * slow, failing or unknown endpoints share a bounded part of all slots, so that healthy ones always find room.
 * Endpoints take turns.
 */
export class EndpointScheduler {
  readonly #limits: SchedulerLimits;
  readonly #states = new Map<number, EndpointState>();
  readonly #due = new DueEndpoints<EndpointState>();
  /** Endpoints with claimed rows that have not started, in the order of their turns. */
  readonly #startable = new Set<EndpointState>();
  /** Slots in use. */
  readonly #used: Record<Standing, number> = { unknown: 0, healthy: 0, failing: 0 };
  readonly #origins: OriginCounts;
  #inFlight = 0;
  #waiting = 0;

  constructor(limits: SchedulerLimits) {
    this.#limits = limits;
    this.#origins = new OriginCounts({ ...limits, aheadMs });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Number of claimed rows that wait for a slot. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Due time (microseconds) of the next known row that is not due yet. */
  get nextDue(): number {
    return this.#due.nextDue;
  }

  /**
   * Keys of endpoints at a limit of their own: their slots, the slots of their origin, or the share of failing
   * endpoints. Endpoints that wait because all slots, or the share of unknown endpoints, are taken are not among them.
   */
  *capped(): Generator<number> {
    for (const state of this.#states.values()) if (this.#isCapped(state)) yield state.key;
  }

  /** Records that an endpoint has a row due at `dueAt`. Times in microseconds. */
  hint(key: number, dueAt: number, now: number): void {
    this.#due.hint(this.#state(key), dueAt, now);
  }

  /** How many new rows of an endpoint could start at once; 0 while other rows of it are due or waiting. */
  freeSlots(key: number): number {
    const state = this.#state(key);
    const isWaitedFor = state.dueAt !== Number.POSITIVE_INFINITY || state.waiting.length > 0;
    if (isWaitedFor || !this.#hasSlot(state) || !this.#origins.hasSlot(state.origin)) return 0;
    return Math.min(this.#slotsOf(state) - state.inFlight, this.#limits.concurrency - this.#inFlight);
  }

  /**
   * Chooses the endpoints to claim rows for, and how many of each, at most `rows` in all. A chosen endpoint counts as
   * having no due rows until `hint`, `claimed` or `missed`, so that rows enqueued during the claim are not forgotten.
   */
  choose(now: number, rows: number): Want[] {
    this.#due.promote(now);
    const wants: Want[] = [];
    const planned = new Map<string, number>();
    let left = rows;
    for (const state of this.#due) {
      if (wants.length >= maxPerClaim || left <= 0) break;
      const soFar = planned.get(state.origin) ?? 0;
      const take = Math.min(this.#room(state), this.#origins.room(state.origin) - soFar, left);
      if (take <= 0) continue;
      wants.push({ endpointKey: state.key, take });
      planned.set(state.origin, soFar + take);
      left -= take;
    }
    for (const { endpointKey } of wants) this.#due.take(this.#state(endpointKey));
    return wants;
  }

  /**
   * Records the rows of a claim. `found`: number of rows by endpoint. An endpoint that yielded all wanted rows may
   * have more and goes to the end of the line. Returns the rows that exceed the room of their origin, which only the
   * look-up reveals.
   */
  claimed(
    wants: readonly Want[],
    found: ReadonlyMap<number, number>,
    rows: readonly Claimed[],
    now: number,
  ): Claimed[] {
    const surplus: Claimed[] = [];
    for (const row of rows) {
      const state = this.#state(row.endpointKey);
      const origin = originOf(row);
      const isPlanned = state.origin === origin;
      state.origin = origin;
      if (!isPlanned && this.#origins.room(origin) <= 0) {
        surplus.push(row);
        continue;
      }
      state.waiting.push(row);
      this.#countWaiting(row, 1);
      this.#startable.add(state);
    }
    for (const { endpointKey, take } of wants)
      if ((found.get(endpointKey) ?? 0) >= take) this.hint(endpointKey, now, now);
    return surplus;
  }

  /** Records that a claim failed: its endpoints still have due rows. */
  missed(wants: readonly Want[], now: number): void {
    for (const { endpointKey } of wants) this.hint(endpointKey, now, now);
  }

  /** Starts waiting rows while slots are free; endpoints take turns. `run` may withdraw other rows synchronously. */
  start(run: (row: Claimed) => void): void {
    for (let started = true; started; ) {
      started = false;
      for (const state of this.#startable) {
        const row = state.waiting[0];
        if (!row) this.#startable.delete(state);
        if (!row || !this.#hasSlot(state) || !this.#origins.hasSlot(originOf(row))) continue;
        state.waiting.shift();
        this.#countWaiting(row, -1);
        this.#occupy(state, row, 1);
        started = true;
        run(row);
      }
    }
  }

  /** Records the end of an attempt. `isGood`: the endpoint works, even if it rejected the delivery. */
  ended(row: Claimed, isGood: boolean, durationMs: number): void {
    const state = this.#state(row.endpointKey);
    this.#origins.took(originOf(row), durationMs);
    this.#occupy(state, row, -1);
    state.durationMs = state.standing === 'unknown' ? durationMs : smoothed(state.durationMs, durationMs);
    this.#used[state.standing] -= state.inFlight;
    state.standing = isGood && state.durationMs < slowMs ? 'healthy' : 'failing';
    this.#used[state.standing] += state.inFlight;
  }

  /** Frees the slot of a row that was not attempted, which says nothing about its endpoint. */
  skipped(row: Claimed): void {
    this.#occupy(this.#state(row.endpointKey), row, -1);
  }

  /** Removes and returns the waiting rows that meet a condition. */
  withdraw(condition: (row: Claimed) => boolean): Claimed[] {
    const rows: Claimed[] = [];
    for (const { waiting } of this.#startable) {
      const kept = waiting.filter((row) => !condition(row));
      if (kept.length < waiting.length) rows.push(...waiting.splice(0, waiting.length, ...kept).filter(condition));
    }
    for (const row of rows) this.#countWaiting(row, -1);
    return rows;
  }

  #occupy(state: EndpointState, row: Claimed, slots: number): void {
    state.inFlight += slots;
    this.#used[state.standing] += slots;
    this.#inFlight += slots;
    this.#origins.count(originOf(row), 'inFlight', slots);
  }

  #countWaiting(row: Claimed, rows: number): void {
    this.#waiting += rows;
    this.#origins.count(originOf(row), 'waiting', rows);
  }

  #slotsOf({ standing }: EndpointState): number {
    const { perEndpoint } = this.#limits;
    return standing === 'healthy' ? perEndpoint : Math.min(perEndpoint, unprovenSlots[standing]);
  }

  #hasSlot(state: EndpointState): boolean {
    const { concurrency } = this.#limits;
    if (this.#inFlight >= concurrency || state.inFlight >= this.#slotsOf(state)) return false;
    return state.standing === 'healthy' || !this.#isShareUsed(state.standing);
  }

  #leftOfShare(standing: Standing): number {
    return Math.max(1, Math.floor(this.#limits.concurrency * boundedShare)) - this.#used[standing];
  }

  #isShareUsed(standing: Standing): boolean {
    return this.#leftOfShare(standing) <= 0;
  }

  #isCapped(state: EndpointState): boolean {
    if (state.inFlight >= this.#slotsOf(state) || !this.#origins.hasSlot(state.origin)) return true;
    return state.standing === 'failing' && this.#isShareUsed('failing');
  }

  /** Maximum number of claimed rows: as many as can start soon. A fast endpoint may have more of them than slots. */
  #target(state: EndpointState): number {
    const isHealthy = state.standing === 'healthy';
    if (!isHealthy && !this.#hasSlot(state)) return 0;
    const slots = this.#slotsOf(state);
    const ahead = isHealthy ? Math.min(maxAhead, (slots * aheadMs) / Math.max(1, state.durationMs)) : 0;
    return Math.floor(Math.max(slots, ahead));
  }

  /** How many more rows fit. */
  #left(state: EndpointState): number {
    return this.#target(state) - state.inFlight - state.waiting.length;
  }

  /** How many more rows to claim. */
  #room(state: EndpointState): number {
    const target = this.#target(state);
    const room = this.#left(state);
    // At least half the target at a time: a claim after each finished row would cost more than sending.
    return room > 0 && room * 2 >= target ? room : 0;
  }

  #state(key: number): EndpointState {
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#states.size >= maxKnown) this.#forgetIdle();
    const state = newEndpointState(key);
    this.#states.set(key, state);
    return state;
  }

  /** Drops idle states to make room. The polls find their due rows again in the database. */
  #forgetIdle(): void {
    let excess = maxKnown / 10;
    for (const [key, state] of this.#states) {
      if (excess <= 0) return;
      if (state.inFlight > 0 || state.waiting.length > 0) continue;
      this.#states.delete(key);
      this.#due.forget(state);
      excess -= 1;
    }
  }
}
