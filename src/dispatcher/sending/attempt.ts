import type { Logger } from '../../logger.ts';
import { type AttemptTimes, readTimeoutOf } from '../model/attempt-times.ts';
import type { Claimed, RequestRecord, Result } from '../model/delivery.ts';
import type { Address, EndpointKind, LookedUp } from '../model/endpoint.ts';
import type { Outcome } from '../model/outcome.ts';
import { decide } from '../model/policy.ts';
import { cleanAnswer, withoutContent } from './recorded-answer.ts';
import { recordRequest } from './recorded-request.ts';
import { redactionOf } from './redaction.ts';
import { buildRequest } from './request-builder.ts';
import { createRetrySchedules, type RetrySettings } from './retry-schedules.ts';
import type { Sendable, Sender } from './sender.ts';

/** Events of the gateway itself. A failure that they report must not cause another report. */
const ownTypes = 'hookgate.';

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
  settings: RetrySettings & AttemptTimes & { userAgent: string };
}

export type Attempts = ReturnType<typeof createAttempts>;

/** Makes single attempts and decides what follows from them. */
export function createAttempts({ kinds, sender, now, logger, settings }: AttemptParts) {
  const scheduleOf = createRetrySchedules(settings);

  /** The outcome, cleaned for the record, with the decision that follows. `endpoint`: undefined if it was not looked up. */
  function resultOf(claimed: Claimed, sent: Outcome, startedAt: number, endpoint?: Attemptable): Result {
    const outcome = recordable(claimed, sent, confidentialOf(endpoint));
    const kind = kinds.get(claimed.endpoint.kind);
    const decision = decide(outcome, claimed, scheduleOf(kind, endpoint));
    const isQuiet = kind?.isTest === true || claimed.type.startsWith(ownTypes);
    return { claimed, startedAt, endedAt: now(), outcome, decision, isQuiet };
  }

  /** The request of an attempt, or the outcome without one. */
  function build(claimed: Claimed, endpoint: Attemptable, { address, time }: Occasion): Sendable | Outcome {
    if (endpoint.state === 'gone') return { kind: 'gone' };
    if (address.origin === '')
      return { kind: 'refused', error: 'request_not_buildable', detail: 'not an http or https URL' };
    try {
      const timestamp = Math.floor(time / 1_000_000);
      const request = buildRequest(claimed, endpoint, { address, timestamp, userAgent: settings.userAgent });
      return endpoint.delivery?.timeoutMs === undefined
        ? request
        : { ...request, readTimeoutMs: readTimeoutOf(endpoint, settings) };
    } catch (error) {
      return { kind: 'refused', error: 'request_not_buildable', detail: (error as Error).name };
    }
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

  /** Undefined if it cannot be redacted; the answer's record has the log line. */
  function requestOf(built: Sendable, confidential: readonly string[]): RequestRecord | undefined {
    try {
      return recordRequest(built, redactionOf(confidential));
    } catch {
      return undefined;
    }
  }

  return {
    resultOf,

    async make(claimed: Claimed, endpoint: Attemptable, occasion: Occasion): Promise<Result> {
      const built = build(claimed, endpoint, occasion);
      if ('kind' in built) return resultOf(claimed, built, occasion.time, endpoint);
      const request = requestOf(built, confidentialOf(endpoint));
      return { ...resultOf(claimed, await sender.send(built), occasion.time, endpoint), request };
    },
  };
}

const confidentialOf = (endpoint: Attemptable | undefined): readonly string[] =>
  endpoint?.state === 'active' ? endpoint.confidential : [];
