import type { Claimed } from '../model/delivery.ts';
import type { EndpointRef, LookedUp } from '../model/endpoint.ts';
import { type Gate, gateOf, grantAttempts, meets } from '../model/gate.ts';
import type { Turn } from '../store/turns.ts';
import type { EndpointState, EndpointStates, KnownGate } from './endpoint-state.ts';

/** Longest time without a claim: other processes change gates. */
const longestRestMicros = 2_000_000;

/** Pause between two claims for rows that this process has enqueued or released. */
const soonMicros = 250_000;
/** Pause between two looks for deliveries that are not in the order. */
const adoptMicros = 5_000_000;

const nextAt = ({ rule, nextAt, unused }: KnownGate): number => nextAt - unused * rule.intervalMicros;

/** Time from which a claim may ask for rows of an endpoint; 0 without a gate. */
export const opensAt = ({ gate }: EndpointState): number => (gate ? Math.max(nextAt(gate), gate.askAt) : 0);

/** Number of attempts that the endpoint's rate limit may allow now, as far as this process knows. */
export const allowance = ({ gate }: EndpointState, now: number): number =>
  gate
    ? grantAttempts(gate.rule.intervalMicros, nextAt(gate), now, Number.MAX_SAFE_INTEGER).count
    : Number.MAX_SAFE_INTEGER;

/** Learns the gates of endpoints, from look-ups and claims. */
export class EndpointGates {
  readonly #states: EndpointStates;
  /** Records that an endpoint's rows may be claimed. */
  readonly #open: (state: EndpointState, dueAt: number, now: number) => void;
  /** Keys of endpoints that have lost their gate. */
  readonly #lost = new Set<number>();

  constructor(states: EndpointStates, open: (state: EndpointState, dueAt: number, now: number) => void) {
    this.#states = states;
    this.#open = open;
  }

  /** Learns the gate of an endpoint from its look-up. */
  learn(key: number, ref: EndpointRef, { endpoint }: Pick<LookedUp, 'endpoint'>, now: number): void {
    const rule = gateOf(ref, endpoint);
    const state = this.#states.of(key);
    if (rule === undefined || isSame(rule, state.gate?.rule ?? 'open')) return;
    if (rule === 'open') this.#lost.add(key);
    else this.#lost.delete(key);
    state.gate = rule === 'open' ? undefined : newGate(rule);
    this.#open(state, now, now);
  }

  /** Learns that an endpoint is ordered. */
  learnOrder(key: number, endpoint: EndpointRef): void {
    const state = this.#states.of(key);
    if (state.gate?.rule.ordered) return;
    state.gate = newGate({ endpoint, intervalMicros: state.gate?.rule.intervalMicros ?? 0, ordered: true });
  }

  /** Records that the next row of an endpoint has its turn at `dueAt`, because the row before it is done. */
  freed(key: number, dueAt: number, now: number): void {
    const state = this.#states.of(key);
    if (state.gate) state.gate.askAt = 0;
    this.#open(state, dueAt, now);
  }

  /** Records that a row was given back without an attempt. */
  returned({ endpointKey, gate }: Claimed, dueAt: number, now: number): void {
    const known = this.#states.of(endpointKey).gate;
    if (known && gate) known.unused += 1;
    this.freed(endpointKey, dueAt, now);
  }

  /** Records that an endpoint has new rows, or other ones that are due. */
  changed(key: number, dueAt: number, now: number): void {
    const state = this.#states.of(key);
    if (state.gate) state.gate.askAt = Math.min(state.gate.askAt, state.gate.askedAt + soonMicros);
    this.#open(state, dueAt, now);
  }

  /** Learns from the look-up of a leased row. Returns whether the row may be attempted: its claim has observed the gate. */
  admits(row: Claimed, lookedUp: Pick<LookedUp, 'endpoint'>, now: number): boolean {
    const { endpoint } = lookedUp;
    // Nearly all endpoints have no gate.
    if (!row.gate && (endpoint.state !== 'active' || endpoint.delivery === undefined)) return true;
    this.learn(row.endpointKey, row.endpoint, lookedUp, now);
    const gate = gateOf(row.endpoint, endpoint);
    return gate === undefined || gate === 'open' || meets(row.gate, gate);
  }

  /** Records the answers of a claim. */
  turned(turns: readonly Turn[], now: number): void {
    for (const { endpointKey, count, unused, nextAt, askAt, hasMore, isRestrained } of turns) {
      const state = this.#states.of(endpointKey);
      if (!state.gate) continue;
      const latest = now + longestRestMicros;
      Object.assign(state.gate, {
        askedAt: now,
        nextAt: Math.min(nextAt, latest),
        askAt: Math.min(askAt, latest),
        isRestrained,
      });
      // A gate is stored with the rows that it lets pass.
      if (count > 0) state.gate.unused -= unused;
      state.hasMore = hasMore;
      if (hasMore) this.#open(state, now, now);
    }
  }

  /** Keys of the ordered endpoints of a claim whose deliveries may be missing in the order. */
  toAdopt(turns: readonly Turn[], now: number): number[] {
    return turns.flatMap(({ endpointKey, head }) => {
      const { gate } = this.#states.of(endpointKey);
      if (!head || !gate || (!head.isEmpty && gate.adoptAt > now)) return [];
      gate.adoptAt = now + adoptMicros;
      return [endpointKey];
    });
  }

  /** Keys of endpoints that have lost their gate, at most `limit`. */
  lost(limit: number): number[] {
    return this.#lost.values().take(limit).toArray();
  }

  /** Forgets lost gates, which are deleted. */
  deleted(keys: readonly number[]): void {
    for (const key of keys) this.#lost.delete(key);
  }
}

const isSame = (one: Gate | 'open', other: Gate | 'open'): boolean =>
  one === 'open' || other === 'open'
    ? one === other
    : one.intervalMicros === other.intervalMicros && one.ordered === other.ordered;

const newGate = (rule: Gate): KnownGate => ({
  ...{ rule, nextAt: 0, unused: 0, askAt: 0, askedAt: 0, adoptAt: 0, isRestrained: false },
});
