import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { ApiError, upstreamInvalid } from '../../errors.ts';
import type { Call } from '../../gateway/call/target.ts';
import { hasBody } from '../../gateway/server/client-connection.ts';
import type { Timeouts } from '../../target-definition.ts';
import { isHonest, toAnswerHeaders } from '../headers/response-headers.ts';
import type { UpstreamConnection, UpstreamHandler } from '../upstreams/upstream-pool.ts';
import { InterimResponses } from './interim.ts';
import { isLost, toApiError } from './upstream-failure.ts';

/** The client closed its connection before it was answered. Only logs and metrics see this error. */
export class ClientGone extends ApiError {
  constructor() {
    super(499, 'CLIENT_GONE', 'The client closed the connection.');
  }
}

export interface ExchangeEnd {
  /** The response head is on its way to the client. */
  onHead(status: number): void;
  /** The exchange failed before a response head. */
  onFailure(error: ApiError, seen: Seen): void;
  /** The request body is about to leave: from now on it cannot be sent again. */
  onBody(): void;
  /** Makes the error for an expired timeout; `reason` is for the log. */
  toTimeout(reason: string): ApiError;
  /** Bytes of the response body that have been passed on. */
  passed(bytes: number): void;
  /** The exchange is over, successful or not. */
  onEnd(): void;
  /** Its connection is free: at the end, or later, if it ended while the connection was being made. */
  onFree(): void;
}

/**
 * The part of a failed request that the upstream has seen: `nothing`, because there was no connection; `closing`, nothing
 * that it can have processed, because it was closing the kept connection; or `some`.
 */
export type Seen = 'nothing' | 'closing' | 'some';

/** Methods that change nothing at the upstream (RFC 9110 9.2.1): such a call without a body may be sent twice. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Responses up to this size are written together with their head, at half the cost of two writes. */
const onePieceBytes = 16 * 1024;
/**
 * A request on an open connection is sent within this time. It then keeps the response timeout that began with the
 * call.
 */
const promptMs = 50;

const cut = new Error('cut off');

/** A reason phrase that may be sent. Any other is dropped: the status says the same. */
const printable = /^[\t\x20-\x7e\x80-\xff]*$/;

/** One request to an upstream. Streams the response to the client and buffers only the first chunk of its body. */
export class Exchange implements UpstreamHandler {
  readonly #call: Call;
  readonly #res: ServerResponse;
  readonly #timeouts: Timeouts;
  readonly #end: ExchangeEnd;
  readonly #hasBody: boolean;
  readonly #startedAt = performance.now();
  #controller: Dispatcher.DispatchController | undefined;
  #connection: UpstreamConnection | undefined;
  #interim: InterimResponses | undefined;
  #timer: NodeJS.Timeout;
  /** Counts signs of progress, see `#limit`. */
  #moves = 0;
  readonly #totalTimer: NodeJS.Timeout | undefined;
  /** The head of the response, from its arrival. */
  #head: { readonly status: number; readonly reason: string; readonly headers: string[] } | undefined;
  #isCommitted = false;
  /** The head has been written, and body chunks are passed on as they arrive. */
  #isFlowing = false;
  #firstPiece: Buffer | undefined;
  #isOver = false;
  /** It ended while undici was connecting for it. */
  #isLingering = false;
  /** The error with which this side ended the exchange, before undici reports it. */
  #cause: ApiError | undefined;

  constructor(call: Call, timeouts: Timeouts, end: ExchangeEnd) {
    this.#call = call;
    this.#res = call.res;
    this.#timeouts = timeouts;
    this.#end = end;
    this.#hasBody = hasBody(call.req);
    // undici sends the request head together with the first byte of the body. The client may take `idleMs` to send it.
    this.#timer = this.#limit(this.#hasBody ? timeouts.idleMs : timeouts.headersMs, 'no response in time');
    this.#totalTimer = this.#limitWhole();
  }

