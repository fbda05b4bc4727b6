/** What is known of when an endpoint has something due. */
export interface DueState {
  /** When the first row that we know of is due; `Infinity` when we know of none. */
  dueAt: number;
}

const laterStepMicros = 20_000;

/** Endpoints that have something due, in the order of their turns, and those that will have. Times are microseconds. */
export class DueEndpoints<State extends DueState> {
  readonly #due = new Set<State>();
  /** Those whose next row falls due later. */
  readonly #later = new Set<State>();
  #nextLater = Number.POSITIVE_INFINITY;

  /** When the next known row falls due that is not due yet. */
  get nextDue(): number {
    return this.#nextLater;
  }

  [Symbol.iterator](): Iterator<State> {
    return this.#due.values();
  }

  has(state: State): boolean {
    return this.#due.has(state);
  }

  /** Says that an endpoint has something due at this time. */
  hint(state: State, dueAt: number, now: number): void {
    if (dueAt >= state.dueAt) return;
    state.dueAt = dueAt;
    this.#later.delete(state);
    if (dueAt <= now) {
      this.#due.add(state);
    } else {
      this.#later.add(state);
      this.#nextLater = Math.min(this.#nextLater, dueAt);
    }
  }

  /** What was later falls due. */
  promote(now: number): void {
    if (this.#nextLater > now) return;
    this.#nextLater = Number.POSITIVE_INFINITY;
    for (const state of this.#later) {
      if (state.dueAt > now) {
        this.#nextLater = Math.min(this.#nextLater, Math.max(state.dueAt, now + laterStepMicros));
      } else {
        this.#later.delete(state);
        this.#due.add(state);
      }
    }
  }

  /** It counts as one that has nothing due, until somebody says otherwise. */
  take(state: State): void {
    state.dueAt = Number.POSITIVE_INFINITY;
    this.forget(state);
  }

  forget(state: State): void {
    this.#due.delete(state);
    this.#later.delete(state);
  }
}
