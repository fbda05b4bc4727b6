const closeOpcode = 0x8;
const longestHead = 14;

/**
 * Tracks frame boundaries in one direction of a WebSocket (RFC 6455 5.2) as bytes pass, so that a frame can be inserted
 * between two others.
 */
export class FrameFollower {
  readonly #head = Buffer.alloc(longestHead);
  #headBytes = 0;
  #payloadLeft = 0;
  #hasClosed = false;

  /** Whether the next byte starts a frame. */
  get isBetween(): boolean {
    return this.#headBytes === 0 && this.#payloadLeft === 0;
  }

  /** Whether a close frame has passed. No frame may follow it. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  /** Processes a whole chunk. */
  pass(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) offset = this.next(chunk, offset);
  }

  /**
   * Processes bytes from `from` up to the end of the current frame or of the chunk; returns the offset after the last
   * one.
   */
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

  /** Parses the complete frame head; returns the payload length in bytes. */
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

/** An unmasked close frame, as servers send it, with a status code (RFC 6455 7.4). */
export function closeFrame(code: number): Buffer {
  return Buffer.from([0x80 | closeOpcode, 2, code >> 8, code & 0xff]);
}
