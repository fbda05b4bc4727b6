/** Most calls of an upstream at a time that have a connection, and as many again may wait for one. */
export const maxCalls = 1024;

/** A call that needs a connection. */
export interface Applicant {
  /** The caller's key: calls with equal keys share. */
  readonly caller: string;
  /** A connection is free: called once, at once or after a wait. */
  begin(): void;
  /** Called instead of `begin`; `reason` is for the log. */
  refuse(reason: string): void;
}

/**
 * Divides the connections of an upstream among its calls. The connection pool's own queue has no limit, keeps calls that
 * have ended, and knows no callers.
 */
export class Admission {
  readonly #waitMs: number;
  readonly #most: number;
  readonly #begun = new Set<Applicant>();
  readonly #waiting = new Map<Applicant, NodeJS.Timeout>();
  #isAdmitting = false;

  /** `waitMs`: longest wait for a connection. */
  constructor(waitMs: number, most = maxCalls) {
    this.#waitMs = waitMs;
    this.#most = most;
  }

  /**
   * Lets the call begin, wait, or be refused. While three quarters of the connections are in use, a caller gets no more
   * than a quarter, so that one caller cannot take them all.
   */
  enter(applicant: Applicant): void {
    const { size } = this.#begun;
    if (size >= this.#most * 0.75 && this.#callsOf(applicant.caller) >= this.#most / 4)
      applicant.refuse('the caller has its share of the connections');
    else if (size < this.#most) this.#begin(applicant);
    else if (this.#waiting.size < this.#most) this.#wait(applicant);
    else applicant.refuse('too many calls wait for a connection');
  }

  /** The call goes on after `leave`, on a connection of its own. */
  stay(applicant: Applicant): void {
    this.#begun.add(applicant);
  }

  /** The call has ended, or been refused. */
  leave(applicant: Applicant): void {
    if (this.#begun.delete(applicant)) {
      if (this.#waiting.size > 0) this.#admit();
      return;
    }
    clearTimeout(this.#waiting.get(applicant));
    this.#waiting.delete(applicant);
  }

  #begin(applicant: Applicant): void {
    this.#begun.add(applicant);
    applicant.begin();
  }

  #wait(applicant: Applicant): void {
    const giveUp = (): void => applicant.refuse('no connection has become free');
    this.#waiting.set(applicant, setTimeout(giveUp, this.#waitMs));
  }

  /** A call that ends as soon as it begins comes back here: a loop, because so many calls would fill the stack. */
  #admit(): void {
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    try {
      for (const [applicant, timer] of this.#waiting) {
        if (this.#begun.size >= this.#most) return;
        clearTimeout(timer);
        this.#waiting.delete(applicant);
        this.#begin(applicant);
      }
    } finally {
      this.#isAdmitting = false;
    }
  }

  /** Counted only under pressure, so that an ordinary call does not pay for it. */
  #callsOf(caller: string): number {
    let count = 0;
    for (const each of this.#begun) if (each.caller === caller) count += 1;
    for (const each of this.#waiting.keys()) if (each.caller === caller) count += 1;
    return count;
  }
}
