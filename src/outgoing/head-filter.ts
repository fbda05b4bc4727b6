import type { Socket } from 'node:net';

export interface HeadFilterOptions {
  /** Limit of a head, from the status line to the empty line. */
  readonly maxBytes: number;
  /** The interim answers to remove: `100 Continue`, or all but 101. */
  readonly removed: 'continue' | 'all';
}

/** Limit of the interim answers that are removed before one head. Each costs a search: without end, they would delay other connections. */
const maxRemovedBytes = 128 * 1024;

export class HeadTooLargeError extends Error {}

const headEnd = Buffer.from('\r\n\r\n');
const lineEnd = '\n'.charCodeAt(0);
const interimLength = 'HTTP/1.1 1xx'.length;
const none = Buffer.alloc(0);
const classAt = 'HTTP/1.1 '.length;
const informational = '1'.charCodeAt(0);

/**
 * A filter between a socket and undici. Removes interim answers: undici treats an unsolicited `100 Continue` as invalid,
 * although a client must accept it (RFC 9110, 15.2). Passes a reason phrase on as a whole: undici would keep its last piece
 * alone. Ends a connection whose head is too large: undici does not count the status line and the
 * separators.
 */
export class HeadFilter {
  readonly #options: HeadFilterOptions;
  #isExpected = false;
  #hasBegun = false;
  #head: Buffer = none;
  /** Bytes of the head passed on so far. */
  #passed = 0;
  /** Bytes removed since `expect`. */
  #removed = 0;

  constructor(options: HeadFilterOptions) {
    this.#options = options;
  }

  /** Call before a request is written: the next bytes are the head of its answer. */
  expect(): void {
    this.#isExpected = true;
    this.#hasBegun = false;
    this.#removed = 0;
    this.#begin();
  }

  /** Whether a byte has arrived since `expect`, even if it was removed. */
  get hasBegun(): boolean {
    return this.#hasBegun;
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
      this.#hasBegun = true;
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
    const interim: Buffer[] = [];
    for (let rest = chunk; ; ) {
      const searchFrom = Math.max(0, this.#head.length - headEnd.length + 1);
      this.#head = this.#head.length === 0 ? rest : Buffer.concat([this.#head, rest]);
      const end = this.#head.indexOf(headEnd, searchFrom);
      const size = end === -1 ? this.#head.length : end + headEnd.length;
      if (size > this.#options.maxBytes) throw new HeadTooLargeError();
      if (!this.#mayBeRemoved()) {
        if (end === -1 || !isInterim(this.#head)) return joined(interim, this.#passOn(end !== -1));
        interim.push(this.#head.subarray(this.#passed, size));
      } else {
        if (end === -1) return joined(interim, none);
        this.#removed += size;
        if (this.#removed > maxRemovedBytes) throw new HeadTooLargeError();
      }
      rest = this.#head.subarray(size);
      this.#begin();
      if (rest.length === 0) return joined(interim, rest);
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
    if (isReasonOpen(this.#head)) return none;
    const visible = this.#passed === 0 ? this.#head : this.#head.subarray(this.#passed);
    this.#passed = this.#head.length;
    if (isComplete) {
      this.#isExpected = false;
      this.#begin();
    }
    return visible;
  }
}

const joined = (interim: Buffer[], last: Buffer): Buffer =>
  interim.length === 0 ? last : Buffer.concat([...interim, last]);

/** Whether another head follows this one. */
const isInterim = (head: Buffer): boolean =>
  head[classAt] === informational && /^HTTP\/1\.[01] 1(?!01)\d\d/.test(head.toString('latin1', 0, interimLength));

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

const beforeReason = /^HTTP\/1\.[01] \d{3} $/;

/** True if these bytes end within a reason phrase. */
const isReasonOpen = (bytes: Buffer): boolean =>
  !bytes.includes(lineEnd) && beforeReason.test(bytes.toString('latin1', 0, interimLength + 1));
