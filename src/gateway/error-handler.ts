import { ApiError, internalError } from '../errors.ts';
import { describeError, type Logger } from '../logger.ts';
import { type Call, sendJson } from './call.ts';

/** The one place where an error becomes an answer. What nobody foresaw is logged with its cause and answered without it. */
export function createErrorHandler(logger: Logger): (call: Call, error: unknown) => void {
  return (call, thrown) => {
    // The database layer has turned its errors into ours; a code like ECONNREFUSED here is about something else.
    const error = thrown instanceof ApiError ? thrown : internalError();
    call.failure = isClientGone(call, thrown) ? 'client gone' : (error.reason ?? error.code);
    if (error !== thrown && !isClientGone(call, thrown)) {
      logger.error('request failed', {
        request_id: call.id,
        target: call.target?.name,
        route: call.match?.label,
        ...describeError(thrown),
      });
    }
    answer(call, error);
  };
}

/** Whoever breaks off a download is no fault of ours that somebody would have to look into. */
const isClientGone = ({ res }: Call, thrown: unknown): boolean =>
  res.destroyed && (thrown as { code?: unknown } | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE';

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
