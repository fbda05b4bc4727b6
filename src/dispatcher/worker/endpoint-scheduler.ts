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

/** Part of all slots that endpoints which fail or are slow share, and as much for those of which nothing is known yet. */
const boundedShare = 0.25;
/** Slots of one endpoint that has not proven itself, so that many of them find room in the bounded part. */
const unprovenSlots = { unknown: 1, failing: 2 } as const;
const slowMs = 1000;
/** How far ahead of sending the rows of a healthy endpoint are claimed, in time and in rows. */
const aheadMs = 250;
const maxAhead = 128;
const maxKnown = 10_000;
const maxPerClaim = 50;

/** Empty when it goes nowhere. */
const originOf = ({ lookedUp }: Claimed): string => lookedUp?.address.origin ?? '';

/**
 * Keeps the endpoints apart: each has its own slots, and those that are slow, failing or new share a bounded part of all, so
 * that the others always find room. Endpoints take turns.
 */
export class EndpointScheduler {
  readonly #limits: SchedulerLimits;
  readonly #states = new Map<number, EndpointState>();
  readonly #due = new DueEndpoints<EndpointState>();
  /** Those with claimed rows that have not started, in the order of their turns. */
  readonly #startable = new Set<EndpointState>();
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

  /** Rows that have been claimed and wait here for a slot. */
  get waiting(): number {
    return this.#waiting;
  }

  /** When the next known row falls due that is not due yet. */
  get nextDue(): number {
    return this.#due.nextDue;
  }

  /**
   * Endpoints that a limit of their own keeps from having more in flight: theirs, their origin's, or what failing ones share.
   * Not those that wait because all slots are taken, or because nothing is known of them yet.
   */
  *capped(): Generator<number> {
    for (const state of this.#states.values()) if (this.#isCapped(state)) yield state.key;
  }

  /** Says that an endpoint has something due at this time. */
  hint(key: number, dueAt: number, now: number): void {
    this.#due.hint(this.#state(key), dueAt, now);
  }

  /** How many new rows of an endpoint could start at once; none while others of it wait. */
  freeSlots(key: number): number {
    const state = this.#state(key);
    const isWaitedFor = state.dueAt !== Number.POSITIVE_INFINITY || state.waiting.length > 0;
    if (isWaitedFor || !this.#hasSlot(state) || !this.#origins.hasSlot(state.origin)) return 0;
    return Math.min(this.#slotsOf(state) - state.inFlight, this.#limits.concurrency - this.#inFlight);
  }

  /**
   * Parts rows that are not in the queue: those that there is room for; those that only have to let others pass which are in the
   * queue; and those that would have to wait, which is what the queue is for.
   */
  fit(rows: readonly Claimed[]): Record<'fitting' | 'behind' | 'surplus', Claimed[]> {
    const parts = { fitting: [] as Claimed[], behind: [] as Claimed[], surplus: [] as Claimed[] };
    const ofEndpoint = new Map<EndpointState, number>();
    const ofOrigin = new Map<string, number>();
    const ofShare = { unknown: this.#leftOfShare('unknown'), failing: this.#leftOfShare('failing') };
    for (const row of rows) {
      const state = this.#state(row.endpointKey);
      const { standing, origin } = state;
      const left = ofEndpoint.get(state) ?? this.#left(state);
      const leftOfOrigin = ofOrigin.get(origin) ?? this.#origins.room(origin);
      const isUnproven = standing !== 'healthy';
      const hasShare = !isUnproven || ofShare[standing] > 0;
      const hasRoom = left > 0 && hasShare && (leftOfOrigin > 0 || this.#origins.isMoving(origin));
      const isFull = this.#waiting + parts.fitting.length >= this.#limits.concurrency;
      const fits = hasRoom && leftOfOrigin > 0 && !isFull && !this.#due.has(state);
      parts[fits ? 'fitting' : hasRoom ? 'behind' : 'surplus'].push(row);
      ofEndpoint.set(state, left - 1);
      ofOrigin.set(origin, fits ? leftOfOrigin - 1 : leftOfOrigin);
      if (fits && isUnproven) ofShare[standing] -= 1;
    }
    return parts;
  }

  /**
   * Which endpoints to claim rows for, and how many of each, at most `rows` in all. Whoever was chosen counts as empty until
   * `claimed` or `missed` says otherwise, so that what is enqueued meanwhile is not forgotten.
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
   * Takes note of what a claim has brought. An endpoint that gave all that was wanted may have more and goes to the end of the
   * line. Gives back the rows that their origin has no room for, which only shows once they have been looked up.
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

  /** A claim failed: what was wanted is still due. */
  missed(wants: readonly Want[], now: number): void {
    for (const { endpointKey } of wants) this.hint(endpointKey, now, now);
  }

  /** Starts the rows that may be sent now, endpoints taking turns. What `run` does at once to others that wait counts. */
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

  /** An attempt has ended. `isGood`: the endpoint did its part, whatever it thought of the delivery. */
  ended(row: Claimed, isGood: boolean, durationMs: number): void {
    const state = this.#state(row.endpointKey);
    this.#origins.took(originOf(row), durationMs);
    this.#occupy(state, row, -1);
    state.durationMs = state.standing === 'unknown' ? durationMs : smoothed(state.durationMs, durationMs);
    this.#used[state.standing] -= state.inFlight;
    state.standing = isGood && state.durationMs < slowMs ? 'healthy' : 'failing';
    this.#used[state.standing] += state.inFlight;
  }

  /** A row was taken up but not attempted: that says nothing about its endpoint. */
  skipped(row: Claimed): void {
    this.#occupy(this.#state(row.endpointKey), row, -1);
  }

  /** Takes away the rows that wait and meet a condition. */
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

  /** How many rows may be here: what can start soon. An endpoint that answers quickly may have more waiting than slots. */
  #target(state: EndpointState): number {
    const isHealthy = state.standing === 'healthy';
    if (!isHealthy && !this.#hasSlot(state)) return 0;
    const slots = this.#slotsOf(state);
    const ahead = isHealthy ? Math.min(maxAhead, (slots * aheadMs) / Math.max(1, state.durationMs)) : 0;
    return Math.floor(Math.max(slots, ahead));
  }

  /** How many more rows there is room for. */
  #left(state: EndpointState): number {
    return this.#target(state) - state.inFlight - state.waiting.length;
  }

  /** How many more rows to claim. */
  #room(state: EndpointState): number {
    const target = this.#target(state);
    const room = this.#left(state);
    // Half of it at a time: one claim for each row that ends would cost more than the sending.
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

  /** Makes room: the database knows what is due, so what is forgotten here is found again. */
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
