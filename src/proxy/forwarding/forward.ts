import { type ApiError, payloadTooLarge, requestTimeout, targetBusy, upstreamTimeout } from '../../errors.ts';
import type { Call } from '../../gateway/call/target.ts';
import { hasBody, type RequestMarks } from '../../gateway/server/client-connection.ts';
import type { RemoteTargetSettings, Timeouts } from '../../target-definition.ts';
import type { Applicant } from '../upstreams/admission.ts';
import { notOfUpstream } from '../upstreams/breaker.ts';
import type { Answered, Upstream, Upstreams } from '../upstreams/upstreams.ts';
import { Exchange, type ExchangeEnd, type Seen } from './exchange.ts';
import { createUpload, type Upload } from './upload.ts';

export interface ForwardParts {
  readonly settings: Pick<RemoteTargetSettings, 'timeouts' | 'maxBodyBytes'>;
  readonly upstreams: Upstreams;
  readonly rewrite: (path: string) => string;
  readonly headersFor: (call: Call, upstreamHost: string) => string[];
  readonly callerOf: (call: Call) => string;
  /** Called when the head of an upstream's response has been passed on. */
  readonly onAnswered?: ((call: Call, status: number) => void) | undefined;
  readonly passed: (bytes: number) => void;
}

/** Sends the request of an attempt, on a connection that it shares with earlier calls or on one of its own. */
type Send = (dispatching: 'dispatch' | 'dispatchAlone') => void;

type AttemptParts = Pick<Attempt, 'call' | 'upstream' | 'upload'> & Pick<ForwardParts, 'callerOf' | 'passed'>;

/**
 * One attempt of a call at one of its target's upstreams. A request that met a closing connection is sent once more, on
 * a new one.
 */
class Attempt implements ExchangeEnd, Answered, Applicant {
  readonly call: Call;
  readonly upstream: Upstream;
  readonly upload: Upload | undefined;
  readonly passed: (bytes: number) => void;
  exchange: Exchange;
  /** Status of the response; 0 until its head has arrived. */
  status = 0;
  /** The attempt failed before the upstream saw any of the request. */
  isUntouched = false;
  readonly #callerOf: (call: Call) => string;
  #caller: string | undefined;
  #send: Send | undefined;
  #hasBegun = false;
  #isSentAgain = false;
  readonly #timeouts: Timeouts;
  readonly #startedAt = performance.now();
  readonly #heading = Promise.withResolvers<Attempt>();

  constructor(parts: AttemptParts, timeouts: Timeouts) {
    this.call = parts.call;
    this.upstream = parts.upstream;
    this.upload = parts.upload;
    this.passed = parts.passed;
    this.#callerOf = parts.callerOf;
    this.#timeouts = timeouts;
    this.exchange = this.#open();
  }

  #open(): Exchange {
    this.upstream.pending += 1;
    return new Exchange(this.call, this.#timeouts, this);
  }

  /** Resolves when the response head has been passed on; rejects if there is none. */
  get answered(): Promise<Attempt> {
    return this.#heading.promise;
  }

  get caller(): string {
    this.#caller ??= this.#callerOf(this.call);
    return this.#caller;
  }

  /** Sends the request as soon as the upstream admits it. */
  enter(send: Send): void {
    this.#send = send;
    this.upstream.admission.enter(this);
  }

  begin(): void {
    this.#hasBegun = true;
    this.#send?.('dispatch');
  }

  refuse(reason: string): void {
    this.exchange.cancel(toBusy(reason));
    // Another upstream may have a connection.
    this.isUntouched = true;
  }

  onHead(status: number): void {
    // Set here and not after `answered`: a short response can be complete, and the call logged, before that continues.
    this.call.upstreamMs = performance.now() - this.#startedAt;
    this.status = status;
    this.#heading.resolve(this);
  }

  onFailure(error: ApiError, seen: Seen): void {
    this.isUntouched = seen === 'nothing';
    if (seen !== 'closing' || this.#isSentAgain) {
      this.#heading.reject(error);
      return;
    }
    this.#isSentAgain = true;
    this.exchange = this.#open();
    this.upstream.admission.stay(this);
    this.#send?.('dispatchAlone');
  }

  onBody(): void {
    this.upload?.commit();
  }

  /** A slow client is not the upstream's fault: a 504 would count against the breaker, which all callers share. */
  toTimeout(reason: string): ApiError {
    if (!this.#hasBegun) return toBusy(reason);
    return this.upload?.isAwaited() ? requestTimeout(reason) : upstreamTimeout(reason);
  }

  onEnd(): void {
    this.upstream.pending -= 1;
  }

  onFree(): void {
    this.upstream.admission.leave(this);
  }
}

const toBusy = (reason: string): ApiError => notOfUpstream(targetBusy(reason));

/**
 * Forwards calls to a target's upstreams. Throws or rejects with the error for the caller when no response has begun.
 */
export function createForward(parts: ForwardParts): (call: Call) => Promise<unknown> {
  const { settings, upstreams, rewrite, headersFor, callerOf, onAnswered, passed } = parts;
  const { timeouts, maxBodyBytes } = settings;

  function dispatch(attempt: Attempt, path: string): Promise<Attempt> {
    const { call, upstream, upload, answered } = attempt;
    const { method = 'GET' } = call.req;
    const headers = headersFor(call, upstream.host);
    const send: Send = (dispatching) => {
      const { exchange } = attempt;
      // undici would take the TLS server name from `Host`, and open a new connection for each different one.
      const options = { path, method, headers, body: upload?.open() ?? null, servername: upstream.host };
      try {
        upstream.pool[dispatching](options, exchange);
      } catch (error) {
        exchange.onResponseError(undefined, error as Error);
      }
    };
    call.onClosed(() => attempt.exchange.abandon());
    attempt.enter(send);
    return answered;
  }

  return (call) => {
    const { req, res, query } = call;
    (req as RequestMarks).isForwarded = true;
    const path = rewrite(call.path) + (query === '' && !req.url?.endsWith('?') ? '' : `?${query}`);
    if (maxBodyBytes > 0 && Number(req.headers['content-length'] ?? 0) > maxBodyBytes)
      throw payloadTooLarge(maxBodyBytes);
    const upload = hasBody(req) ? createUpload(req, res, maxBodyBytes, passed) : undefined;
    if (upload) call.onClosed(() => upload.release());
    let attempt: Attempt | undefined;
    return upstreams
      .send(
        (upstream) => {
          attempt = new Attempt({ call, upstream, upload, callerOf, passed }, timeouts);
          return dispatch(attempt, path);
        },
        () => attempt?.isUntouched === true && upload?.isWhole() !== false,
        upload?.isAwaited,
      )
      .then(({ exchange, status }) => {
        exchange.flow();
        onAnswered?.(call, status);
      });
  };
}
