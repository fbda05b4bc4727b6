import type { Socket } from 'node:net';

type WriteDone = (error?: Error | null) => void;

/** Write errors of a connection that the peer has closed: not all bytes of the write have left. */
const gone = new Set(['EPIPE', 'ECONNRESET']);

/**
 * Tracks how much of a request has left through a kept connection, which its peer may be closing at the same moment. The
 * head of a request with a body leaves first, and the body after the next poll for events: by then, a peer that had
 * closed has refused the head. A request without its body has not been processed and may be sent again.
 */
export class RequestProgress {
  #requests = 0;
  #isUsed = false;
  /** The next write is the first one of a request on a used connection. */
  #isFirst = false;
  #isHeadRefused = false;
  /** The head has left, and the body has not. */
  #isBodyHeld = false;
  #onBody: (() => void) | undefined;

  /** Follows a new connection. */
  attach(socket: Socket): void {
    this.#requests = 0;
    this.#isFirst = false;
    const { _write: write, _writev: writev } = socket;
    // Only the first write of a request needs a closure.
    socket._write = (chunk, encoding, callback) => {
      write.call(socket, chunk, encoding, this.#isFirst ? this.#watchHead(callback) : callback);
    };
    if (!writev) return;
    socket._writev = (chunks, callback) => {
      const [head, ...body] = chunks;
      if (!this.#isFirst || !head) {
        writev.call(socket, chunks, callback);
        return;
      }
      const sendBody = (): void => {
        if (socket.destroyed || socket.readableEnded) {
          callback(new Error('closed before the body'));
          return;
        }
        this.#isBodyHeld = false;
        this.#onBody?.();
        writev.call(socket, body, callback);
      };
      this.#isBodyHeld = true;
      const afterHead: WriteDone = (error) => (error ? callback(error) : afterPoll(sendBody));
      write.call(socket, head.chunk, head.encoding, this.#watchHead(afterHead));
    };
  }

  /** A request begins. `onBody` is called before a byte of its body leaves. */
  begin(onBody?: () => void): void {
    this.#isUsed = this.#requests > 0;
    this.#requests += 1;
    this.#isFirst = this.#isUsed;
    this.#isHeadRefused = false;
    this.#isBodyHeld = false;
    this.#onBody = onBody;
    if (!this.#isUsed) onBody?.();
  }

  /**
   * Whether the latest request met a connection that its peer had closed, and has certainly not been processed. The
   * caller knows that no byte of a response has arrived.
   */
  get isUnprocessed(): boolean {
    return this.#isUsed && (this.#isFirst || this.#isHeadRefused || this.#isBodyHeld);
  }

  /** Whether the connection had carried a request before the latest one. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  #watchHead(done: WriteDone): WriteDone {
    this.#isFirst = false;
    return (error) => {
      if (error) this.#isHeadRefused = gone.has((error as NodeJS.ErrnoException).code ?? '');
      done(error);
    };
  }
}

/** Called from a poll for events, one `setImmediate` runs before the next poll; the second one runs after it. */
function afterPoll(callback: () => void): void {
  setImmediate(() => setImmediate(callback));
}
