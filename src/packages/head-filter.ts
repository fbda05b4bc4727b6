import type { Socket } from 'node:net';

export interface HeadFilterOptions {
  /** Limit of a head, from the status line to the empty line. */
  readonly maxBytes: number;
  /** The interim answers to remove: `100 Continue`, or all but 101. */
  readonly removed: 'continue' | 'all';
}

export class HeadTooLargeError extends Error {}

const headEnd = Buffer.from('\r\n\r\n');
const interimLength = 'HTTP/1.1 1xx'.length;
const none = Buffer.alloc(0);
const classAt = 'HTTP/1.1 '.length;
const informational = '1'.charCodeAt(0);

/**
 * A filter between a socket and undici. Removes interim answers: undici treats an unsolicited `100 Continue` as invalid,
 * although a client must accept it (RFC 9110, 15.2). Ends a connection whose head is too large: undici does not count
 * the status line and the separators.
 */
export class HeadFilter {
  readonly #options: HeadFilterOptions;
  #isExpected = false;
  #head: Buffer = none;
  /** Bytes of the head passed on so far. */
  #passed = 0;

  constructor(options: HeadFilterOptions) {
    this.#options = options;
  }

  /** Call before a request is written: the next bytes are the head of its answer. */
  expect(): void {
    this.#isExpected = true;
    this.#begin();
  }

  /** Filters the bytes that the socket receives. */
  attach(socket: Socket): void {
    const push = socket.push.bind(socket);
    socket.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
      if (!this.#isExpected) return push(chunk, encoding);
      if (chunk === null) {
        // A head that broke off is not the same as no answer.
        if (this.#head.length > this.#passed) push(this.#head.subarray(this.#passed));
        return push(chunk);
      }
      try {
        const visible = this.pass(chunk);
        return visible.length === 0 || push(visible);
      } catch (error) {
        socket.destroy(error as Error);
        return false;
      }
    };
  }

  /** Returns the bytes that undici may see now. Throws `HeadTooLargeError`. */
  pass(chunk: Buffer): Buffer {
    for (let rest = chunk; ; ) {
      const searchFrom = Math.max(0, this.#head.length - headEnd.length + 1);
      this.#head = this.#head.length === 0 ? rest : Buffer.concat([this.#head, rest]);
      const end = this.#head.indexOf(headEnd, searchFrom);
      const size = end === -1 ? this.#head.length : end + headEnd.length;
      if (size > this.#options.maxBytes) throw new HeadTooLargeError();
      if (!this.#mayBeRemoved()) return this.#passOn(end !== -1);
      if (end === -1) return none;
      rest = this.#head.subarray(size);
      this.#begin();
      if (rest.length === 0) return rest;
    }
  }

  #mayBeRemoved(): boolean {
    return this.#options.removed === 'all' ? mayBeInterim(this.#head) : mayBeContinue(this.#head);
  }

  #begin(): void {
    this.#head = none;
    this.#passed = 0;
  }

  #passOn(isComplete: boolean): Buffer {
    const visible = this.#passed === 0 ? this.#head : this.#head.subarray(this.#passed);
    this.#passed = this.#head.length;
    if (isComplete) {
      this.#isExpected = false;
      this.#begin();
    }
    return visible;
  }
}

/** True if these bytes begin, or may yet begin, an answer of 100–199 other than 101. */
function mayBeInterim(bytes: Buffer): boolean {
  if (bytes.length >= interimLength && bytes[classAt] !== informational) return false;
  const line = bytes.toString('latin1', 0, interimLength);
  if (line.length < interimLength) return 'HTTP/1.1 100'.startsWith(line) || /^HTTP\/1\.[01]( (1\d?)?)?$/.test(line);
  return /^HTTP\/1\.[01] 1\d\d/.test(line) && !line.endsWith('101');
}

/** True if these bytes begin, or may yet begin, an answer of 100. */
function mayBeContinue(bytes: Buffer): boolean {
  if (bytes.length >= interimLength && bytes[classAt] !== informational) return false;
  const line = bytes.toString('latin1', 0, interimLength);
  return 'HTTP/1.1 100'.startsWith(line) || 'HTTP/1.0 100'.startsWith(line);
}
