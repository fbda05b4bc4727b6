/** Counts the users of a resource that is to be closed when it is no longer in use. */
export interface Holds {
  /** Takes a hold. The returned function releases it and may be called once. */
  hold(): () => void;
  /** Resolves as soon as there is no hold, at once if there is none. May be called once. */
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
