/** Bytes that are no HTTP/1.1 as the standard has it. */
export class ProtocolError extends Error {}

export type Header = readonly [name: string, value: string];

export interface Head {
  /** The first line. */
  readonly first: string;
  readonly headers: readonly Header[];
  /** All of it as it came, one character a byte. */
  readonly text: string;
}

/** How a body ends: after so many bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

export interface MessageEvents {
  /** Says how the message ends; throws `ProtocolError` for one that cannot be. */
  onHead(head: Head): Framing;
  onBody(bytes: Buffer): void;
  onEnd(trailers: readonly Header[]): void;
}

const maxHeadBytes = 256 * 1024;
const maxChunkLine = 1024;
const field = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;
const chunkSize = /^[0-9A-Fa-f]{1,12}$/;
const end = Buffer.from('\r\n\r\n');

/**
 * Reads HTTP messages from a connection and is lenient in nothing: whatever another reader could take for something else is
 * a `ProtocolError`.
 */
export class MessageReader {
  readonly #events: MessageEvents;
  #pending: Buffer = Buffer.alloc(0);
  #state: 'head' | 'body' | 'size' | 'chunk' | 'gap' | 'trailers' | 'close' = 'head';
  #left = 0;

  constructor(events: MessageEvents) {
    this.#events = events;
  }

  /** Between two messages, with no byte of the next. */
  get isIdle(): boolean {
    return this.#state === 'head' && this.#pending.length === 0;
  }

  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step()) {
      // One part after the other, until one is not all there.
    }
  }

  /** The connection has ended. Throws `ProtocolError` when the message had not. */
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
      if (this.#pending.length > maxHeadBytes) throw new ProtocolError('a head without end');
      return false;
    }
    const text = this.#take(at + end.length).toString('latin1');
    const [first = '', ...lines] = text.slice(0, -end.length).split('\r\n');
    if (/[\r\n\0]/.test(first)) throw new ProtocolError(`a bare line end in ${JSON.stringify(first)}`);
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
    if (!chunkSize.test(line)) throw new ProtocolError(`a chunk of the size ${JSON.stringify(line)}`);
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
      if (this.#pending.length > maxChunkLine) throw new ProtocolError('a chunk size without end');
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
    throw new ProtocolError(`no header: ${JSON.stringify(line)}`);
  return [name, value];
}

/** The values of all headers of this name, in any spelling. */
export const valuesOf = (headers: readonly Header[], name: string): string[] =>
  headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** How the headers frame a message; undefined when they say nothing. Throws `ProtocolError` when they could be read in two ways. */
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