  /** Aborts the exchange from this side. */
  cancel(cause: ApiError): void {
    if (this.#isOver) return;
    this.#cause ??= cause;
    this.#isLingering = this.#connection !== undefined && !this.#controller;
    if (this.#controller) this.#controller.abort(cause);
    else this.#fail(cause);
  }

  /** The client has closed its connection. */
  abandon(): void {
    if (!this.#isOver) this.cancel(new ClientGone());
  }

  onConnection(connection: UpstreamConnection): void {
    this.#connection = connection;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#connection?.begin(this.#hasBody ? () => this.#end.onBody() : undefined);
    if (this.#cause) controller.abort(this.#cause);
  }

  /** A chunk of the request body has been sent. */
  onBodySent(): void {
    if (this.#head) this.#move();
    else this.#renew(this.#timeouts.idleMs, 'upstream does not read the request');
  }

  onRequestSent(): void {
    if (this.#head) {
      this.#move();
      return;
    }
    const isPrompt = !this.#hasBody && performance.now() - this.#startedAt < promptMs;
    if (!isPrompt) this.#renew(this.#timeouts.headersMs, 'no response in time');
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    statusText?: string,
  ): void {
    // undici reports 101 elsewhere.
    if (status > 101 && status < 200) {
      this.#interim ??= new InterimResponses(this.#call);
      if (!this.#interim.pass(status, headers)) controller.abort(upstreamInvalid('too many interim responses'));
      return;
    }
    if (status < 200 || status > 599 || !isHonest(headers)) {
      controller.abort(upstreamInvalid(`status ${status}`));
      return;
    }
    // undici would keep a buffer for each name and value until the end: a hundred times the bytes of a head with short ones.
    controller.rawHeaders = null;
    this.#head = {
      status,
      reason: toReason(statusText),
      headers: toAnswerHeaders(headers, status, this.#call),
    };
    // Runs after everything that arrived in the same read: a response that is broken by then gets a 502.
    queueMicrotask(() => this.#connection?.isBroken || this.#commit());
  }

  /** Makes the response the upstream's: from now on it can only break off. Returns false if there is another one. */
  #commit(): boolean {
    if (this.#isCommitted || this.#isOver || !this.#head) return this.#isCommitted;
    const { status, reason, headers } = this.#head;
    try {
      this.#res.writeHead(status, reason, headers);
    } catch (error) {
      // Node refuses a head that undici accepts: nothing has been sent, so the client gets an error instead.
      this.#res.statusMessage = '';
      this.#fail(upstreamInvalid((error as NodeJS.ErrnoException).code ?? 'head refused'));
      this.#controller?.abort(cut);
      return false;
    }
    this.#isCommitted = true;
    this.#end.onHead(status);
    return true;
  }

  /**
   * Starts streaming and releases the buffered first chunk. To be called after everything that arrived in the same read
   * as the head.
   */
  flow(): void {
    if (this.#isFlowing || this.#isOver || !this.#commit()) return;
    this.#isFlowing = true;
    this.#renew(this.#timeouts.idleMs, 'response stalled');
    if (this.#firstPiece) this.#write(this.#firstPiece);
    // Not flushHeaders(): it would encode the non-ASCII bytes of a head as UTF-8.
    else this.#res.write('', 'latin1');
    this.#firstPiece = undefined;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isFlowing && !this.#firstPiece) {
      this.#firstPiece = chunk;
      return;
    }
    this.flow();
    if (this.#isOver) return;
    this.#move();
    this.#write(chunk);
    this.#end.passed(chunk.length);
  }

  onResponseEnd(): void {
    if (!this.#commit()) return;
    const piece = this.#firstPiece;
    this.#finish();
    if (!piece) this.#res.end();
    else if (piece.length > onePieceBytes) this.#res.end(piece);
    // Node writes the head and a string of the same encoding in one piece.
    else this.#res.end(piece.toString('latin1'), 'latin1');
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isLingering) this.#end.onFree();
    this.#fail(this.#cause ?? toApiError(error), isLost(error));
  }

  #write(chunk: Buffer): void {
    if (this.#res.write(chunk)) return;
    this.#controller?.pause();
    this.#res.once('drain', () => {
      this.#move();
      this.#controller?.resume();
    });
  }

  #fail(error: ApiError, isConnectionLost = false): void {
    if (this.#isOver) return;
    this.#finish();
    if (!this.#isCommitted) {
      this.#end.onFailure(error, this.#seen(isConnectionLost));
      return;
    }
    this.#call.failure ??= error.reason ?? error.code;
    this.#call.failureCode ??= error.code;
    const { socket } = this.#call.req;
    // Reset, not end: to an HTTP/1.0 client, a plain end would complete a truncated response.
    socket.resetAndDestroy();
  }

  #seen(isConnectionLost: boolean): Seen {
    if (this.#cause) return 'some';
    if (!this.#controller) return 'nothing';
    if (!isConnectionLost || !this.#connection?.isUsed || this.#connection.isAnswered) return 'some';
    const isSafe = !this.#hasBody && safe.has(this.#call.req.method ?? '');
    return isSafe || this.#connection.isUnprocessed ? 'closing' : 'some';
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#totalTimer);
    this.#end.onEnd();
    if (!this.#isLingering) this.#end.onFree();
  }

  #move(): void {
    this.#moves += 1;
    this.#timer.refresh();
  }

  #renew(milliseconds: number, reason: string): void {
    if (this.#isOver) return;
    this.#moves += 1;
    clearTimeout(this.#timer);
    this.#timer = this.#limit(milliseconds, reason);
  }

  #limitWhole(): NodeJS.Timeout | undefined {
    const { totalMs } = this.#timeouts;
    if (totalMs === 0) return undefined;
    const milliseconds = Math.max(1, totalMs - (this.#startedAt - this.#call.startedAt));
    return setTimeout(() => this.cancel(this.#end.toTimeout('total timeout')), milliseconds);
  }

  /**
   * Starts a timeout. After a pause of this process, timers run before sockets are read; data that arrived during the
   * pause must count as in time, so the timeout is checked again after the next read.
   */
  #limit(milliseconds: number, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      const moves = this.#moves;
      setImmediate(() => {
        if (this.#moves === moves) this.cancel(this.#end.toTimeout(reason));
      });
    }, milliseconds);
  }
}

/** undici decodes a reason phrase as UTF-8, and Node sends one character a byte. Bytes that are not UTF-8 are lost. */
function toReason(text = ''): string {
  const bytes = /[^\x00-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
  return printable.test(bytes) && !text.includes('\ufffd') ? bytes : '';
}
