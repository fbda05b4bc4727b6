import type { Call } from './target.ts';

export interface SignInLimit {
  /**
   * Looks credentials up, in turns with other callers. `userName`: the name that they claim. Rejects with `RATE_LIMITED`
   * in place of `UNAUTHORIZED` after too many failures, or when too many look-ups wait.
   */
  run<T>(call: Call, userName: string, lookUp: () => T | Promise<T>): Promise<T>;
}
