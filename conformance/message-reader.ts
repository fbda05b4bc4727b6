/** The bytes are not strictly valid HTTP/1.1. */
export class ProtocolError extends Error {}

export type Header = readonly [name: string, value: string];

export interface Head {
  /** Request line or status line. */
  readonly first: string;
  readonly headers: readonly Header[];
  /** The raw head, one character per byte. */
  readonly text: string;
}

/** Framing of a body: its length in bytes, chunked, or until the connection closes. */
export type Framing = number | 'chunked' | 'close';

export interface MessageEvents {
  /** Returns the framing of the message; throws `ProtocolError` for an invalid head. */
  onHead(head: Head): Framing;
  onBody(bytes: Buffer): void;
  onEnd(trailers: readonly Header[]): void;
}

const maxHeadBytes = 256 * 1024;
const maxChunkLine = 1024;
const field = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;
const chunkSize = /^[0-9A-Fa-f]{1,12}$/;
const end = Buffer.from('\r\n\r\n');

/** A strict parser of HTTP messages: throws `ProtocolError` for anything that another parser could read differently. */
export class MessageReader {
  readonly #events: MessageEvents;
  #pending: Buffer = Buffer.alloc(0);
  #state: 'head' | 'body' | 'size' | 'chunk' | 'gap' | 'trailers' | 'close' = 'head';
  #left = 0;

  constructor(events: MessageEvents) {
    this.#events = events;
  }

  /** Whether it is between two messages, with no byte of the next one. */
  get isIdle(): boolean {
    return this.#state === 'head' && this.#pending.length === 0;
  }

  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step()) {
      // Each step consumes one part, until the next part is incomplete.
    }
  }

  /** Handles the end of the connection. Throws `ProtocolError` for an incomplete message. */
  finish(): void {
    if (this.#state === 'close') this.#events.onEnd([]);
    else if (!this.isIdle) throw new ProtocolError(`the connection ended in the ${this.#state}`);
    this.#state = 'head';
  }

  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#head();
      case 'body':
      case 'chunk':
        return this.#data();
      case 'size':
        return this.#size();
      case 'gap':
        return this.#gap();
      case 'trailers':
        return this.#trailers();
      case 'close':
        return this.#rest();
    }
  }

  #head(): boolean {
    const at = this.#pending.indexOf(end);
    if (at === -1) {
      if (this.#pending.length > maxHeadBytes) throw new ProtocolError('the head is too large');
      return false;
    }
    const text = this.#take(at + end.length).toString('latin1');
    const [first = '', ...lines] = text.slice(0, -end.length).split('\r\n');
    if (/[\r\n\0]/.test(first)) throw new ProtocolError(`a bare CR, LF or NUL in ${JSON.stringify(first)}`);
    this.#begin(this.#events.onHead({ first, headers: lines.map(toHeader), text }));
    return true;
  }

  #begin(framing: Framing): void {
    if (framing === 'chunked') this.#state = 'size';
    else if (framing === 'close') this.#state = 'close';
    else if (framing === 0) this.#finishMessage([]);
    else {
      this.#state = 'body';
      this.#left = framing;
    }
  }

  #data(): boolean {
    if (this.#pending.length === 0) return false;
    const bytes = this.#take(Math.min(this.#left, this.#pending.length));
    this.#left -= bytes.length;
    this.#events.onBody(bytes);
    if (this.#left > 0) return false;
    if (this.#state === 'chunk') this.#state = 'gap';
    else this.#finishMessage([]);
    return true;
  }

  #size(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (!chunkSize.test(line)) throw new ProtocolError(`invalid chunk size ${JSON.stringify(line)}`);
    this.#left = Number.parseInt(line, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    return true;
  }

  #gap(): boolean {
    if (this.#pending.length < 2) return false;
    if (this.#take(2).toString('latin1') !== '\r\n') throw new ProtocolError('a chunk longer than its size');
    this.#state = 'size';
    return true;
  }

  #trailers(): boolean {
    if (this.#pending.length < 2) return false;
    if (this.#pending.subarray(0, 2).toString('latin1') === '\r\n') {
      this.#take(2);
      this.#finishMessage([]);
      return true;
    }
    const at = this.#pending.indexOf(end);
    if (at === -1) return false;
    const lines = this.#take(at + end.length)
      .toString('latin1')
      .slice(0, -end.length)
      .split('\r\n');
    this.#finishMessage(lines.map(toHeader));
    return true;
  }

  #rest(): boolean {
    if (this.#pending.length > 0) this.#events.onBody(this.#take(this.#pending.length));
    return false;
  }

  #finishMessage(trailers: readonly Header[]): void {
    this.#state = 'head';
    this.#events.onEnd(trailers);
  }

  #line(): string | undefined {
    const at = this.#pending.indexOf('\r\n');
    if (at === -1) {
      if (this.#pending.length > maxChunkLine) throw new ProtocolError('the chunk size line is too long');
      return undefined;
    }
    return this.#take(at + 2)
      .toString('latin1')
      .slice(0, -2);
  }

  #take(count: number): Buffer {
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }
}

function toHeader(line: string): Header {
  const [, name, value] = field.exec(line) ?? [];
  if (name === undefined || value === undefined || /[\r\n\0]/.test(line))
    throw new ProtocolError(`invalid header line: ${JSON.stringify(line)}`);
  return [name, value];
}

/** The values of all headers of this name, case-insensitive. */
export const valuesOf = (headers: readonly Header[], name: string): string[] =>
  headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/**
 * The framing that the headers declare; undefined if they declare none. Throws `ProtocolError` if they are ambiguous.
 */
export function framingOf(headers: readonly Header[]): Framing | undefined {
  const lengths = valuesOf(headers, 'content-length');
  const encodings = valuesOf(headers, 'transfer-encoding');
  if (lengths.length + encodings.length > 1)
    throw new ProtocolError(`framed twice: ${[...lengths, ...encodings].join(', ')}`);
  if (encodings.length === 1) {
    if (encodings[0]?.toLowerCase() !== 'chunked') throw new ProtocolError(`Transfer-Encoding: ${encodings[0]}`);
    return 'chunked';
  }
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw new ProtocolError(`Content-Length: ${length}`);
  return Number(length);
}
