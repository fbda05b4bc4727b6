import { isUnavailable, toSafeError } from '../database/database-errors.ts';
import { ApiError, databaseUnavailable, internalError } from '../errors.ts';
import { describeError, type Logger } from '../logger.ts';
import { type Call, sendJson } from './call.ts';

/** The one place where an error becomes an answer. What nobody foresaw is logged with its cause and answered without it. */
export function createErrorHandler(logger: Logger): (call: Call, error: unknown) => void {
  return (call, thrown) => {
    const error = toApiError(thrown);
    call.failure = error.reason ?? error.code;
    if (error.status >= 500 && !(thrown instanceof ApiError)) {
      logger[error.status === 500 ? 'error' : 'warn']('request failed', {
        request_id: call.id,
        target: call.target?.name,
        route: call.match?.label,
        ...describeError(thrown),
      });
    }
    answer(call, error);
  };
}

function toApiError(thrown: unknown): ApiError {
  const error = toSafeError(thrown);
  if (error instanceof ApiError) return error;
  return isUnavailable(error) ? databaseUnavailable('unavailable') : internalError();
}

function answer(call: Call, { status, code, message, details, headers }: ApiError): void {
  const { res } = call;
  if (res.writableEnded) return;
  if (res.headersSent) {
    // Half an answer must not look like a whole one.
    res.destroy();
    return;
  }
  for (const name of res.getHeaderNames())
    if (name.startsWith('content-') || name === 'location') res.removeHeader(name);
  sendJson(call, status, { error: { code, message, details, request_id: call.id } }, headers);
}
