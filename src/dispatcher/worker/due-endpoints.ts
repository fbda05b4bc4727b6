import { OrganizationTurns } from './organization-turns.ts';

/** The part of an endpoint's state that `DueEndpoints` needs. */
export interface DueState {
  readonly organization: string;
  /** Due time of its first known row; `Infinity` when no row is known. */
  dueAt: number;
  /** Due times of further known rows, in their order. */
  further: number[];
}

/** Known due times of an endpoint after the first; the poll finds the rows of any other. */
const mostFurther = 16;

/** Later rows that fall due within this time are promoted together. */
const laterStepMicros = 20_000;

/** Endpoints with due rows, in the order of their turns, and endpoints with later rows. Times are microseconds. */
export class DueEndpoints<State extends DueState> {
  readonly #due = new OrganizationTurns<State>();
  /** Endpoints whose next row falls due later. */
  readonly #later = new Set<State>();
  #nextLater = Number.POSITIVE_INFINITY;

  /** Due time of the next known row that is not due yet. */
  get nextDue(): number {
    return this.#nextLater;
  }

  /** Number of endpoints with due rows. */
  get count(): number {
    return this.#due.count;
  }

  isDue(state: State): boolean {
    return this.#due.has(state);
  }

  /** Offers the endpoints with due rows, see `OrganizationTurns`. */
  offer(take: (state: State) => boolean | 'over'): void {
    this.#due.offer(take);
  }

  /** Records that an endpoint has a row due at this time. */
  hint(state: State, dueAt: number, now: number): void {
    if (dueAt >= state.dueAt) {
      if (dueAt > now) addFurther(state, dueAt);
      return;
    }
    if (state.dueAt > now && state.dueAt !== Number.POSITIVE_INFINITY) addFurther(state, state.dueAt);
    state.dueAt = dueAt;
    this.#later.delete(state);
    if (dueAt <= now) {
      this.#due.add(state);
    } else {
      this.#later.add(state);
      this.#nextLater = Math.min(this.#nextLater, dueAt);
    }
  }

  /** Moves endpoints whose rows have fallen due since. */
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

  /** Treats an endpoint as having no due rows, until the next `hint` or until a further known row falls due. */
  take(state: State, now: number): void {
    state.dueAt = Number.POSITIVE_INFINITY;
    this.forget(state);
    const [next = Number.POSITIVE_INFINITY, ...further] = state.further.filter((dueAt) => dueAt > now);
    state.further = further;
    this.hint(state, next, now);
  }

  forget(state: State): void {
    this.#due.delete(state);
    this.#later.delete(state);
  }

  /** Runs `change`, which may change the endpoint's organization. */
  around(state: State, change: () => void): void {
    const isDue = this.#due.has(state);
    if (isDue) this.#due.delete(state);
    change();
    if (isDue) this.#due.add(state);
  }
}

/** Times close to each other count as the later one: their rows are promoted together. */
function addFurther(state: DueState, dueAt: number): void {
  const near = state.further.find((other) => other >= dueAt && other - dueAt < laterStepMicros);
  if (near === undefined) state.further = [...state.further, dueAt].sort((a, b) => a - b).slice(0, mostFurther);
}
