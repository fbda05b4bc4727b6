import { isOutage } from '../errors.ts';
import { describeError, type Logger } from '../logger.ts';

export interface FailureLog {
  failed(error: unknown, details?: Readonly<Record<string, unknown>>): void;
  worked(): void;
}

const logIntervalMs = 10_000;

/**
 * Rate-limits the log of a retried operation: the first failure, then the number of failures every ten seconds, then
 * the recovery. A failure with another error is logged at once. An outage of the database is not: one place names it for all
 * operations. `now` in milliseconds.
 */
export function createFailureLog(
  logger: Logger,
  message: string,
  now: () => number = () => performance.now(),
): FailureLog {
  let failures = 0;
  let kind: string | undefined;
  let loggedAt = 0;

  return {
    failed(error, details) {
      if (isOutage(error)) return;
      const description = describeError(error);
      const currentKind = `${description.error} ${description.code}`;
      const isNew = failures === 0 || currentKind !== kind;
      failures += 1;
      if (!isNew && now() - loggedAt < logIntervalMs) return;
      kind = currentKind;
      loggedAt = now();
      logger.warn(message, { ...details, ...(failures > 1 ? { failures } : {}), ...description });
    },
    worked() {
      if (failures > 1) logger.info('works again', { after: message, failures });
      failures = 0;
    },
  };
}
