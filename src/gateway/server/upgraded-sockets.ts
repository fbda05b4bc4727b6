import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Tunnel } from '../call/target.ts';

/** Handles a request for an upgrade. `head`: the bytes sent after it. `hold` takes the resulting tunnel. */
export type UpgradeListener = (
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  hold: (tunnel: Tunnel) => void,
) => void;

export interface UpgradedSockets {
  /** Tracks a connection until it closes; returns a function that takes its tunnel. */
  track(socket: Duplex): (tunnel: Tunnel) => void;
  /** Closes all tunnels with 1001, and every later one as soon as it opens. */
  goAway(): void;
  /** Destroys the remaining connections. */
  cutOff(): void;
}

/** Connections that have left the HTTP server, which therefore does not close them when it stops. */
export function createUpgradedSockets(): UpgradedSockets {
  const sockets = new Map<Duplex, Tunnel | undefined>();
  let isGoing = false;
  return {
    track(socket) {
      sockets.set(socket, undefined);
      socket.once('close', () => sockets.delete(socket));
      return (tunnel) => {
        if (!sockets.has(socket)) return;
        sockets.set(socket, tunnel);
        if (isGoing) tunnel.close(1001);
      };
    },
    goAway() {
      isGoing = true;
      for (const tunnel of sockets.values()) tunnel?.close(1001);
    },
    cutOff() {
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}
