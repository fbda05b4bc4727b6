/** A stack of acquired resources, released newest first. */
export interface Releases {
  add(release: () => void | Promise<void>): void;
  /** Runs every release once, even if one fails, then throws the first failure. Later calls return the same promise. */
  run(): Promise<void>;
}

export function createReleases(): Releases {
  const stack: (() => void | Promise<void>)[] = [];
  let running: Promise<void> | undefined;

  async function runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let release = stack.pop(); release; release = stack.pop()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    add: (release) => void stack.push(release),
    run: () => {
      running ??= runAll();
      return running;
    },
  };
}
