import type { Logger } from '../../logger.ts';
import type { Claimed, Result } from '../model/delivery.ts';
import type { Address, EndpointKind, LookedUp } from '../model/endpoint.ts';
import type { Outcome } from '../model/outcome.ts';
import { decide, type PolicySettings } from '../model/policy.ts';
import { cleanAnswer, withoutContent } from './recorded-answer.ts';
import { buildRequest } from './request-builder.ts';
import type { Sendable, Sender } from './sender.ts';

type Attemptable = Exclude<LookedUp['endpoint'], { state: 'unknown' | 'disabled' }>;

/** Where an attempt goes, and when that is in microseconds: now. */
export interface Occasion {
  address: Address;
  time: number;
}

export interface AttemptParts {
  kinds: ReadonlyMap<string, EndpointKind>;
  sender: Sender;
  /** Microseconds, corrected to the database's clock. */
  now: () => number;
  logger: Logger;
  settings: PolicySettings & { userAgent: string };
}

export type Attempts = ReturnType<typeof createAttempts>;

/** Makes single attempts, and says what follows from them. */
export function createAttempts({ kinds, sender, now, logger, settings }: AttemptParts) {
  /** What follows from an outcome, without anything in it that must not be recorded. */
  function resultOf(claimed: Claimed, sent: Outcome, startedAt: number, confidential: readonly string[]): Result {
    const { maxRetries = settings.maxRetries } = kinds.get(claimed.endpoint.kind) ?? {};
    const outcome = recordable(claimed, sent, confidential);
    const decision = decide(outcome, claimed, { maxRetries, retryIntervalMicros: settings.retryIntervalMicros });
    return { claimed, startedAt, endedAt: now(), outcome, decision };
  }

  function send(claimed: Claimed, endpoint: Attemptable, { address, time }: Occasion): Outcome | Promise<Outcome> {
    if (endpoint.state === 'gone') return { kind: 'gone' };
    if (address.origin === '')
      return { kind: 'refused', error: 'request_not_buildable', detail: 'no URL of http or https' };
    let request: Sendable;
    try {
      const timestamp = Math.floor(time / 1_000_000);
      request = buildRequest(claimed, endpoint, { address, timestamp, userAgent: settings.userAgent });
    } catch (error) {
      return { kind: 'refused', error: 'request_not_buildable', detail: (error as Error).name };
    }
    return sender.send(request);
  }

  /** What has been sent is recorded, whatever came back: otherwise it would be sent again and again. */
  function recordable(claimed: Claimed, outcome: Outcome, confidential: readonly string[]): Outcome {
    try {
      return cleanAnswer(outcome, confidential);
    } catch (error) {
      // The message may quote what must not be recorded.
      logger.error('an answer is recorded without its content', { delivery: claimed.id, error: (error as Error).name });
      return withoutContent(outcome);
    }
  }

  return {
    resultOf,

    async make(claimed: Claimed, endpoint: Attemptable, occasion: Occasion): Promise<Result> {
      const outcome = await send(claimed, endpoint, occasion);
      return resultOf(claimed, outcome, occasion.time, endpoint.state === 'active' ? endpoint.confidential : []);
    },
  };
}
