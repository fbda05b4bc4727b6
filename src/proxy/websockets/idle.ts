import type { Socket } from 'node:net';

/**
 * Calls back each time that no byte has passed in either direction for so long. After a moment in which this process stood still,
 * timers run before sockets are read: what has come in by then counts.
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
