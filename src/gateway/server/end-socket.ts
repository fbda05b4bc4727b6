import type { Socket } from 'node:net';

const graceMs = 1000;

/**
 * Writes `last` and ends the connection. Input is discarded until the peer ends its side too, for a second at most:
 * closing a socket with unread input resets the connection, and the peer might never read `last`.
 */
export function endSocket(socket: Socket, last?: Buffer): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.end(last ?? '', () => cutOffLater(socket));
}

/** Destroys a connection that is still open after a second, for instance because its client does not read. */
export function cutOffLater(socket: Socket): NodeJS.Timeout {
  const timer = setTimeout(() => socket.destroy(), graceMs);
  socket.once('close', () => clearTimeout(timer));
  return timer;
}
