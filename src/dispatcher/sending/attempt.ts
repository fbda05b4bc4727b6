import type { Logger } from '../../logger.ts';
import type { Claimed, Result } from '../model/delivery.ts';
import type { Address, EndpointKind, LookedUp } from '../model/endpoint.ts';
import type { Outcome } from '../model/outcome.ts';
import { decide, type PolicySettings } from '../model/policy.ts';
import { cleanAnswer, withoutContent } from './recorded-answer.ts';
import { buildRequest } from './request-builder.ts';
import type { Sendable, Sender } from './sender.ts';

type Attemptable = Exclude<LookedUp['endpoint'], { state: 'unknown' | 'disabled' }>;

/** Address and start of an attempt; `time` in microseconds. */
export interface Occasion {
  address: Address;
  time: number;
}

export interface AttemptParts {
  kinds: ReadonlyMap<string, EndpointKind>;
  sender: Sender;
  /** The corrected clock, in microseconds. */
  now: () => number;
  logger: Logger;
  settings: PolicySettings & { userAgent: string };
}

export type Attempts = ReturnType<typeof createAttempts>;

/** Makes single attempts and decides what follows from them. */
export function createAttempts({ kinds, sender, now, logger, settings }: AttemptParts) {
  /** The outcome, cleaned for the record, with the decision that follows. */
  function resultOf(claimed: Claimed, sent: Outcome, startedAt: number, confidential: readonly string[]): Result {
    const { maxRetries = settings.maxRetries } = kinds.get(claimed.endpoint.kind) ?? {};
    const outcome = recordable(claimed, sent, confidential);
    const decision = decide(outcome, claimed, { maxRetries, retryIntervalMicros: settings.retryIntervalMicros });
    return { claimed, startedAt, endedAt: now(), outcome, decision };
  }

  function send(claimed: Claimed, endpoint: Attemptable, { address, time }: Occasion): Outcome | Promise<Outcome> {
    if (endpoint.state === 'gone') return { kind: 'gone' };
    if (address.origin === '')
      return { kind: 'refused', error: 'request_not_buildable', detail: 'not an http or https URL' };
    let request: Sendable;
    try {
      const timestamp = Math.floor(time / 1_000_000);
      request = buildRequest(claimed, endpoint, { address, timestamp, userAgent: settings.userAgent });
    } catch (error) {
      return { kind: 'refused', error: 'request_not_buildable', detail: (error as Error).name };
    }
    return sender.send(request);
  }

  /** Falls back to the status alone: an attempt that cannot be recorded would be repeated again and again. */
  function recordable(claimed: Claimed, outcome: Outcome, confidential: readonly string[]): Outcome {
    try {
      return cleanAnswer(outcome, confidential);
    } catch (error) {
      // The error's message may quote credentials.
      logger.error('answer recorded without its content', { delivery: claimed.id, error: (error as Error).name });
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
