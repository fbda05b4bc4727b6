import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Tunnel } from '../call/target.ts';

/** Takes a request for an upgrade, with what was sent behind it; `hold` is told what has become of it. */
export type UpgradeListener = (
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  hold: (tunnel: Tunnel) => void,
) => void;

export interface UpgradedSockets {
  /** Follows a connection until its end. */
  track(socket: Duplex): (tunnel: Tunnel) => void;
  /** Closes all tunnels, and from now on each new one, with 1001. */
  goAway(): void;
  /** Ends what is left, at once. */
  cutOff(): void;
}

/** Connections that the HTTP server has let go of, and would not end when it stops. */
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
