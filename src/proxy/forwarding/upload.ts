import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { badRequest, payloadTooLarge } from '../../errors.ts';
import { continueIfExpected } from '../../gateway/routes/read-json.ts';
import type { RequestMarks } from '../../gateway/server/client-connection.ts';

/** The request body of a call on its way to an upstream. */
export interface Upload {
  /** Returns the whole body as a stream for one attempt; undici destroys the stream when the attempt fails. */
  open(): Readable;
  /** Whether the body can be opened again. */
  isWhole(): boolean;
  /** The body leaves: it is not kept for another attempt. */
  commit(): void;
  /** Whether the upstream has consumed all that has arrived, so that the client is the slower side. */
  isAwaited(): boolean;
  /** Detaches from the request, which outlives the upload, and discards the rest of its body. */
  release(): void;
}

/** Milliseconds for a client to finish its body after the response; then the connection is closed. */
const remainderMs = 10_000;

/**
 * Reads the request at the upstream's pace. A body that breaks off or exceeds `limit` bytes (0: no limit) also breaks
 * the upstream's request. A client that waits for `100 Continue` gets it with the first read.
 *
 * Chunks that an attempt has read are kept until `commit`, for the next attempt. Their number is limited: the connection
 * takes no more of them before the first one leaves.
 *
 * `passed` is called with the size of each chunk. The request itself is not handed to undici, which would destroy it on
 * failure, and with it the connection that still has to carry the response.
 */
export function createUpload(
  req: IncomingMessage,
  res: ServerResponse,
  limit: number,
  passed: (bytes: number) => void,
): Upload {
  let isStarted = false;
  let isEnded = false;
  let size = 0;
  let kept: Buffer[] | undefined = [];
  let stream: Readable | undefined;
  (req as RequestMarks).unsentBytes = () => (kept ? size : (stream?.readableLength ?? 0));

  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    passed(chunk.length);
    kept?.push(chunk);
    if (limit > 0 && size > limit) stream?.destroy(payloadTooLarge(limit));
    else if (!stream?.push(chunk)) req.pause();
  };
  const onEnd = (): void => {
    isEnded = true;
    stream?.push(null);
  };
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
      // The reader sees the failure; without a reader, an unhandled `error` event would end the process.
      stream.on('error', () => undefined);
      for (const chunk of kept ?? []) stream.push(chunk);
      if (isEnded) stream.push(null);
      return stream;
    },
    isWhole: () => kept !== undefined,
    commit: () => {
      kept = undefined;
    },
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
