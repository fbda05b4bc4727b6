import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { ApiError, upstreamInvalid, upstreamTimeout, upstreamUnreachable } from '../errors.ts';
import type { Call } from '../gateway/call.ts';
import { errors } from '../undici.ts';
import { copyResponseHeaders } from './response-headers.ts';
import type { Timeouts } from './target-definition.ts';

/** The client has gone: nobody is there to be answered. */
class ClientGone extends ApiError {
  constructor() {
    super(499, 'CLIENT_GONE', 'The client has gone.');
  }
}

export interface ExchangeEnd {
  /** The head of the answer is on its way to the client. */
  onHead(status: number): void;
  /** There will be no head: why, and whether it is certain that the upstream has seen nothing of the request. */
  onFailure(error: ApiError, isUntouched: boolean): void;
  /** Nothing more will happen, whichever way it went. */
  onEnd(): void;
}

/** One request to an upstream and its answer, passed on as it comes. The answer's body is never held. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #res: ServerResponse;
  readonly #timeouts: Timeouts;
  readonly #end: ExchangeEnd;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasHead = false;
  #isOver = false;
  /** What has ended it from our side, before undici reports it. */
  #cause: ApiError | undefined;

  constructor(call: Call, timeouts: Timeouts, end: ExchangeEnd) {
    this.#call = call;
    this.#res = call.res;
    this.#timeouts = timeouts;
    this.#end = end;
    // Until the connection is there, undici counts; what waits for a free one counts as well.
    this.#limit(timeouts.connectMs + timeouts.headersMs, 'no answer in time');
  }

  /** Ends it from our side. */
  cancel(cause: ApiError = new ClientGone()): void {
    if (this.#isOver) return;
    this.#cause ??= cause;
    if (this.#controller) this.#controller.abort(cause);
    else this.#fail(cause);
  }

  /** A part of the request's body has gone out. */
  onBodySent(): void {
    if (!this.#hasHead) this.#limit(this.#timeouts.idleMs, 'the request is not taken');
  }

  onRequestSent(): void {
    if (!this.#hasHead) this.#limit(this.#timeouts.headersMs, 'no answer in time');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cause) controller.abort(this.#cause);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    statusText?: string,
  ): void {
    const res = this.#res;
    if (status < 200 || status > 599 || !copyResponseHeaders(headers, res)) {
      controller.abort(upstreamInvalid(`status ${status}`));
      return;
    }
    this.#hasHead = true;
    this.#limit(this.#timeouts.idleMs, 'the answer has stopped');
    if (res.hasHeader('date')) res.sendDate = false;
    res.writeHead(status, statusText);
    this.#end.onHead(status);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#timer?.refresh();
    if (this.#res.write(chunk)) return;
    controller.pause();
    this.#res.once('drain', () => {
      this.#timer?.refresh();
      controller.resume();
    });
  }

  onResponseEnd(): void {
    this.#finish();
    this.#res.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(this.#cause ?? toApiError(error));
  }

  #fail(error: ApiError): void {
    if (this.#isOver) return;
    this.#finish();
    if (!this.#hasHead) {
      this.#end.onFailure(error, this.#controller === undefined && this.#cause === undefined);
      return;
    }
    this.#call.failure ??= error.reason ?? error.code;
    // A broken transfer must not look like a whole one; a plain end would, to a client of HTTP/1.0.
    this.#call.req.socket.resetAndDestroy();
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#end.onEnd();
  }

  #limit(milliseconds: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.cancel(upstreamTimeout(reason)), milliseconds);
  }
}

/** What undici reports, by what it means for the caller. Its messages may quote the upstream and go to the log alone. */
function toApiError(error: Error & { code?: string }): ApiError {
  if (error instanceof ApiError) return error;
  const reason = error.code ?? error.name;
  const isInvalid =
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError;
  return isInvalid || error.message === 'bad upgrade' ? upstreamInvalid(reason) : upstreamUnreachable(reason);
}
