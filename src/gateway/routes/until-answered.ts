import { handlerTimeout, notFound } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { Call } from '../call/target.ts';

/** Express's `next`: the handler failed, or, without an error, declines the call. */
export type Next = (error?: unknown) => void;

/**
 * Runs `start` and resolves when the answer has ended. Rejects with the error given to `next`, with `NOT_FOUND` if there is
 * none, and with `HANDLER_TIMEOUT` when no answer has begun after `limitMs`. Later errors can only be logged.
 */
export function untilAnswered(call: Call, limitMs: number, logger: Logger, start: (next: Next) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let hasFailed = false;
    const fail = (error: unknown): void => {
      hasFailed = true;
      reject(error);
      // The error is answered in microtasks, which run before the next tick.
      queueMicrotask(() => process.nextTick(() => ignoreLateAnswer(call, logger)));
    };
    const timer = setTimeout(() => {
      if (!call.res.headersSent) fail(handlerTimeout());
    }, limitMs);
    call.onClosed(() => {
      clearTimeout(timer);
      resolve();
    });
    start((error) => {
      if (!hasFailed && !call.res.closed) fail(error ?? notFound());
      else if (error) reportLate(logger, call, error);
    });
  });
}

/**
 * Lets the handler's own answer go nowhere, once its error has been answered. A callback that answers later would throw where
 * no one catches, and end the process.
 */
function ignoreLateAnswer(call: Call, logger: Logger): void {
  const { res } = call;
  if (!res.writableEnded) return;
  let isLogged = false;
  const ignore = (): typeof res => {
    if (!isLogged) reportLate(logger, call, new Error('The handler answered after its error.'));
    isLogged = true;
    return res;
  };
  const write = (): boolean => Boolean(ignore());
  Object.assign(res, {
    setHeader: ignore,
    removeHeader: ignore,
    writeHead: ignore,
    flushHeaders: ignore,
    end: ignore,
    write,
  });
}

function reportLate(logger: Logger, call: Call, error: unknown): void {
  logger.error('failed after its answer', {
    request_id: call.id,
    target: call.target?.name,
    route: call.match?.label,
    ...describeError(error),
  });
}
