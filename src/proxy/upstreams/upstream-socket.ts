import type { Socket } from 'node:net';

type WriteDone = (error?: Error | null) => void;

const hasCode = (error: NodeJS.ErrnoException, ...codes: string[]): boolean => codes.includes(error.code ?? '');

/**
 * Delivers a response that arrived before a failed write. A backend that refuses a body early responds and closes; the
 * next write fails, and Node would destroy the socket at once, with the response unread. This holds the write error
 * back until the socket has been read to its end, which is soon on a connection that the backend has closed. The call's
 * time limits stay in force.
 */
export function readBeforeFailing(socket: Socket): void {
  const { _write: write, _writev: writev } = socket;
  // A stream has one write in flight, so one pair of functions serves all writes without an allocation for each.
  let done: WriteDone = () => undefined;
  const settle: WriteDone = (error) => {
    const isGone = error && hasCode(error, 'EPIPE', 'ECONNRESET') && !socket.readableEnded && !socket.destroyed;
    if (isGone) failAtEnd(socket, error, done);
    else done(error);
  };
  socket._write = (chunk, encoding, callback) => {
    done = callback;
    write.call(socket, chunk, encoding, settle);
  };
  if (!writev) return;
  socket._writev = (chunks, callback) => {
    done = callback;
    writev.call(socket, chunks, settle);
  };
}

function failAtEnd(socket: Socket, error: Error, done: WriteDone): void {
  socket.once('close', () => done(error));
  if (!hasCode(error, 'ECONNRESET')) return;
  // The kernel reports a reset only once. The write has consumed it, so reading would find a regular end.
  const { push } = socket;
  socket.push = (chunk, encoding) => {
    if (chunk !== null) return push.call(socket, chunk, encoding);
    socket.destroy(error);
    return false;
  };
}

/**
 * Renames ECONNRESET to ECONNABORTED. undici treats ECONNRESET as the end of a response without a length, which would
 * make half a response look complete to the client. ECONNABORTED makes it report a failure, and also appears as the
 * reason in the log.
 */
export function reportResets(socket: Socket): void {
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (hasCode(error, 'ECONNRESET')) error.code = 'ECONNABORTED';
  });
}
