import { type ApiError, isApiError, upstreamInvalid, upstreamUnreachable } from '../../errors.ts';
import { HeadTooLargeError } from '../../outgoing/head-filter.ts';
import { errors } from '../../packages/undici.ts';

const lostCodes = new Set(['UND_ERR_SOCKET', 'ECONNABORTED', 'ECONNRESET', 'EPIPE']);

/** Whether the connection ended, and not the request body: undici passes the body's own error on. */
export const isLost = ({ code = '' }: Error & { code?: string }): boolean => lostCodes.has(code);

/** Maps an undici error to the caller's error. undici's messages may quote the upstream, so they are only logged. */
export function toApiError(error: Error & { code?: string }): ApiError {
  if (isApiError(error)) return error;
  const reason = error.code ?? error.name;
  const isInvalid =
    error instanceof errors.HTTPParserError ||
    error instanceof HeadTooLargeError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError;
  return isInvalid || /^bad (?:upgrade|response)$/.test(error.message)
    ? upstreamInvalid(reason)
    : upstreamUnreachable(reason);
}
