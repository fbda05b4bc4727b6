import type { Principal } from '../../plugin.ts';
import type { Call } from '../call/target.ts';
import { isStillAllowed } from './authorize.ts';

export type End = (call: Call) => void;

/** Equal credentials of long-lived calls, which are looked up once for all of them. Times are in microseconds. */
export class WatchedIdentity {
  readonly authorization: string;
  /** On the wall clock, as tokens are issued; other times are on the steady clock. */
  readonly expiresAt: number;
  /** The last look-up that succeeded began at this time. */
  confirmedAt: number;
  /** The last look-up began at this time. */
  askedAt: number;
  isAsked = false;
  readonly #calls = new Map<Call, End>();

  constructor({ authorization = '', principal }: Call, at: number) {
    this.authorization = authorization;
    this.expiresAt = (principal?.expiresAt ?? Number.POSITIVE_INFINITY) * 1_000_000;
    this.confirmedAt = at;
    this.askedAt = at;
  }

  get isIdle(): boolean {
    return this.#calls.size === 0;
  }

  add(call: Call, end: End): void {
    this.#calls.set(call, end);
  }

  delete(call: Call): void {
    this.#calls.delete(call);
  }

  /** Ends the calls that would no longer be authorized with this principal. */
  confirm(principal: Principal, at: number): void {
    this.confirmedAt = at;
    for (const call of this.#calls.keys())
      if (!isStillAllowed(call, principal)) this.#end(call, 'the caller has lost access');
  }

  endAll(reason: string): void {
    for (const call of this.#calls.keys()) this.#end(call, reason);
  }

  #end(call: Call, reason: string): void {
    const end = this.#calls.get(call);
    this.#calls.delete(call);
    call.failure ??= reason;
    call.failureCode ??= 'UNAUTHORIZED';
    end?.(call);
  }
}
