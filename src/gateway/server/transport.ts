import type { Socket } from 'node:net';

/** The TCP connection under a connection with TLS, by which Node's own sockets know it as well; any other socket itself. */
export const transportOf = (socket: Socket): Socket => (socket as { _parent?: Socket | null })._parent ?? socket;
