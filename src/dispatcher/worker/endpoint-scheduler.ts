import type { Claimed } from '../model/delivery.ts';
import type { EndpointProfile } from '../model/endpoint-profile.ts';
import type { Want } from '../store/due-rows.ts';
import { DueEndpoints } from './due-endpoints.ts';
import { allowance, EndpointGates, opensAt } from './endpoint-gates.ts';
import { type EndpointState, EndpointStates } from './endpoint-state.ts';
import { OrganizationTurns } from './organization-turns.ts';
import { smoothed } from './origin-counts.ts';
import { originOf, type Reservation, type SlotLimits, Slots } from './slots.ts';

export type SchedulerLimits = Omit<SlotLimits, 'aheadMs'>;

const slowMs = 1000;
/** How far ahead of sending the rows of a healthy endpoint are claimed: in time, and at most in rows. */
const aheadMs = 250;
const maxAhead = 128;
/** Maximum numbers of endpoints of one claim, and of the ones among them that have many rows or a gate: they cost several times as much. */
const [maxPerClaim, maxApart] = [200, 50];

/**
 * Decides which rows to claim and to start. Endpoints are isolated from each other: each has slots of its own, and
 * slow, failing or unknown endpoints share a bounded part of all slots, so that healthy ones always find room.
 * Organizations take turns, and so do the endpoints of each.
 */
