import type { Socket } from 'node:net';

/** Counters of Node's own handle, by which it prolongs the timeouts of its sockets as well. */
interface HandledSocket {
  _handle?: { bytesWritten?: number; writeQueueSize?: number } | null;
}

/**
 * Bytes that the system has taken for the peer. The public counters move only when a whole chunk has been taken, so a client
 * that reads one large response at a steady pace would look like one that reads nothing.
 */
export function flushedBytes(socket: Socket): number {
  const { bytesWritten, writeQueueSize } = (socket as HandledSocket)._handle ?? {};
  return bytesWritten === undefined || writeQueueSize === undefined
    ? socket.bytesWritten - socket.writableLength
    : bytesWritten - writeQueueSize;
}
