const closeOpcode = 0x8;
const longestHead = 14;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 5.2) as their bytes pass, so that another frame can be put
 * between two of them.
 */
export class FrameFollower {
  readonly #head = Buffer.alloc(longestHead);
  #headBytes = 0;
  #payloadLeft = 0;
  #hasClosed = false;

  /** Whether the next byte begins a frame. */
  get isBetween(): boolean {
    return this.#headBytes === 0 && this.#payloadLeft === 0;
  }

  /** Whether a close frame has begun, after which none may follow. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  /** Takes a chunk that passes as a whole. */
  pass(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) offset = this.next(chunk, offset);
  }

  /** Reads on from `offset` to the end of the frame there, or of the chunk; gives the offset behind it. */
  next(chunk: Buffer, from: number): number {
    let offset = from;
    while (this.#payloadLeft === 0) {
      if (offset === chunk.length) return offset;
      this.#head[this.#headBytes] = chunk[offset] as number;
      this.#headBytes += 1;
      offset += 1;
      if (this.#headBytes === this.#headLength() && this.#startPayload() === 0) return offset;
    }
    const taken = Math.min(this.#payloadLeft, chunk.length - offset);
    this.#payloadLeft -= taken;
    return offset + taken;
  }

  #headLength(): number {
    if (this.#headBytes < 2) return 2;
    const second = this.#head[1] as number;
    return 2 + lengthBytes(second & 0x7f) + (second & 0x80 ? 4 : 0);
  }

  /** The head is whole: gives how many bytes follow. */
  #startPayload(): number {
    const short = (this.#head[1] as number) & 0x7f;
    if (short === 126) this.#payloadLeft = this.#head.readUInt16BE(2);
    else if (short === 127) this.#payloadLeft = Number(this.#head.readBigUInt64BE(2));
    else this.#payloadLeft = short;
    if (((this.#head[0] as number) & 0x0f) === closeOpcode) this.#hasClosed = true;
    this.#headBytes = 0;
    return this.#payloadLeft;
  }
}

function lengthBytes(short: number): number {
  if (short === 127) return 8;
  return short === 126 ? 2 : 0;
}

/** A close frame as servers send it, with a status code (RFC 6455 7.4). */
export function closeFrame(code: number): Buffer {
  return Buffer.from([0x80 | closeOpcode, 2, code >> 8, code & 0xff]);
}
