import type { Socket } from 'node:net';
import { transportOf } from './transport.ts';

/** Counters of Node's own handle, by which it prolongs the timeouts of its sockets as well. */
interface HandledSocket {
  _handle?: { bytesWritten?: number; writeQueueSize?: number } | null;
}

/**
 * Bytes that the system has taken for the peer. The public counters move only when a whole chunk has been taken, so a client
 * that reads one large response at a steady pace would look like one that reads nothing. With TLS, the bytes are encrypted ones.
 */
export function flushedBytes(socket: Socket): number {
  const { bytesWritten, writeQueueSize } = (transportOf(socket) as HandledSocket)._handle ?? {};
  return bytesWritten === undefined || writeQueueSize === undefined
    ? socket.bytesWritten - socket.writableLength
    : bytesWritten - writeQueueSize;
}

/** Bytes in memory that the peer has not read. TLS holds them a second time, encrypted, until all of them have left. */
export const unreadBytes = (socket: Socket): number =>
  transportOf(socket) === socket ? socket.writableLength : 2 * socket.writableLength;
