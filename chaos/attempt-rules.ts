import type { Case } from './case.ts';
import type { AttemptRecord } from './final-state.ts';
import { isRedelivery } from './history.ts';
import type { Arrival } from './receiver.ts';
import { attemptTimeoutMs, leaseMs, maxRetries, retryIntervalMs } from './times.ts';

/** Whether a fault explains an interruption between two times in milliseconds since 1970. */
export type IsExplained = (from: number, to: number) => boolean;

/** Attempts of unknown outcome after which a delivery fails. */
const maxUnknowns = 10;
/** Clocks of the processes differ by this at most. */
const clockToleranceMs = 100;
/** A timer may fire this much earlier than the clock of an attempt's duration says. */
const timerMs = 1;

const isUnknown = ({ error }: AttemptRecord): boolean => error === 'outcome_unknown' || error === 'crash_loop';
const isDelivered = ({ status }: AttemptRecord): boolean => status !== null && status >= 200 && status < 300;
/** Asks for another attempt by its answer, or by having none. */
const isRetry = (attempt: AttemptRecord): boolean =>
  !isUnknown(attempt) &&
  (attempt.status === null
    ? !/^(endpoint_gone|invalid|address)/.test(attempt.error ?? '')
    : attempt.status >= 500 && attempt.status < 600);

/** Requests and records agree, and their sequence follows the rules of retries. */
export function judgeAttempts(known: Case, isExplained: IsExplained): string[] {
  return [
    ...judgeNumbers(known),
    ...judgeOutcomes(known, isExplained),
    ...judgeSequence(known),
    ...judgeOverlaps(known),
    ...judgeEnd(known),
  ];
}

/** Attempts are counted 1, 2, 3, and each sends one request at most. */
function judgeNumbers({ delivery, arrivals }: Case): string[] {
  const { attempts, attempt_count: count } = delivery;
  const problems: string[] = [];
  if (attempts.some(({ number }, index) => number !== index + 1) || attempts.length !== count)
    problems.push(`${count} attempts are recorded as ${attempts.map(({ number }) => number)}`);
  const numbers = arrivals.map(({ attempt }) => attempt);
  if (new Set(numbers).size < numbers.length) problems.push(`an attempt was sent twice: ${numbers}`);
  const more = numbers.filter((number) => number > count);
  if (more.length > 0) problems.push(`attempt ${more} was sent, and is not recorded`);
  return problems;
}

/** Each record says what the receiver did. */
function judgeOutcomes({ delivery, arrivals }: Case, isExplained: IsExplained): string[] {
  return delivery.attempts.flatMap((attempt) => {
    const arrival = arrivals.find((request) => request.attempt === attempt.number);
    if (isUnknown(attempt)) return judgeUnknown(attempt, arrival, isExplained);
    if (attempt.status !== null)
      return arrival?.answer === attempt.status
        ? []
        : [
            `attempt ${attempt.number} is recorded as ${attempt.status}, the receiver answered ${arrival?.answer ?? 'nothing'}`,
          ];
    // A deadline that has passed is a fact of the process alone: it may have been too busy to read the answer.
    const isTimeout = /timeout/.test(attempt.error ?? '') && (attempt.duration_ms ?? 0) >= attemptTimeoutMs - timerMs;
    return arrival?.answer && !isTimeout
      ? [`attempt ${attempt.number} was answered ${arrival.answer}, and is recorded as ${attempt.error}`]
      : [];
  });
}

/** An outcome gets lost by a fault alone, between the start of the attempt and the end of its lease. */
function judgeUnknown(attempt: AttemptRecord, arrival: Arrival | undefined, isExplained: IsExplained): string[] {
  const recordedAt = Date.parse(attempt.started_at);
  const from = arrival ? arrival.at - clockToleranceMs : recordedAt - 2 * leaseMs;
  const to = arrival ? arrival.at + leaseMs + clockToleranceMs : recordedAt;
  return isExplained(from, to) ? [] : [`the outcome of attempt ${attempt.number} is unknown, and no fault explains it`];
}

/** After each attempt follows what the policy says. */
function judgeSequence({ delivery, arrivals, changes }: Case): string[] {
  const { attempts } = delivery;
  const redeliveries = changes.filter(isRedelivery).length;
  const problems: string[] = [];
  const repeated = attempts.slice(0, -1).filter((attempt) => !isUnknown(attempt) && !isRetry(attempt));
  if (repeated.length > redeliveries)
    problems.push(`sent again after attempt ${repeated.map(({ number }) => number)}, which was final`);
  const retries = attempts.filter(isRetry).length;
  if (retries > (maxRetries + 1) * (redeliveries + 1))
    problems.push(`${retries} failed attempts are more than allowed`);
  if (redeliveries > 0) return problems;
  for (const attempt of attempts.filter(isRetry)) {
    const before = arrivals.find((arrival) => arrival.attempt === attempt.number);
    const next = arrivals.find((arrival) => arrival.attempt === attempt.number + 1);
    if (before && next && next.at < before.at + retryIntervalMs - clockToleranceMs)
      problems.push(`attempt ${next.attempt} came ${next.at - before.at} ms after the one before`);
  }
  return problems;
}

/** An attempt starts when the one before has ended, unless the outcome of that one is unknown. */
function judgeOverlaps({ delivery, arrivals }: Case): string[] {
  return arrivals.flatMap(({ attempt, answer, endedAt = Number.POSITIVE_INFINITY }) => {
    const record = delivery.attempts.find(({ number }) => number === attempt);
    if (!record || isUnknown(record) || answer === undefined || record.status === null) return [];
    const early = arrivals.find((later) => later.attempt > attempt && later.at < endedAt);
    return early ? [`attempt ${early.attempt} started before attempt ${attempt} was answered`] : [];
  });
}

/** The state follows from the last attempt and the changes. */
function judgeEnd({ delivery, changes }: Case): string[] {
  const { status, attempts } = delivery;
  const last = attempts.at(-1);
  const mayBe = (...kinds: string[]): boolean => changes.some(({ kind }) => kinds.includes(kind));
  switch (status) {
    case 'delivered':
      return last && isDelivered(last) ? [] : ['delivered, and the last attempt says otherwise'];
    case 'cancelled':
      return mayBe('cancel', 'delete', 'remove-webhook') ? [] : ['cancelled without a call that cancels'];
    case 'failed':
      return last && isRightlyFailed(attempts, last, mayBe('redeliver', 'redeliver-many')) ? [] : ['failed too early'];
    default:
      return [`still ${status} after the run`];
  }
}

function isRightlyFailed(attempts: readonly AttemptRecord[], last: AttemptRecord, isRedelivered: boolean): boolean {
  if (isDelivered(last)) return false;
  if (isUnknown(last)) return attempts.filter(isUnknown).length >= maxUnknowns;
  if (!isRetry(last)) return true;
  const retries = attempts.filter(isRetry).length;
  return isRedelivered ? retries > maxRetries : retries === maxRetries + 1;
}
