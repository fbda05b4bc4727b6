/** Counts what still uses something that is to be closed when nothing does any more. */
export interface Holds {
  /** In use until what is given back is called, which may be done once. */
  hold(): () => void;
  /** Resolves at the first moment without a hold: at once if there is none. To be called once. */
  released(): Promise<void>;
}

export function createHolds(): Holds {
  let count = 0;
  let onReleased: (() => void) | undefined;
  const release = (): void => {
    count -= 1;
    if (count === 0) onReleased?.();
  };
  return {
    hold: () => {
      count += 1;
      return release;
    },
    released: () =>
      new Promise((resolve) => {
        if (count === 0) resolve();
        else onReleased = resolve;
      }),
  };
}
