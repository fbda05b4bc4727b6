import type { Socket } from 'node:net';

type WriteDone = (error?: Error | null) => void;

const hasCode = (error: NodeJS.ErrnoException, ...codes: string[]): boolean => codes.includes(error.code ?? '');

/**
 * What a backend has said counts before the news that it has gone. One that refuses a body early answers and closes; the next
 * write fails, and Node would destroy the socket at once, with the answer unread. So that failure is held back until the socket
 * has been read to its end, which a connection that is closed over there has soon; the time limits of the call hold meanwhile.
 */
export function readBeforeFailing(socket: Socket): void {
  const { _write: write, _writev: writev } = socket;
  // A stream has one write under way, and always hands over the same function: nothing has to be made for each.
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
  // The system tells of a reset once. Now that the write has been told, reading would find a plain end.
  const { push } = socket;
  socket.push = (chunk, encoding) => {
    if (chunk !== null) return push.call(socket, chunk, encoding);
    socket.destroy(error);
    return false;
  };
}

/**
 * undici takes ECONNRESET for the end of an answer that has no length, and the half of one would look whole to the client. The
 * other code for a connection that has broken has it report the failure; the log's reason is this one as well.
 */
export function reportResets(socket: Socket): void {
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (hasCode(error, 'ECONNRESET')) error.code = 'ECONNABORTED';
  });
}
