import { type ApiError, internalError, readApiError } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { ErrorShape } from '../../plugin.ts';
import { sendJson } from './call.ts';
import { toChallenge } from './challenge.ts';
import type { Call } from './target.ts';
import { covers, type TargetRegistry } from './target-registry.ts';
import { mergeVary } from './vary.ts';

/** The one place where an error becomes a response. The cause of an unexpected error is logged, never answered. */
export function createErrorHandler(logger: Logger, registry: TargetRegistry): (call: Call, error: unknown) => void {
  return (call, thrown) => {
    // Database errors arrive as `ApiError` already; a code like ECONNREFUSED here has another origin.
    const read = readApiError(thrown);
    const error = read?.error ?? internalError();
    call.failureCode = error.code;
    call.failure = isClientGone(call, thrown) ? 'client gone' : (error.reason ?? error.code);
    if (!read?.error && !isClientGone(call, thrown)) {
      logger.error('request failed', {
        request_id: call.id,
        target: call.target?.name,
        route: call.match?.label,
        ...describeError(thrown),
        ...(read?.problem ? { not_answered: read.problem } : {}),
      });
    }
    answer(call, error, shapeOf(call, registry));
  };
}

/** A client that aborts a download is not a fault of the gateway, so it is not logged as an error. */
const isClientGone = ({ res }: Call, thrown: unknown): boolean =>
  res.destroyed && (thrown as { code?: unknown } | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE';

/**
 * Clients of an API family get errors in its format even if the call does not reach its target. Before a call is let
 * in, the format depends on the path alone: it must not tell which targets exist.
 */
function shapeOf(call: Call, registry: TargetRegistry): ErrorShape | undefined {
  const { path, target, match, principal } = call;
  const reached = principal || match?.isPublic ? target : call.hostTarget;
  const shapes = reached?.errorShapes ?? registry.targets.flatMap(({ errorShapes }) => errorShapes);
  return shapes.find(({ prefix }) => covers(prefix, path));
}

function answer(call: Call, error: ApiError, shape: ErrorShape | undefined): void {
  const { res } = call;
  const { status, code, message, details, headers } = error;
  if (res.writableEnded) return;
  if (res.headersSent) {
    // A truncated response must not look complete.
    res.destroy();
    return;
  }
  for (const name of res.getHeaderNames())
    if (name.startsWith('content-') || name === 'location') res.removeHeader(name);
  const { 'WWW-Authenticate': challenge } = headers;
  if (challenge !== undefined) call.vary = mergeVary(call.vary, 'Accept');
  const sent = challenge === undefined ? headers : { ...headers, 'WWW-Authenticate': toChallenge(challenge, call.req) };
  const body = shape ? shape.toBody(error) : { error: { code, message, details, request_id: call.id } };
  sendJson(call, status, body, sent);
}
