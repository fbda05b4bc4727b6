import { createSystemClock, type SystemClock } from '../clock.ts';

/** A running clock that tests can advance or set. Everything else in a test is real. */
export interface TestClock {
  readonly now: SystemClock;
  advance(milliseconds: number): void;
  /** Sets the clock to `time`; it runs on from there. */
  set(time: Date): void;
}

export function createTestClock(): TestClock {
  const system = createSystemClock();
  let offset = 0;
  return {
    now: Object.assign(() => system() + offset, { steady: () => system.steady() + offset }),
    advance: (milliseconds) => {
      offset += milliseconds * 1000;
    },
    set: (time) => {
      offset = time.getTime() * 1000 - system();
    },
  };
}
