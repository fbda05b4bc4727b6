import type { Socket } from 'node:net';

const graceMs = 1000;

/**
 * Ends a connection after `last`. What the other side still sends is thrown away until it ends too, for a second at most:
 * closing with its bytes unread would reset the connection, and what we said last might never be read.
 */
export function endSocket(socket: Socket, last?: Buffer): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.end(last ?? '', () => cutOffLater(socket));
}

/** Cuts a connection off that is still there in a second, also when its client does not take what is on its way. */
export function cutOffLater(socket: Socket): NodeJS.Timeout {
  const timer = setTimeout(() => socket.destroy(), graceMs);
  socket.once('close', () => clearTimeout(timer));
  return timer;
}
