import { hash } from 'node:crypto';
import { answeredWithin } from '../../answered-within.ts';
import type { SystemClock } from '../../clock.ts';
import { databaseUnavailable, isApiError } from '../../errors.ts';
import { createFailureLog } from '../../lifecycle/failure-log.ts';
import type { Logger } from '../../logger.ts';
import type { Principal } from '../../plugin.ts';
import type { Call } from '../call/target.ts';
import { type End, WatchedIdentity } from './watched-identity.ts';

export interface ReauthenticationParts {
  /** Looks credentials in the form of `Authorization` up again, past every cache. Rejects with `UNAUTHORIZED`. */
  verifyAgain: (authorization: string) => Promise<Principal>;
  now: SystemClock;
  /** Tokens are valid for this long beyond their expiry. */
  leewaySeconds: number;
  logger: Logger;
}

export interface Reauthentication {
  /**
   * Authenticates the caller of an authorized call again when it has lasted for 60 s, and every 60 s from then on. Calls
   * `end` once if the caller has lost access: credentials revoked or expired, scope or organization withdrawn.
   */
  watch(call: Call, end: End): void;
  /** The same for a tunnel, which also ends as soon as its token expires. Replaces `watch` of the same call. */
  watchTunnel(call: Call, end: End): void;
  stop(): void;
}

const second = 1_000_000;
const period = 60 * second;
/** Pause after a look-up that failed because the database or the issuer is away. */
const retryPause = 10 * second;
/** Calls whose caller could not be confirmed for this long end: a database that is away must not extend access for ever. */
const longestUnconfirmed = 5 * 60 * second;
const sweepMs = 1000;
/** Look-ups at work: thousands of identities that are due together are spread over time. */
const lookUpsAtOnce = 4;
/** A look-up of a plugin that never ends must not hold the place of others. */
const lookUpMs = 15_000;

/** Authenticates the callers of long-lived exchanges again: tunnels, event streams, long downloads and uploads. */
export function createReauthentication(parts: ReauthenticationParts): Reauthentication {
  const { verifyAgain, now, leewaySeconds, logger } = parts;
  /** Calls that are younger than the period, oldest first, with the time of their start. */
  const young = new Map<Call, { since: number; end: End }>();
  const identities = new Map<string, WatchedIdentity>();
  const due = new Set<WatchedIdentity>();
  const failures = createFailureLog(logger, 'callers of open connections could not be authenticated again');
  let atWork = 0;

  function join(call: Call, end: End, at: number): void {
    const key = hash('sha256', call.authorization ?? '', 'base64');
    const identity = identities.get(key) ?? new WatchedIdentity(call, at);
    identities.set(key, identity);
    identity.add(call, end);
    call.onClosed(() => {
      identity.delete(call);
      if (!identity.isIdle || identities.get(key) !== identity) return;
      identities.delete(key);
      due.delete(identity);
    });
  }

  function sweep(): void {
    const at = now.steady();
    for (const [call, { since, end }] of young) {
      if (!isOver(since, period, at)) break;
      young.delete(call);
      join(call, end, since);
    }
    for (const identity of identities.values()) {
      if (now() >= identity.expiresAt + leewaySeconds * second) identity.endAll('credentials have expired');
      else if (at - identity.confirmedAt > longestUnconfirmed) identity.endAll('credentials could not be confirmed');
      else if (!identity.isAsked && isOver(identity.askedAt, period, at)) due.add(identity);
    }
    askNext();
  }

  function askNext(): void {
    for (const identity of due) {
      if (atWork >= lookUpsAtOnce) return;
      due.delete(identity);
      atWork += 1;
      identity.isAsked = true;
      void ask(identity).finally(() => {
        atWork -= 1;
        identity.isAsked = false;
        askNext();
      });
    }
  }

  /** Never rejects. */
  async function ask(identity: WatchedIdentity): Promise<void> {
    const at = now.steady();
    identity.askedAt = at;
    try {
      const answer = verifyAgain(identity.authorization);
      identity.confirm(await answeredWithin(lookUpMs, answer, () => databaseUnavailable('look-up took too long')), at);
      failures.worked();
    } catch (error) {
      if (isApiError(error) && error.status === 401) {
        identity.endAll(`credentials are no longer valid: ${error.reason}`);
      } else {
        failures.failed(error);
        identity.askedAt = at + retryPause - period;
      }
    }
  }

  const timer = setInterval(sweep, sweepMs).unref();

  return {
    watch(call, end) {
      young.set(call, { since: now.steady(), end });
      call.onClosed(() => young.delete(call));
    },
    watchTunnel(call, end) {
      young.delete(call);
      join(call, end, now.steady());
    },
    stop: () => clearInterval(timer),
  };
}

/** Whether `duration` is over since `start`. Setting the clock back must not lengthen it. */
const isOver = (start: number, duration: number, at: number): boolean => at >= start + duration || at < start;
