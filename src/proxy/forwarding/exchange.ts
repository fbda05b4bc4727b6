import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { ApiError, upstreamInvalid, upstreamUnreachable } from '../../errors.ts';
import type { Call } from '../../gateway/call/target.ts';
import { isQueued } from '../../gateway/server/client-errors.ts';
import { errors } from '../../packages/undici.ts';
import type { Timeouts } from '../../target-definition.ts';
import { isHonest, toAnswerHeaders } from '../headers/response-headers.ts';
import { hasBody } from './upload.ts';

/** The client has gone: nobody is there to be answered. */
export class ClientGone extends ApiError {
  constructor() {
    super(499, 'CLIENT_GONE', 'The client has gone.');
  }
}

export interface ExchangeEnd {
  /** The head of the answer is on its way to the client. */
  onHead(status: number): void;
  /** There will be no head: why, and whether it is certain that the upstream has seen nothing of the request. */
  onFailure(error: ApiError, isUntouched: boolean): void;
  /** Its time is up: what that means. */
  toTimeout(reason: string): ApiError;
  /** So many bytes of the answer's body have been passed on. */
  passed(bytes: number): void;
  /** Nothing more will happen, whichever way it went. */
  onEnd(): void;
}

/** Answers up to this size go out in one piece with their head, which is half the cost of two. */
const onePieceBytes = 16 * 1024;
/** A connection that is there takes no longer; then the limit for the answer begins with the call. */
const promptMs = 50;

/** Node writes no other reason; the status says it all. */
const printable = /^[\t\x20-\x7e]*$/;

/** One request to an upstream and its answer, passed on as it comes. Of the body no more than a first piece is held. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #res: ServerResponse;
  readonly #timeouts: Timeouts;
  readonly #end: ExchangeEnd;
  readonly #hasBody: boolean;
  readonly #startedAt = performance.now();
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout;
  /** How often it has moved on. */
  #moves = 0;
  readonly #totalTimer: NodeJS.Timeout | undefined;
  #hasHead = false;
  /** The head has gone out, and the body follows as it comes. */
  #isFlowing = false;
  #firstPiece: Buffer | undefined;
  #isOver = false;
  /** What has ended it from our side, before undici reports it. */
  #cause: ApiError | undefined;

  constructor(call: Call, timeouts: Timeouts, end: ExchangeEnd) {
    this.#call = call;
    this.#res = call.res;
    this.#timeouts = timeouts;
    this.#end = end;
    this.#hasBody = hasBody(call.req);
    // The head goes out with the first byte of the body, for which the client may take its time.
    this.#timer = this.#limit(this.#hasBody ? timeouts.idleMs : timeouts.headersMs, 'no answer in time');
    this.#totalTimer = this.#limitWhole();
  }

  /** Ends it from our side. */
  cancel(cause: ApiError): void {
    if (this.#isOver) return;
    this.#cause ??= cause;
    if (this.#controller) this.#controller.abort(cause);
    else this.#fail(cause);
  }

  /** The client is not there any more. */
  abandon(): void {
    if (!this.#isOver) this.cancel(new ClientGone());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cause) controller.abort(this.#cause);
  }

  /** A part of the request's body has gone out. */
  onBodySent(): void {
    if (this.#hasHead) this.#move();
    else this.#renew(this.#timeouts.idleMs, 'the request is not taken');
  }

  onRequestSent(): void {
    if (this.#hasHead) {
      this.#move();
      return;
    }
    const isPrompt = !this.#hasBody && performance.now() - this.#startedAt < promptMs;
    if (!isPrompt) this.#renew(this.#timeouts.headersMs, 'no answer in time');
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    statusText?: string,
  ): void {
    // Announcements of another answer; 101 does not come this far.
    if (status > 101 && status < 200) return;
    if (status < 200 || status > 599 || !isHonest(headers)) {
      controller.abort(upstreamInvalid(`status ${status}`));
      return;
    }
    this.#hasHead = true;
    const reason = statusText !== undefined && printable.test(statusText) ? statusText : '';
    this.#res.writeHead(status, reason, toAnswerHeaders(headers, status, this.#call.headers));
    this.#end.onHead(status);
  }

  /** To be called when all has been seen that came together with the head: lets go of what was kept for one piece. */
  flow(): void {
    if (this.#isFlowing || this.#isOver) return;
    this.#isFlowing = true;
    this.#renew(this.#timeouts.idleMs, 'the answer has stopped');
    if (this.#firstPiece) this.#write(this.#firstPiece);
    // Not flushHeaders(): it would write the bytes beyond ASCII of a head as UTF-8.
    else this.#res.write('', 'latin1');
    this.#firstPiece = undefined;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isFlowing && !this.#firstPiece) {
      this.#firstPiece = chunk;
      return;
    }
    this.flow();
    this.#move();
    this.#write(chunk);
    this.#end.passed(chunk.length);
  }

  onResponseEnd(): void {
    const piece = this.#firstPiece;
    this.#finish();
    if (!piece) this.#res.end();
    else if (piece.length > onePieceBytes) this.#res.end(piece);
    // Text of the same encoding as the head is sent together with it.
    else this.#res.end(piece.toString('latin1'), 'latin1');
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(this.#cause ?? toApiError(error));
  }

  #write(chunk: Buffer): void {
    if (this.#res.write(chunk)) return;
    this.#controller?.pause();
    if (this.#res.socket === null) this.#awaitTurn();
    this.#res.once('drain', () => {
      this.#move();
      this.#controller?.resume();
    });
  }

  /** While answers to earlier requests have the connection, it is neither side's fault that this one stands still. */
  #awaitTurn(): void {
    clearTimeout(this.#timer);
    this.#res.once('socket', () => {
      if (!this.#isOver) this.#renew(this.#timeouts.idleMs, 'the answer has stopped');
    });
  }

  #fail(error: ApiError): void {
    if (this.#isOver) return;
    this.#finish();
    if (!this.#hasHead) {
      this.#end.onFailure(error, this.#controller === undefined && this.#cause === undefined);
      return;
    }
    this.#call.failure ??= error.reason ?? error.code;
    this.#call.failureCode ??= error.code;
    const { socket } = this.#call.req;
    // Answers to earlier requests go out first, and nothing of this one does.
    if (isQueued(this.#res)) this.#res.once('socket', () => socket.destroy());
    // A broken transfer must not look like a whole one; a plain end would, to a client of HTTP/1.0.
    else socket.resetAndDestroy();
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#totalTimer);
    this.#end.onEnd();
  }

  #move(): void {
    this.#moves += 1;
    this.#timer.refresh();
  }

  #renew(milliseconds: number, reason: string): void {
    this.#moves += 1;
    clearTimeout(this.#timer);
    this.#timer = this.#limit(milliseconds, reason);
  }

  #limitWhole(): NodeJS.Timeout | undefined {
    const { totalMs } = this.#timeouts;
    if (totalMs === 0) return undefined;
    const milliseconds = Math.max(1, totalMs - (this.#startedAt - this.#call.startedAt));
    return setTimeout(() => this.cancel(this.#end.toTimeout('deadline')), milliseconds);
  }

  /** After a moment in which this process stood still, timers run before sockets are read: what has come in by then counts. */
  #limit(milliseconds: number, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      const moves = this.#moves;
      setImmediate(() => {
        if (this.#moves === moves) this.cancel(this.#end.toTimeout(reason));
      });
    }, milliseconds);
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
  return isInvalid || /^bad (?:upgrade|response)$/.test(error.message)
    ? upstreamInvalid(reason)
    : upstreamUnreachable(reason);
}
