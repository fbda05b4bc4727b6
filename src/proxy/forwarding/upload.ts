import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { badRequest, payloadTooLarge } from '../../errors.ts';
import { continueIfExpected } from '../../gateway/routes/read-json.ts';
import type { Unhurried } from '../../gateway/server/server.ts';

/** The body of a call on its way to an upstream. */
export interface Upload {
  /** The body as a stream, for one attempt; undici destroys it when that fails. */
  open(): Readable;
  /** Whether a byte has been asked for: what has been read cannot be sent to another upstream. */
  isStarted(): boolean;
  /** Whether the upstream has taken all that has come, and the rest is for the client to send. */
  isAwaited(): boolean;
  /** Lets go of the request, which outlives this: what is left of its body is thrown away. */
  release(): void;
}

/** What a client still sends after its answer may take so long; then the connection is cut. */
const remainderMs = 10_000;

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/**
 * Reads the request only as fast as the upstream takes it. A body that breaks off, or is larger than `limit` bytes (0: no
 * limit), breaks the upstream's request as well. The client that waits for `100 Continue` gets it with the first read.
 *
 * `passed` learns of its bytes. undici would destroy the request itself, and with it the connection on which the answer is still to be given.
 */
export function createUpload(
  req: IncomingMessage,
  res: ServerResponse,
  limit: number,
  passed: (bytes: number) => void,
): Upload {
  let isStarted = false;
  let size = 0;
  let stream: Readable | undefined;
  (req as Unhurried).isUnhurried = true;

  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    passed(chunk.length);
    if (limit > 0 && size > limit) stream?.destroy(payloadTooLarge(limit));
    else if (!stream?.push(chunk)) req.pause();
  };
  const onEnd = (): void => void stream?.push(null);
  const onClose = (): void => {
    if (!req.complete) stream?.destroy(badRequest('BAD_REQUEST', 'The body ended before it was complete.'));
  };
  const start = (): void => {
    isStarted = true;
    continueIfExpected(req, res);
    req.on('data', onData).on('end', onEnd).on('close', onClose);
  };

  return {
    open: () => {
      stream = new Readable({ read: () => (isStarted ? void req.resume() : start()) });
      // Whoever reads it learns of a failure; without a reader there is nobody to tell.
      stream.on('error', () => undefined);
      return stream;
    },
    isStarted: () => isStarted,
    isAwaited: () => isStarted && !req.complete && stream?.readableLength === 0,
    release: () => {
      req.off('data', onData).off('end', onEnd).off('close', onClose);
      stream?.destroy();
      if (req.complete) return;
      req.resume();
      const timer = setTimeout(() => req.socket.destroy(), remainderMs).unref();
      req.once('close', () => clearTimeout(timer));
    },
  };
}
