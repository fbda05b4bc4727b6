import { createSystemClock, type SystemClock } from '../clock.ts';

/** A running clock that tests can advance or set. Everything else in a test is real. */
export interface TestClock {
  /** The time in whole microseconds since 1970. */
  readonly now: SystemClock;
  /** Moves the clock; a negative number moves it back. */
  advance(milliseconds: number): void;
  /** Sets the clock to `time`; it runs on from there. */
  set(time: Date): void;
}

/** Creates a clock that runs with the system's. Several gateways may share it. */
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
