import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BufferBudget, Holder } from './buffer-budget.ts';
import { flushedBytes, unreadBytes } from './flushed-bytes.ts';

/** Marks that later steps put on a request. */
export interface RequestMarks {
  /** The response is streamed from a backend, with timeouts of its own. */
  isForwarded?: boolean;
  /** The caller has valid credentials. */
  hasCaller?: boolean;
  /**
   * The body is passed on while it arrives, and its reader enforces the timeout. Bytes that have been read from the request,
   * and not been passed on yet.
   */
  unsentBytes?: () => number;
}

/** Bytes and chunks of a body that have arrived. */
interface Arrived {
  bytes: number;
  chunks: number;
}

const arrived = Symbol('arrived');

type CountedRequest = IncomingMessage & RequestMarks & { [arrived]?: Arrived };

export interface ConnectionParts {
  readonly budget: BufferBudget;
  readonly listener: RequestListener;
  /** Unanswered requests; a client that sends more is disconnected. */
  readonly mostUnanswered: number;
  /** The connection has a request to answer, or has none any more. */
  onWork(socket: Socket): void;
  onRest(socket: Socket): void;
  /** Starts a request that has waited, in a later turn of the event loop. */
  inTurn(start: () => void): void;
  /** Answers a request whose body has not arrived, because the process buffers too much. */
  refuse(res: ServerResponse): void;
}

/** Memory of a chunk beside its bytes, of a request that waits, and of an unread rest too small to be counted. */
const chunkBytes = 512;
const requestBytes = 4096;
const uncountedBytes = 4096;

/**
 * The requests of one connection, served strictly one after the other: the next one starts when the response before it has
 * been handed to the system. Node itself would start each request as soon as it is parsed, and buffer all of their responses.
 */
export class ClientConnection implements Holder {
  readonly socket: Socket;
  since: Holder['since'];
  /** The response to the latest request, started or waiting. */
  latest: ServerResponse | undefined;
  /** The response to the request in progress. */
  current: ServerResponse | undefined;
  /** `performance.now()` at the start of the request in progress. */
  #startedAt = 0;
  readonly #parts: ConnectionParts;
  #started: ServerResponse | undefined;
  #onStarted: (() => void) | undefined;
  #waiting: ServerResponse[] = [];
  #isCut = false;
  /** Unread bytes that the budget knows of. */
  #counted = 0;

  constructor(socket: Socket, parts: ConnectionParts) {
    this.socket = socket;
    this.#parts = parts;
    parts.budget.enter(this);
    socket.once('close', () => parts.budget.leave(this));
    // The handler of a request in progress may resume the socket.
    socket.on('resume', () => {
      if (this.#waiting.length > 0) socket.pause();
    });
    this.#countUnread();
  }

  /** Serves a request, or lets it wait for the ones before it. */
  take(res: ServerResponse): void {
    this.latest = res;
    if (hasBody(res.req)) this.#countBody(res.req);
    if (!this.current) {
      this.#start(res);
      return;
    }
    this.#waiting.push(res);
    this.#parts.budget.add(this, requestBytes, false);
    if (this.#waiting.length >= this.#parts.mostUnanswered) this.socket.destroy();
    else this.socket.pause();
  }

  held(ofStranger: boolean): number {
    if (this.#isCut) return 0;
    const { current, socket } = this;
    let bytes = current ? bodyBytes(current.req, ofStranger) : 0;
    for (const { req } of this.#waiting) bytes += bodyBytes(req, ofStranger) + (ofStranger ? 0 : requestBytes);
    if (ofStranger) return bytes;
    this.#counted = unreadBytes(socket);
    return bytes + this.#counted;
  }

  /**
   * Milliseconds since the start of a request whose body has not arrived, or whose complete response has not been read: the
   * client is the one to move. Undefined for other connections, and for bodies that are passed on, which have timeouts.
   */
  waitedMs(now: number): number | undefined {
    const { current } = this;
    if (!current) return undefined;
    const { unsentBytes }: RequestMarks = current.req as CountedRequest;
    const isOwed = (!current.req.complete && !unsentBytes) || (current.writableEnded && !current.writableFinished);
    return isOwed ? now - this.#startedAt : undefined;
  }

  moved(): number {
    return this.socket.bytesRead + flushedBytes(this.socket);
  }

  cut(): void {
    this.#isCut = true;
    const { current, socket } = this;
    // A response that is not read has no room for an error.
    if (current && !current.headersSent && !current.req.complete) this.#parts.refuse(current);
    else socket.destroy();
  }

  #start(res: ServerResponse): void {
    this.current = res;
    this.#startedAt = performance.now();
    this.since = undefined;
    this.#parts.onWork(this.socket);
    res.on('close', this.#next);
    this.#parts.listener(res.req, res);
    this.#started = res;
    if (this.#onStarted && res === this.latest) process.nextTick(this.#onStarted);
  }

  readonly #next = (): void => {
    const res = this.#waiting.shift();
    this.current = res;
    if (this.socket.destroyed) return;
    if (this.#waiting.length === 0) this.socket.resume();
    if (!res) this.#parts.onRest(this.socket);
    else
      this.#parts.inTurn(() => {
        if (!this.socket.destroyed) this.#start(res);
      });
  };

  /** Whether the latest request, if there is one, has started. If not, `then` is called in the tick after its start. */
  hasStarted(then: () => void): boolean {
    if (this.latest === this.#started) return true;
    this.#onStarted = then;
    return false;
  }

  #countBody(req: CountedRequest): void {
    const { budget } = this.#parts;
    const count: Arrived = { bytes: 0, chunks: 0 };
    req[arrived] = count;
    const { push } = req;
    req.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
      if (chunk) {
        count.bytes += chunk.length;
        count.chunks += 1;
        budget.add(this, chunk.length + chunkBytes, isStrangers(req));
      }
      return push.call(req, chunk, encoding);
    };
  }

  /** All responses pass here, and the bytes of tunnels. */
  #countUnread(): void {
    const { socket } = this;
    const { write } = socket;
    socket.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
      const isBelowMark = write.call(socket, chunk, encoding as BufferEncoding, callback as () => void);
      const unread = unreadBytes(socket);
      if (unread > uncountedBytes && unread > this.#counted) {
        this.#parts.budget.add(this, unread - this.#counted, false);
        this.#counted = unread;
      }
      return isBelowMark;
    };
  }
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** A body that is passed on is never collected. */
const isStrangers = ({ hasCaller, unsentBytes }: RequestMarks): boolean => !hasCaller && !unsentBytes;

function bodyBytes(req: CountedRequest, ofStranger: boolean): number {
  const count = req[arrived];
  if (!count || count.chunks === 0 || (ofStranger && !isStrangers(req))) return 0;
  const held = req.unsentBytes ? req.readableLength + req.unsentBytes() : count.bytes;
  return held + Math.ceil((count.chunks * held) / count.bytes) * chunkBytes;
}
