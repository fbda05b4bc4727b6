import { type ApiError, payloadTooLarge, requestTimeout, upstreamTimeout } from '../errors.ts';
import type { Call } from '../gateway/call.ts';
import { Exchange } from './exchange.ts';
import type { RemoteTargetSettings } from './target-definition.ts';
import { createUpload, hasBody, type Upload } from './upload.ts';
import type { Answered, Upstream, Upstreams } from './upstreams.ts';

export interface ForwardParts {
  readonly settings: Pick<RemoteTargetSettings, 'timeouts' | 'maxBodyBytes'>;
  readonly upstreams: Upstreams;
  readonly rewrite: (path: string) => string;
  readonly headersFor: (call: Call, upstreamHost: string) => string[];
  /** The head of an upstream's answer has been passed on. */
  readonly onAnswered?: ((call: Call, status: number) => void) | undefined;
  readonly passed: (bytes: number) => void;
}

/** A failure of which the upstream has seen nothing. */
class Untouched extends Error {
  readonly failure: ApiError;

  constructor(failure: ApiError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Passes calls on to a target's upstreams. Rejects with what is to be answered if no answer has begun. */
export function createForward(parts: ForwardParts): (call: Call) => Promise<void> {
  const { settings, upstreams, rewrite, headersFor, onAnswered, passed } = parts;
  const { timeouts, maxBodyBytes } = settings;

  async function attempt(call: Call, upstream: Upstream, path: string, upload: Upload | undefined): Promise<Answered> {
    const startedAt = performance.now();
    const heading = Promise.withResolvers<number>();
    // A client that does not send is no fault of the upstream's, whose breaker it could open for everybody.
    const toTimeout = (reason: string): ApiError =>
      upload?.isAwaited() ? requestTimeout(reason) : upstreamTimeout(reason);
    const exchange = new Exchange(call, timeouts, {
      onHead: (status) => {
        // Not after the wait below: a short answer may be over by then, and the call logged.
        call.upstreamMs = performance.now() - startedAt;
        heading.resolve(status);
      },
      onFailure: (error, isUntouched) => heading.reject(isUntouched ? new Untouched(error) : error),
      toTimeout,
      passed,
      onEnd: () => {
        upstream.pending -= 1;
        clearTimeout(deadline);
      },
    });
    const endWhole = (): void => exchange.cancel(toTimeout('deadline'));
    const leftMs = Math.max(1, timeouts.totalMs - (performance.now() - call.startedAt));
    const deadline = timeouts.totalMs > 0 ? setTimeout(endWhole, leftMs) : undefined;
    upstream.pending += 1;
    call.onClosed(() => exchange.abandon());
    const { method = 'GET' } = call.req;
    const headers = headersFor(call, upstream.host);
    // undici would take the TLS name from `Host`, and connect anew with each other one.
    const options = { path, method, headers, body: upload?.open() ?? null, servername: upstream.host };
    try {
      upstream.pool.dispatch(options, exchange);
    } catch (error) {
      exchange.onResponseError(undefined, error as Error);
    }
    const status = await heading.promise;
    exchange.flow();
    onAnswered?.(call, status);
    return { status };
  }

  return async (call) => {
    const { req, res, query } = call;
    const path = rewrite(call.path) + (query === '' && !req.url?.endsWith('?') ? '' : `?${query}`);
    if (maxBodyBytes > 0 && Number(req.headers['content-length'] ?? 0) > maxBodyBytes)
      throw payloadTooLarge(maxBodyBytes);
    const upload = hasBody(req) ? createUpload(req, res, maxBodyBytes, passed) : undefined;
    if (upload) call.onClosed(() => upload.release());
    try {
      await upstreams.send(
        (upstream) => attempt(call, upstream, path, upload),
        (error) => error instanceof Untouched && !upload?.isStarted(),
      );
    } catch (error) {
      throw error instanceof Untouched ? error.failure : error;
    }
  };
}
