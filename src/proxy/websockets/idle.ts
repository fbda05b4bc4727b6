import type { Socket } from 'node:net';

/**
 * Calls back whenever no byte has passed in either direction for `milliseconds`. After a pause of this process, timers
 * run before sockets are read; data that arrived during the pause must count, so the timeout is checked again after the
 * next read.
 */
export function onIdle(socket: Socket, milliseconds: number, callback: () => void): void {
  const moved = (): number => socket.bytesRead + socket.bytesWritten;
  socket.setTimeout(milliseconds).on('timeout', () => {
    const before = moved();
    setImmediate(() => {
      if (!socket.destroyed && moved() === before) callback();
    });
  });
}
