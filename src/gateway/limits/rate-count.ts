/** How often a key has come in its present window. */
export interface RateCount {
  used: number;
  /** When it starts again at none, in microseconds of the clock. */
  resetsAt: number;
  /** All processes count together; otherwise this one counts its own calls alone. */
  readonly isShared: boolean;
}

export const windowSeconds = 60;
