import { type Clock, createSystemClock } from '../clock.ts';

/** A clock that goes on by itself and can be put forward or set; the only thing that tests do not take as it is. */
export interface TestClock {
  readonly now: Clock;
  advance(milliseconds: number): void;
  /** Goes on from this moment. */
  set(time: Date): void;
}

export function createTestClock(): TestClock {
  const system = createSystemClock();
  let offset = 0;
  return {
    now: () => system() + offset,
    advance: (milliseconds) => {
      offset += milliseconds * 1000;
    },
    set: (time) => {
      offset = time.getTime() * 1000 - system();
    },
  };
}
