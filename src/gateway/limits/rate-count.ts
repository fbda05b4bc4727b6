/** The calls of one key in its current window. */
export interface RateCount {
  used: number;
  /** End of the window, in microseconds of the clock. */
  resetsAt: number;
  /** True: all processes count together. False: this process has counted its own calls only. */
  readonly isShared: boolean;
}

export const windowSeconds = 60;