export class EndpointScheduler {
  /** The endpoints that this process knows. */
  readonly states = new EndpointStates((state) => this.#due.forget(state));
  /** Their rate limits and orders. */
  readonly gates = new EndpointGates(this.states, (state, dueAt, now) => this.#hint(state, dueAt, now));
  readonly #limits: SchedulerLimits;
  readonly #due = new DueEndpoints<EndpointState>();
  /** Endpoints with claimed rows that have not started. */
  readonly #startable = new OrganizationTurns<EndpointState>();
  readonly #slots: Slots;

  constructor(limits: SchedulerLimits) {
    this.#limits = limits;
    this.#slots = new Slots({ ...limits, aheadMs });
  }

  get inFlight(): number {
    return this.#slots.inFlight;
  }

  /** Number of claimed rows that wait for a slot. */
  get waiting(): number {
    return this.#slots.waiting;
  }

  /** Due time (microseconds) of the next known row that is not due yet. */
  get nextDue(): number {
    return this.#due.nextDue;
  }

  /**
   * Keys of endpoints at a limit of their own: their gate, their slots, the slots of their origin, their organization's part of
   * a share, or the share of failing endpoints. Endpoints that wait because all slots, or the share of unknown endpoints,
   * are taken are not among them.
   */
  *capped(): Generator<number> {
    for (const state of this.states.values()) if (this.#isCapped(state)) yield state.key;
  }

  /** Records that an endpoint has a row due at `dueAt`. Times in microseconds. */
  hint(key: number, dueAt: number, now: number): void {
    this.#hint(this.states.of(key), dueAt, now);
  }

  /** Records the organization of an endpoint. */
  belongs(key: number, organization: string): void {
    this.#change(this.states.of(key), { organization });
  }

  /** Records what an earlier process, or another one, found out. Knowledge of this process is not overwritten. */
  learn({ key, organization, standing, durationMs }: EndpointProfile): void {
    const state = this.states.of(key);
    if (state.isKnown) return;
    this.states.known(state);
    if (standing !== 'unknown') state.storedAt = performance.now();
    state.durationMs = durationMs;
    this.#change(state, { organization, standing });
  }

  /** Reserves a slot for a new row of an endpoint; undefined while other rows of it are due or waiting, or none is free. */
  reserve(key: number): Reservation | undefined {
    const state = this.states.of(key);
    const isWaitedFor = this.#due.isDue(state) || state.waiting.length > 0;
    // Only a claim passes a gate.
    return isWaitedFor || state.gate ? undefined : this.#slots.reserve(state);
  }

  release(reservation: Reservation): void {
    this.#slots.release(reservation);
  }

  /** Gives the reserved slot to a row. Returns false if its origin has no slot left. */
  use(reservation: Reservation, row: Claimed): boolean {
    this.#slots.release(reservation);
    const { state } = reservation;
    state.origin = originOf(row);
    if (!this.#slots.origins.hasSlot(state.origin)) return false;
    this.#slots.occupy(state, row, 1);
    return true;
  }

  /**
   * How many new rows of a healthy endpoint may wait here for a slot; 0 while other rows of it are due. Half of the room stays
   * for claims, which go by the turns of organizations.
   */
  roomAhead(key: number): number {
    const state = this.states.of(key);
    if (state.standing !== 'healthy' || state.gate || this.#due.isDue(state)) return 0;
    const room = Math.min(
      this.#target(state) - state.inFlight - state.waiting.length,
      this.#slots.origins.room(state.origin),
    );
    return this.waiting < this.#limits.concurrency ? room : 0;
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
    let apart = 0;
    // Most endpoints have few rows: room for many of one would leave none for the others. An endpoint that yields them all is asked again.
    const even = Math.max(2, Math.ceil(rows / Math.max(1, Math.min(this.#due.count, maxPerClaim))));
    // Of endpoints with many rows, as many are chosen as fill all slots: rows of fewer would wait while slots are free.
    const filling = Math.max(even, Math.ceil((rows * this.#limits.perEndpoint) / this.#limits.concurrency));
    this.#due.offer((state) => {
      if (wants.length >= maxPerClaim || left <= 0) return 'over';
      if (opensAt(state) > now) return this.#postpone(state, now);
      const isApart = state.hasMore || state.gate !== undefined;
      if (isApart && apart >= maxApart) return false;
      const part = `${state.standing} ${state.organization}`;
      const [ofOrigin, ofPart, ofStanding] = [state.origin, part, state.standing].map((name) => planned.get(name) ?? 0);
      const take = Math.min(
        state.hasMore ? filling : even,
        this.#room(state),
        allowance(state, now),
        this.#slots.origins.roomForClaim(state.origin) - (ofOrigin ?? 0),
        this.#slots.shares.leftOfOrganization(state, 'claimed') - (ofPart ?? 0),
        this.#slots.shares.leftOfAll(state, 'claimed') - (ofStanding ?? 0),
        left,
      );
      if (take <= 0) return false;
      const { key: endpointKey, hasMore, gate } = state;
      wants.push({ endpointKey, take, hasMore, gate: gate?.rule, unused: gate?.unused ?? 0 });
      if (isApart) apart += 1;
      for (const name of [state.origin, part, state.standing]) planned.set(name, (planned.get(name) ?? 0) + take);
      left -= take;
      this.#due.take(state, now);
      return true;
    });
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
      const state = this.states.of(row.endpointKey);
      this.#change(state, { organization: row.organization });
      const origin = originOf(row);
      const isPlanned = state.origin === origin;
      state.origin = origin;
      if (!isPlanned && this.#slots.origins.room(origin) <= 0) {
        surplus.push(row);
        continue;
      }
      state.waiting.push(row);
      this.#slots.countWaiting(state, row, 1);
      this.#startable.add(state);
    }
    for (const { endpointKey, take, gate } of wants) {
      if (gate) continue;
      const hasMore = (found.get(endpointKey) ?? 0) >= take;
      this.states.of(endpointKey).hasMore = hasMore;
      if (hasMore) this.hint(endpointKey, now, now);
    }
    return surplus;
  }

  /** Records that a claim failed: its endpoints still have due rows. */
  missed(wants: readonly Want[], now: number): void {
    for (const { endpointKey } of wants) this.hint(endpointKey, now, now);
  }

  /** Starts waiting rows while slots are free, in turns. `run` may withdraw other rows synchronously. */
  start(run: (row: Claimed) => void): void {
    this.#startable.offer((state) => {
      if (this.#slots.areTaken) return 'over';
      if (state.waiting.length === 0) this.#startable.delete(state);
      const index = state.waiting.findIndex(this.#slots.admits);
      const row = state.waiting[index];
      if (!row || !this.#slots.isFreeFor(state) || !this.#slots.origins.hasSlot(originOf(row))) return false;
      state.waiting.splice(index, 1);
      this.#slots.countWaiting(state, row, -1);
      this.#slots.occupy(state, row, 1);
      this.#startable.moveToEnd(state);
      run(row);
      return true;
    });
  }

  /** Records the end of an attempt. `isGood`: the endpoint works, even if it rejected the delivery. */
  ended(row: Claimed, isGood: boolean, durationMs: number): void {
    const state = this.states.of(row.endpointKey);
    const before = state.standing;
    this.#slots.origins.took(originOf(row), durationMs);
    this.#slots.occupy(state, row, -1);
    state.durationMs = before === 'unknown' ? durationMs : smoothed(state.durationMs, durationMs);
    const standing = isGood && state.durationMs < slowMs ? 'healthy' : 'failing';
    this.#change(state, { organization: row.organization, standing });
    this.states.attempted(state, standing !== before);
  }

  /** Frees the slot of a row that was not attempted, which says nothing about its endpoint. */
  skipped(row: Claimed): void {
    this.#slots.occupy(this.states.of(row.endpointKey), row, -1);
  }

  /** Removes and returns the waiting rows that meet a condition. */
  withdraw(condition: (row: Claimed) => boolean): Claimed[] {
    const rows: Claimed[] = [];
    for (const state of this.#startable) {
      const { waiting } = state;
      const kept = waiting.filter((row) => !condition(row));
      if (kept.length === waiting.length) continue;
      const withdrawn = waiting.splice(0, waiting.length, ...kept).filter(condition);
      for (const row of withdrawn) this.#slots.countWaiting(state, row, -1);
      rows.push(...withdrawn);
    }
    return rows;
  }

  /** Changes the organization or standing of an endpoint, together with all that is counted by them. */
  #change(state: EndpointState, { organization, standing }: Partial<Pick<EndpointState, 'organization' | 'standing'>>) {
    const isOther = organization !== undefined && organization !== '' && organization !== state.organization;
    if (!isOther && (standing === undefined || standing === state.standing)) return;
    const isStartable = this.#startable.has(state);
    if (isStartable && isOther) this.#startable.delete(state);
    const change = (): void => {
      if (isOther) state.organization = organization;
      state.standing = standing ?? state.standing;
    };
    this.#slots.around(state, () => this.#due.around(state, change));
    if (isStartable && isOther) this.#startable.add(state);
  }

  #hint(state: EndpointState, dueAt: number, now: number): void {
    this.#due.hint(state, Math.max(dueAt, opensAt(state)), now);
  }

  #postpone(state: EndpointState, now: number): false {
    this.#due.take(state, now);
    this.#hint(state, now, now);
    return false;
  }

  #isCapped(state: EndpointState): boolean {
    if (state.gate?.isRestrained) return true;
    if (state.inFlight >= this.#slots.of(state) || !this.#slots.origins.hasSlot(state.origin)) return true;
    // While all slots are taken, the wait is for any slot.
    if (!this.#slots.areTaken && this.#slots.shares.leftOfOrganization(state, 'inFlight') <= 0) return true;
    return state.standing === 'failing' && this.#slots.shares.leftOfAll(state, 'inFlight') <= 0;
  }

  /** Maximum number of claimed rows: as many as can start soon. A fast endpoint may have more of them than slots. */
  #target(state: EndpointState): number {
    if (state.gate?.rule.ordered) return this.#slots.isFreeFor(state) ? 1 : 0;
    const isHealthy = state.standing === 'healthy';
    if (!isHealthy && !this.#slots.isFreeFor(state)) return 0;
    const slots = this.#slots.of(state);
    const ahead = isHealthy ? Math.min(maxAhead, (slots * aheadMs) / Math.max(1, state.durationMs)) : 0;
    return Math.floor(Math.max(slots, ahead));
  }

  /** How many more rows to claim. */
  #room(state: EndpointState): number {
    const target = this.#target(state);
    const room = target - state.inFlight - state.waiting.length;
    // At least half the target at a time: a claim after each finished row would cost more than sending.
    return room > 0 && room * 2 >= target ? room : 0;
  }
}
